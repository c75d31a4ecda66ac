using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace CalicoNet.Core;

/// <summary>
/// All that Calico and CalicoNet keep in a datastore, as it was at one revision: to back it up, and to move it to another datastore of either
/// kind. Values are carried byte by byte, whatever they are.
/// </summary>
public sealed class DatastoreExport
{
    private const string Format = "caliconet-datastore";
    private const int Version = 1, WritesAtOnce = 100, BytesAtOnce = 1 << 20;   // below what a transaction takes

    // Everything of ours and of Calico's: what another program keeps beside them in an etcd stays there.
    private static readonly string[] Prefixes = ["/calico/", "/caliconet/"];

    private readonly SortedDictionary<string, ReadOnlyMemory<byte>> _entries = new(StringComparer.Ordinal);

    private DatastoreExport()
    {
    }

    /// <summary>How many keys there are.</summary>
    public int Count => _entries.Count;

    /// <summary>Takes all there is. A datastore without a ClusterInformation is given one, by which its import is locked.</summary>
    /// <exception cref="DatastoreException">It failed.</exception>
    public static DatastoreExport Take(Datastore datastore, DateTimeOffset now, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(datastore);
        var export = new DatastoreExport();
        foreach (var entry in Read(datastore, cancellation))
        {
            export._entries.Add(entry.Key, entry.Value);
        }

        export._entries.TryAdd(ClusterInformation.Key.Text, ClusterInformation.Key.Write(ClusterInformation.Create(now)));
        return export;
    }

    /// <summary>Reads what <see cref="Save(Stream)"/> wrote.</summary>
    /// <exception cref="FormatException">It is something else, or damaged; the message says where.</exception>
    public static DatastoreExport Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            using var json = JsonDocument.Parse(stream);
            if (json.RootElement is not { ValueKind: JsonValueKind.Object } root || !root.TryGetProperty("format", out var format) || !format.ValueEquals(Format))
            {
                throw new FormatException("It is no export of a datastore.");
            }

            if (root.GetProperty("version").GetInt32() is var version and not Version)
            {
                throw new FormatException($"It is an export of version {version}, and this module reads version {Version}: update it.");
            }

            var export = new DatastoreExport();
            foreach (var entry in root.GetProperty("entries").EnumerateArray())
            {
                var key = entry.GetProperty("key").GetString() ?? "";
                if (!IsOurs(key))
                {
                    throw new FormatException($"'{key}' is no key of Calico's or CalicoNet's.");
                }

                if (!export._entries.TryAdd(key, entry.TryGetProperty("bytes", out var bytes) ? bytes.GetBytesFromBase64() : Encoding.UTF8.GetBytes(entry.GetProperty("value").GetString()!)))
                {
                    throw new FormatException($"The key '{key}' is in it twice.");
                }
            }

            return export._entries.ContainsKey(ClusterInformation.Key.Text) ? export : throw new FormatException($"It has no '{ClusterInformation.Key}': it is not the whole of an export.");
        }
        catch (Exception damage) when (damage is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"The export is damaged: {damage.Message}", damage);
        }
    }

    /// <inheritdoc cref="Load(Stream)"/>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be read.</exception>
    public static DatastoreExport Load(string path)
    {
        using var stream = File.OpenRead(path);
        return Load(stream);
    }

    /// <summary>Writes it to a file that its owner only can read. One that exists is replaced when the new one is complete.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var written = $"{path}.{Guid.NewGuid():n}";
        try
        {
            using (var stream = new FileStream(written, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            {
                Save(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(written, path, overwrite: true);
        }
        finally
        {
            File.Delete(written);
        }
    }

    /// <summary>Writes it as JSON, in the order of the keys, so that two exports can be compared line by line.</summary>
    public void Save(Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = GoEncoder.Instance });
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteNumber("version", Version);
        json.WriteStartArray("entries");
        foreach (var (key, value) in _entries)
        {
            json.WriteStartObject();
            json.WriteString("key", key);
            if (Utf8.IsValid(value.Span))
            {
                json.WriteString("value", value.Span);
            }
            else
            {
                json.WriteBase64String("bytes", value.Span);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>
    /// Puts it all into a datastore that has nothing of Calico or CalicoNet, or a part of the same import. While it lasts the datastore is locked
    /// against changes (<c>datastoreReady</c> is false). Broken off, it stays locked, and the same import goes on where it was.
    /// </summary>
    /// <returns>How many keys were missing.</returns>
    /// <exception cref="CalicoException">The datastore holds something else (<see cref="CalicoFault.Exists"/>), or somebody else writes to it (<see cref="CalicoFault.Busy"/>).</exception>
    /// <exception cref="CorruptDocumentException">The export's ClusterInformation cannot be read.</exception>
    /// <exception cref="DatastoreException">The datastore failed.</exception>
    public int Import(Datastore datastore, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(datastore);
        var count = Fill(datastore, cancellation);
        datastore.Address.Settle();
        return count;
    }

    private int Fill(Datastore datastore, CancellationToken cancellation)
    {
        var cluster = ClusterInformation.Key;
        var open = _entries[cluster.Text];
        var locked = Locked(cluster.Read(open.Span));
        var there = Missing(datastore, locked, out var missing, cancellation);
        if (missing.Count == 0 && there is not null && Equal(there.Value, open))
        {
            return 0;
        }

        var count = missing.Count + (there is null ? 1 : 0);
        var lockRevision = Write(datastore, there?.ModRevision ?? 0, [KeyValuePair.Create(cluster.Text, locked)], cancellation);
        foreach (var chunk in Chunks(missing))
        {
            Write(datastore, lockRevision, chunk, cancellation);
        }

        Write(datastore, lockRevision, [KeyValuePair.Create(cluster.Text, open)], cancellation);
        return count;
    }

    /// <summary>What of this is not there yet, and the ClusterInformation that is.</summary>
    private KeyValue? Missing(Datastore datastore, ReadOnlyMemory<byte> locked, out List<KeyValuePair<string, ReadOnlyMemory<byte>>> missing, CancellationToken cancellation)
    {
        var left = new SortedDictionary<string, ReadOnlyMemory<byte>>(_entries, StringComparer.Ordinal);
        KeyValue? there = null;
        foreach (var entry in Read(datastore, cancellation))
        {
            var isCluster = entry.Key == ClusterInformation.Key.Text;
            if (!left.Remove(entry.Key, out var value) || !(Equal(entry.Value, value) || (isCluster && Equal(entry.Value, locked))))
            {
                throw new CalicoException(CalicoFault.Exists,
                    $"The datastore {datastore.Address} is in use: it holds '{entry.Key}', which is {(_entries.ContainsKey(entry.Key) ? "different in" : "not in")} the export. Import into an empty one.", entry.Key);
            }

            there = isCluster ? entry : there;
        }

        left.Remove(ClusterInformation.Key.Text);
        missing = [.. left];
        return there;
    }

    /// <summary>Writes keys that are absent while the ClusterInformation, which is among them or not, is as it was; gives its revision.</summary>
    private static long Write(Datastore datastore, long clusterRevision, IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> entries, CancellationToken cancellation)
    {
        var cluster = ClusterInformation.Key.Text;
        var written = datastore.Transact(
            [KeyComparison.ModRevision(cluster, clusterRevision), .. entries.Where(entry => entry.Key != cluster).Select(entry => KeyComparison.Absent(entry.Key))],
            [.. entries.Select(entry => KeyOperation.Put(entry.Key, entry.Value)), KeyOperation.Read(cluster, keysOnly: true)],
            [],
            cancellation);
        return written.Succeeded ? written.Reads[0].Entry!.ModRevision
            : throw new CalicoException(CalicoFault.Busy, $"Another process writes to the datastore {datastore.Address}. The import stopped; it goes on when it is done again.", cluster);
    }

    private static IEnumerable<IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>>> Chunks(IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> entries)
    {
        var chunk = new List<KeyValuePair<string, ReadOnlyMemory<byte>>>();
        var bytes = 0;
        foreach (var entry in entries)
        {
            if (chunk.Count == WritesAtOnce || (chunk.Count > 0 && bytes + entry.Value.Length > BytesAtOnce))
            {
                yield return chunk;
                chunk = [];
                bytes = 0;
            }

            chunk.Add(entry);
            bytes += entry.Value.Length;
        }

        if (chunk.Count > 0)
        {
            yield return chunk;
        }
    }

    private static ReadOnlyMemory<byte> Locked(ClusterInformation cluster)
        => ClusterInformation.Key.Write(cluster with { Spec = (cluster.Spec ?? new ClusterInformationSpec()) with { DatastoreReady = false } });

    private static IEnumerable<KeyValue> Read(Datastore datastore, CancellationToken cancellation)
        => datastore.Transact([], [.. Prefixes.Select(prefix => KeyOperation.Read(KeyRange.Prefix(prefix)))], [], cancellation).Reads.SelectMany(read => read.Entries);

    private static bool IsOurs(string key) => Array.Exists(Prefixes, prefix => key.StartsWith(prefix, StringComparison.Ordinal));

    private static bool Equal(ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right) => left.Span.SequenceEqual(right.Span);
}

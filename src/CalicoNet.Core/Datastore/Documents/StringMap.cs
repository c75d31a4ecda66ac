using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CalicoNet.Core;

/// <summary>Labels, annotations and attributes: texts by name, immutable, equal by what they hold, in the order in which Go writes them.</summary>
[JsonConverter(typeof(Converter))]
[SuppressMessage("Naming", "CA1710", Justification = "It is Go's map[string]string; the class library's StringDictionary is something else.")]
public sealed class StringMap : IReadOnlyDictionary<string, string>, IEquatable<StringMap>
{
    private readonly KeyValuePair<string, string>[] _entries;

    private StringMap(KeyValuePair<string, string>[] entries) => _entries = entries;

    /// <summary>One without entries.</summary>
    public static StringMap Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _entries.Length;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _entries.Select(entry => entry.Key);

    /// <inheritdoc/>
    public IEnumerable<string> Values => _entries.Select(entry => entry.Value);

    /// <inheritdoc/>
    public string this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"There is no '{key}'.");

    /// <summary>One of these entries.</summary>
    /// <exception cref="ArgumentException">A name is there twice.</exception>
    public static StringMap Of(params ReadOnlySpan<(string Key, string Value)> entries)
    {
        var sorted = new KeyValuePair<string, string>[entries.Length];
        for (var i = 0; i < sorted.Length; i++)
        {
            sorted[i] = new(entries[i].Key, entries[i].Value);
        }

        return TrySort(sorted, out var twice) ? new StringMap(sorted) : throw new ArgumentException($"'{twice}' is there twice.", nameof(entries));
    }

    /// <summary>This one, with an entry added or replaced.</summary>
    public StringMap With(string key, string value)
    {
        var at = Find(key);
        return new(at >= 0 ? [.. _entries[..at], new(key, value), .. _entries[(at + 1)..]] : [.. _entries[..~at], new(key, value), .. _entries[~at..]]);
    }

    /// <summary>This one without an entry.</summary>
    public StringMap Without(string key) => Find(key) is >= 0 and var at ? new([.. _entries[..at], .. _entries[(at + 1)..]]) : this;

    /// <summary>The value of a name; null if it is not there.</summary>
    public string? Get(string key) => Find(key) is >= 0 and var at ? _entries[at].Value : null;

    /// <inheritdoc/>
    public bool ContainsKey(string key) => Find(key) >= 0;

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => (value = Get(key)) is not null;

    /// <inheritdoc/>
    public bool Equals(StringMap? other) => other is not null && _entries.AsSpan().SequenceEqual(other._entries);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as StringMap);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var entry in _entries)
        {
            hash.Add(entry.Key);
            hash.Add(entry.Value);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _entries.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The order of the texts' UTF-8 bytes, which is that of their code points: surrogates come last, not before U+E000.</summary>
    private static int Compare(string left, string right)
    {
        var same = left.AsSpan().CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
        {
            return left.Length - right.Length;
        }

        int l = left[same], r = right[same];
        return l >= 0xd800 && r >= 0xd800 ? (l < 0xe000 ? l + 0x10000 : l) - (r < 0xe000 ? r + 0x10000 : r) : l - r;
    }

    private static bool TrySort(KeyValuePair<string, string>[] entries, [NotNullWhen(false)] out string? twice)
    {
        Array.Sort(entries, static (a, b) => Compare(a.Key, b.Key));
        twice = null;
        for (var i = 1; i < entries.Length && twice is null; i++)
        {
            twice = entries[i].Key == entries[i - 1].Key ? entries[i].Key : null;
        }

        return twice is null;
    }

    /// <summary>Where a name is; the complement of where it would be.</summary>
    private int Find(string key)
    {
        // Two to six entries: looking at each is faster than halving.
        for (var i = 0; i < _entries.Length; i++)
        {
            if (Compare(_entries[i].Key, key) is >= 0 and var order)
            {
                return order == 0 ? i : ~i;
            }
        }

        return ~_entries.Length;
    }

    internal sealed class Converter : JsonConverter<StringMap>
    {
        public override StringMap? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            JsonValues.StartObject(ref reader);
            List<KeyValuePair<string, string>> entries = new(4);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var key = JsonValues.Text(ref reader);
                reader.Read();
                entries.Add(new(key, JsonValues.Text(ref reader)));
            }

            KeyValuePair<string, string>[] sorted = [.. entries];
            return TrySort(sorted, out var twice) ? new StringMap(sorted) : throw new JsonException($"'{twice}' is there twice");
        }

        public override void Write(Utf8JsonWriter writer, StringMap value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            foreach (var (key, text) in value._entries)
            {
                writer.WriteString(key, text);
            }

            writer.WriteEndObject();
        }
    }
}

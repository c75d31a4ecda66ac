using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>
/// A key of the datastore, as its parts and as its text; one form of each for every key. Where Calico's documents live is Calico's rule
/// (libcalico-go/lib/backend/model); ours are below <c>/caliconet/v1/</c>.
/// </summary>
public abstract record DatastoreKey
{
    private protected DatastoreKey(string text) => Text = text;

    /// <summary>The key itself.</summary>
    public string Text { get; }

    /// <summary>The key itself.</summary>
    public sealed override string ToString() => Text;

    /// <summary>The parts of any key. What is none of ours, or not in its canonical form, is a <see cref="ForeignKey"/>: never to be written, never to be mended.</summary>
    public static DatastoreKey Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var key = text.Split('/') switch
        {
            ["", "calico", "ipam", "v2", "assignment", "ipv4" or "ipv6", "block", var block] => BlockKey.Read(block),
            ["", "calico", "ipam", "v2", "host", var node, "ipv4" or "ipv6", "block", var block] => BlockAffinityKey.Read(node, block),
            ["", "calico", "ipam", "v2", "handle", { Length: > 0 } handle] => new HandleKey(handle),
            ["", "calico", "ipam", "v2", "config"] => IPAMConfigKey.Instance,
            ["", "calico", "resources", "v3", "projectcalico.org", { Length: > 0 } plural, { Length: > 0 } name] => Resource.KeyOf(plural, null, name),
            ["", "calico", "resources", "v3", "projectcalico.org", { Length: > 0 } plural, { Length: > 0 } workloadNamespace, { Length: > 0 } name] => Resource.KeyOf(plural, workloadNamespace, name),
            ["", "caliconet", "v1", "config"] => CalicoNetConfigKey.Instance,
            ["", "caliconet", "v1", "released", var address] when IPAddr.TryParse(address, out var parsed) => new ReleasedAddressKey(parsed),
            ["", "caliconet", "v1", "sticky", var endpoint] => StickyAddressesKey.Read(endpoint),
            _ => null as DatastoreKey,
        };
        return key?.Text == text ? key : new ForeignKey(text);
    }

    /// <summary>A prefix as Calico has it in keys: <c>10.65.174.128-26</c>.</summary>
    private protected static string InKey(IPPrefix cidr)
        => cidr.Network == cidr && !cidr.Address.IsNone ? cidr.ToString().Replace('/', '-') : throw new ArgumentException($"'{cidr}' is no network: it has host bits.", nameof(cidr));

    /// <summary>The family's segment.</summary>
    private protected static string Segment(IPFamily family) => family switch
    {
        IPFamily.IPv4 => "ipv4",
        IPFamily.IPv6 => "ipv6",
        _ => throw new ArgumentOutOfRangeException(nameof(family), family, "A block is IPv4 or IPv6."),
    };

    /// <summary>Checks that a part of a key is one segment of it.</summary>
    internal static string Segment(string part, string what)
        => part is null or "" || part.Contains('/') ? throw new ArgumentException($"'{part}' cannot be a {what} in a key: it is empty or contains '/'.", what) : part;

    /// <summary>Reads a prefix of a key's last segment.</summary>
    private protected static bool TryReadCidr(string segment, out IPPrefix cidr)
    {
        var dash = segment.LastIndexOf('-');
        cidr = default;
        return dash > 0 && IPPrefix.TryParse(string.Concat(segment.AsSpan(0, dash), "/", segment.AsSpan(dash + 1)), out cidr) && cidr.Network == cidr;
    }
}

/// <summary>A key at which documents of one kind are stored: what reads and writes them.</summary>
/// <typeparam name="T">The kind.</typeparam>
public abstract record DatastoreKey<T> : DatastoreKey
    where T : Document
{
    private static readonly JsonTypeInfo<T> Json = (JsonTypeInfo<T>)DocumentJson.Context.GetTypeInfo(typeof(T))!;

    private protected DatastoreKey(string text)
        : base(text)
    {
    }

    /// <summary>Reads a stored value.</summary>
    /// <exception cref="CorruptDocumentException">It is no document of the kind, or breaks what the kind promises.</exception>
    public T Read(ReadOnlySpan<byte> value)
    {
        // The reader looks into a text only when it is asked for it, and an unknown field's is asked for when it is written.
        if (!Utf8.IsValid(value))
        {
            throw new CorruptDocumentException(this, "it is not UTF-8");
        }

        try
        {
            var document = JsonSerializer.Deserialize(OrEmpty(value), Json) ?? throw new CorruptDocumentException(this, "it is null");
            return document.Fault(this) is { } fault ? throw new CorruptDocumentException(this, fault) : document;
        }
        catch (JsonException error)
        {
            throw new CorruptDocumentException(this, Explain(error), error);
        }
    }

    /// <summary>Writes a document as it is stored: Calico's bytes.</summary>
    /// <exception cref="CorruptDocumentException">It breaks what the kind promises: it must not be stored.</exception>
    public byte[] Write(T document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return document.Fault(this) is { } fault
            ? throw new CorruptDocumentException(this, fault)
            : JsonSerializer.SerializeToUtf8Bytes(document, Json);
    }

    /// <summary>What an empty value means: nothing, where the kind does not say otherwise.</summary>
    private protected virtual ReadOnlySpan<byte> OrEmpty(ReadOnlySpan<byte> value) => value;

    // The serialiser ends its messages with where it was, in three numbers; the path is the one a person can use.
    private static string Explain(JsonException error)
    {
        var end = error.Message.IndexOf(" Path: ", StringComparison.Ordinal);
        var message = (end < 0 ? error.Message : error.Message[..end]).TrimEnd('.');
        return error.Path is null or "$" ? message : $"at {error.Path}: {message}";
    }
}

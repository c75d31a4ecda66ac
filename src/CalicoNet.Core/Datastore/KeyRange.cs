using System.Text;

namespace CalicoNet.Core;

/// <summary>One key, or the keys of an interval. Keys are text; their order is that of their UTF-8 bytes.</summary>
public readonly record struct KeyRange
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string? _start;

    private KeyRange(string start, string? end, KeyRangeKind kind)
    {
        _start = start;
        End = end;
        Kind = kind;
    }

    /// <summary>The key, the prefix, or the first key of the interval.</summary>
    public string Start => _start ?? "";

    /// <summary>The first key beyond the interval; null for a key, a prefix, and an interval without end.</summary>
    public string? End { get; }

    /// <summary>How <see cref="Start"/> and <see cref="End"/> are meant.</summary>
    public KeyRangeKind Kind { get; }

    /// <summary>One key.</summary>
    /// <exception cref="ArgumentException">It is empty, or no text.</exception>
    public static KeyRange Key(string key) => new(Checked(key), null, KeyRangeKind.Key);

    /// <summary>All keys that begin so; all there are for an empty one.</summary>
    public static KeyRange Prefix(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return new(prefix.Length == 0 ? prefix : Checked(prefix), null, KeyRangeKind.Prefix);
    }

    /// <summary>The keys from one on, up to and without another: to list in parts, go on from the last key + <c>"\0"</c>.</summary>
    /// <param name="start">The first key.</param>
    /// <param name="end">The first key beyond; null for no end.</param>
    public static KeyRange Between(string start, string? end) => new(Checked(start), end is null ? null : Checked(end), KeyRangeKind.Interval);

    /// <summary>One key.</summary>
    public static implicit operator KeyRange(string key) => Key(key);

    /// <summary>Whether a key is in it.</summary>
    public bool Contains(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (Kind != KeyRangeKind.Interval)
        {
            return Kind == KeyRangeKind.Key ? key == Start : key.StartsWith(Start, StringComparison.Ordinal);
        }

        var (start, end) = Bounds();
        var bytes = Bytes(key).AsSpan();
        return bytes.SequenceCompareTo(start) >= 0 && (end is null || bytes.SequenceCompareTo(end) < 0);
    }

    /// <summary>The key, or the interval as <c>[start, end)</c>; a prefix ends in <c>*</c>.</summary>
    public override string ToString() => Kind switch
    {
        KeyRangeKind.Key => Start,
        KeyRangeKind.Prefix => Start + "*",
        _ => $"[{Start}, {End ?? "end"})",
    };

    /// <summary>The interval in bytes, end exclusive; no end where it has none. For one key, the key and no end.</summary>
    internal (byte[] Start, byte[]? End) Bounds() => Kind switch
    {
        KeyRangeKind.Prefix => (Bytes(Start), After(Bytes(Start))),
        KeyRangeKind.Interval => (Bytes(Start), End is null ? null : Bytes(End)),
        _ => (Bytes(Start), null),
    };

    internal static byte[] Bytes(string key) => Strict.GetBytes(key);

    internal static string Checked(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        try
        {
            _ = Strict.GetByteCount(key);
            return key;
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException($"'{key}' is no key: it holds half a surrogate pair, which has no UTF-8 form.", nameof(key), e);
        }
    }

    /// <summary>The first byte string beyond all that begin so: the last byte that can be is raised, what follows it is cut. None beyond 0xff...</summary>
    private static byte[]? After(byte[] prefix)
    {
        var last = prefix.AsSpan().LastIndexOfAnyExcept((byte)0xff);
        if (last < 0)
        {
            return null;
        }

        var after = prefix[..(last + 1)];
        after[last]++;
        return after;
    }
}

/// <summary>The kinds of <see cref="KeyRange"/>.</summary>
public enum KeyRangeKind
{
    /// <summary>One key.</summary>
    Key,
    /// <summary>All keys that begin so.</summary>
    Prefix,
    /// <summary>From a key on, up to and without another.</summary>
    Interval,
}

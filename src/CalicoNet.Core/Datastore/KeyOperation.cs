using System.Text;

namespace CalicoNet.Core;

/// <summary>One operation of a transaction.</summary>
public abstract record KeyOperation
{
    private protected KeyOperation()
    {
    }

    /// <summary>Writes a value.</summary>
    public static PutKey Put(string key, ReadOnlyMemory<byte> value) => new(key, value);

    /// <summary>Writes a text as UTF-8.</summary>
    public static PutKey Put(string key, string text) => new(key, Encoding.UTF8.GetBytes(text));

    /// <summary>Deletes; what is absent stays absent.</summary>
    public static DeleteKeys Delete(KeyRange range) => new(range);

    /// <summary>Reads, and sees what the operations before it in the transaction wrote.</summary>
    /// <param name="range">The keys.</param>
    /// <param name="limit">The most entries to give, in the order of their keys; 0 for all.</param>
    /// <param name="keysOnly">Leaves the values out.</param>
    public static ReadKeys Read(KeyRange range, int limit = 0, bool keysOnly = false) => new(range, limit, keysOnly);
}

/// <summary>Writes a value.</summary>
public sealed record PutKey : KeyOperation
{
    internal PutKey(string key, ReadOnlyMemory<byte> value)
    {
        Key = KeyRange.Checked(key);
        Value = value;
    }

    /// <summary>The key.</summary>
    public string Key { get; }

    /// <summary>The value.</summary>
    public ReadOnlyMemory<byte> Value { get; }
}

/// <summary>Deletes keys.</summary>
public sealed record DeleteKeys : KeyOperation
{
    internal DeleteKeys(KeyRange range) => Range = range;

    /// <summary>The keys.</summary>
    public KeyRange Range { get; }
}

/// <summary>Reads keys.</summary>
public sealed record ReadKeys : KeyOperation
{
    internal ReadKeys(KeyRange range, int limit, bool keysOnly)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        Range = range;
        Limit = limit;
        KeysOnly = keysOnly;
    }

    /// <summary>The keys.</summary>
    public KeyRange Range { get; }

    /// <summary>The most entries to give, in the order of their keys; 0 for all.</summary>
    public int Limit { get; }

    /// <summary>Leaves the values out.</summary>
    public bool KeysOnly { get; }
}

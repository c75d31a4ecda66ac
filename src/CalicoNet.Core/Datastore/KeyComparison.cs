namespace CalicoNet.Core;

/// <summary>What a <see cref="KeyComparison"/> looks at.</summary>
public enum KeyComparisonTarget
{
    /// <summary><see cref="KeyValue.ModRevision"/>; 0 for a key that is absent.</summary>
    ModRevision,
    /// <summary><see cref="KeyValue.Version"/>; 0 for a key that is absent.</summary>
    Version,
}

/// <summary>A condition of a transaction: that a key's number is still the one that was seen.</summary>
public readonly record struct KeyComparison
{
    private KeyComparison(string key, KeyComparisonTarget target, long value)
    {
        Key = KeyRange.Checked(key);
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        Target = target;
        Value = value;
    }

    /// <summary>The key.</summary>
    public string Key { get; }

    /// <summary>Which of its numbers.</summary>
    public KeyComparisonTarget Target { get; }

    /// <summary>What the number must be; 0 where the key must be absent.</summary>
    public long Value { get; }

    /// <summary>The key is not there.</summary>
    public static KeyComparison Absent(string key) => ModRevision(key, 0);

    /// <summary>The value was not written since.</summary>
    public static KeyComparison ModRevision(string key, long revision) => new(key, KeyComparisonTarget.ModRevision, revision);

    /// <summary>The value was written so often since the key came to be.</summary>
    public static KeyComparison Version(string key, long version) => new(key, KeyComparisonTarget.Version, version);

    /// <summary>The key as it was read: there with this value, or absent when null.</summary>
    public static KeyComparison Unchanged(string key, KeyValue? seen) => ModRevision(key, seen?.ModRevision ?? 0);

    /// <inheritdoc/>
    public override string ToString() => $"{Target}({Key}) = {Value}";
}

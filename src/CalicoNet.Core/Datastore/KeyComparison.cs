namespace CalicoNet.Core;

/// <summary>What a <see cref="KeyComparison"/> looks at.</summary>
public enum KeyComparisonTarget
{
    /// <summary><see cref="KeyValue.ModRevision"/> of a key is the value; 0 for a key that is absent.</summary>
    ModRevision,
    /// <summary><see cref="KeyValue.Version"/> of a key is the value; 0 for a key that is absent.</summary>
    Version,
    /// <summary>No <see cref="KeyValue.ModRevision"/> of a range is above the value.</summary>
    NewestModRevision,
}

/// <summary>A condition of a transaction: that a key's number is still the one that was seen, or that nothing of a range was written since.</summary>
public readonly record struct KeyComparison
{
    private KeyComparison(KeyRange range, KeyComparisonTarget target, long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        Range = range;
        Target = target;
        Value = value;
    }

    /// <summary>The key, or the keys.</summary>
    public KeyRange Range { get; }

    /// <summary>Which of their numbers.</summary>
    public KeyComparisonTarget Target { get; }

    /// <summary>What the number must be, or be at most; 0 where the key must be absent.</summary>
    public long Value { get; }

    /// <summary>
    /// A revision of the datastore at which this is known to hold; 0 for none. Where nothing was written since, a driver need not look: most
    /// transactions of the only one who writes.
    /// </summary>
    public long KnownAt { get; init; }

    /// <summary>The key is not there.</summary>
    public static KeyComparison Absent(string key) => ModRevision(key, 0);

    /// <summary>No key of the range is there.</summary>
    public static KeyComparison NoneIn(KeyRange range) => NotWritten(range, 0);

    /// <summary>The value was not written since.</summary>
    public static KeyComparison ModRevision(string key, long revision) => new(KeyRange.Key(key), KeyComparisonTarget.ModRevision, revision);

    /// <summary>The value was written so often since the key came to be.</summary>
    public static KeyComparison Version(string key, long version) => new(KeyRange.Key(key), KeyComparisonTarget.Version, version);

    /// <summary>Of what is in the range now nothing was written after a revision. What was deleted since does not show.</summary>
    public static KeyComparison NotWritten(KeyRange range, long since) => new(range, KeyComparisonTarget.NewestModRevision, since);

    /// <summary>The key as it was read: there with this value, or absent when null.</summary>
    public static KeyComparison Unchanged(string key, KeyValue? seen) => ModRevision(key, seen?.ModRevision ?? 0);

    /// <inheritdoc/>
    public override string ToString() => $"{Target}({Range}) {(Target == KeyComparisonTarget.NewestModRevision ? "<=" : "=")} {Value}";
}

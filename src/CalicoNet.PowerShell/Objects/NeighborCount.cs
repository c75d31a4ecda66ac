namespace CalicoNet;

/// <summary>The size of a neighbor table at one time.</summary>
public sealed record NeighborCount : NetworkObject
{
    internal NeighborCount()
    {
    }

    /// <summary>When it was counted, in local time.</summary>
    public DateTime Time { get; internal init; }

    /// <summary>All entries, those that need no resolving (multicast, loopback) left out.</summary>
    public int Count { get; internal init; }

    /// <summary>Entries asked for and not answered yet.</summary>
    public int Incomplete { get; internal init; }

    /// <summary>Entries confirmed not long ago.</summary>
    public int Reachable { get; internal init; }

    /// <summary>Entries not confirmed lately.</summary>
    public int Stale { get; internal init; }

    /// <summary>Entries in use, to be confirmed soon.</summary>
    public int Delay { get; internal init; }

    /// <summary>Entries being confirmed.</summary>
    public int Probe { get; internal init; }

    /// <summary>Entries that nobody answered for.</summary>
    public int Failed { get; internal init; }

    /// <summary>Entries set for good.</summary>
    public int Permanent { get; internal init; }

    /// <summary>Below this many entries of the machine nothing is collected (<c>gc_thresh1</c>).</summary>
    public long GcThreshold1 { get; internal init; }

    /// <summary>Above this many, entries older than five seconds are collected (<c>gc_thresh2</c>).</summary>
    public long GcThreshold2 { get; internal init; }

    /// <summary>No more than this many (<c>gc_thresh3</c>); permanent entries do not count.</summary>
    public long GcThreshold3 { get; internal init; }

    /// <summary>The count.</summary>
    public override string ToString() => $"{NetNamespace}: {Count}";
}

namespace CalicoNet.Benchmarks;

/// <summary>One line of the table: work, what it is measured against, and a target. A round measures both, one after the other.</summary>
internal abstract class Row
{
    public abstract string Work { get; }

    public abstract string Against { get; }

    /// <summary>The largest ratio of ours to the peer's that meets the target; null for none.</summary>
    public virtual double? AtMost => null;

    /// <summary>How many times faster than the peer it must be; null for none.</summary>
    public virtual double? AtLeast { get; init; }

    /// <summary>Why it cannot be measured here; null when it can.</summary>
    public virtual string? Missing => null;

    /// <summary>Runs once without being counted: compiles, warms caches.</summary>
    public virtual void WarmUp()
    {
    }

    /// <summary>Both times of one round, in milliseconds per unit of work.</summary>
    public abstract (double Ours, double Peer) Measure(int round);

    public virtual void CleanUp()
    {
    }

    public string Target => AtLeast is { } least ? $">= {least} x faster" : AtMost is { } most ? $"<= {most} x" : "none";
}

/// <summary>Work that a later version will do.</summary>
internal sealed class NotYet(string work, string against, string target) : Row
{
    public override string Work => work;

    public override string Against => against;

    public override string Missing => $"not yet (target {target})";

    public override (double Ours, double Peer) Measure(int round) => throw new NotSupportedException();
}

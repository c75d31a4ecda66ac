namespace CalicoNet;

/// <summary>What became of echo requests to one target.</summary>
public sealed record ConnectionResult : NetworkObject
{
    internal ConnectionResult()
    {
    }

    /// <summary>The target's address.</summary>
    public string TargetName { get; internal init; } = "";

    /// <summary>Requests sent.</summary>
    public int Sent { get; internal init; }

    /// <summary>Replies received.</summary>
    public int Received { get; internal init; }

    /// <summary>Requests without reply, in percent.</summary>
    public int LossPercent { get; internal init; }

    /// <summary>Whether there was a reply.</summary>
    public bool Succeeded { get; internal init; }

    /// <summary>The shortest time to a reply in milliseconds, to the microsecond; null without one.</summary>
    public double? LatencyMin { get; internal init; }

    /// <summary>The average time to a reply in milliseconds; null without one.</summary>
    public double? LatencyAverage { get; internal init; }

    /// <summary>The longest time to a reply in milliseconds; null without one.</summary>
    public double? LatencyMax { get; internal init; }

    /// <summary>Why there was no reply, as far as the kernel says so; empty otherwise.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>Target and replies.</summary>
    public override string ToString() => $"{TargetName}: {Received}/{Sent}";
}

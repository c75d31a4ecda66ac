namespace CalicoNet.Core;

/// <summary>How an endpoint is.</summary>
public enum EndpointStatus
{
    /// <summary>Everything is in place.</summary>
    Ready,
    /// <summary>It is there, and something of it is missing or different.</summary>
    Degraded,
    /// <summary>It is recorded, and its host link is not there.</summary>
    Missing,
    /// <summary>It is there, and this user may not look further: into its namespace, or the host's firewall.</summary>
    Unknown,
}

/// <summary>An endpoint as it was found.</summary>
/// <param name="Endpoint">What it is.</param>
/// <param name="Status">How it is.</param>
/// <param name="Findings">What was found in each place.</param>
public sealed record EndpointState(Endpoint Endpoint, EndpointStatus Status, IReadOnlyList<Finding> Findings)
{
    /// <summary>The host link's index; 0 where there is none.</summary>
    public int HostIndex { get; init; }

    /// <summary>The workload link's index; 0 where there is none.</summary>
    public int WorkloadIndex { get; init; }

    /// <summary>The workload namespace's cookie; 0 where it is not known.</summary>
    public ulong WorkloadCookie { get; init; }

    /// <summary>The node whose record it has; empty where it has none.</summary>
    public string Node { get; init; } = "";
}

/// <summary>What became of one endpoint of a removal.</summary>
/// <param name="Name">The endpoint.</param>
/// <param name="Found">Whether there was anything of it.</param>
/// <param name="Error">Why it could not be removed; null when nothing of it is left.</param>
public sealed record EndpointRemoval(EndpointName Name, bool Found, Exception? Error);

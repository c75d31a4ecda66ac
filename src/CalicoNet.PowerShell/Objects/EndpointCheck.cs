namespace CalicoNet;

/// <summary>One fact that an endpoint consists of, and whether it is so.</summary>
public sealed record EndpointCheck : NetworkObject
{
    internal EndpointCheck()
    {
    }

    /// <summary>The endpoint's name.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>The workload namespace its name is in.</summary>
    public string WorkloadNamespace { get; internal init; } = "";

    /// <summary>The host's namespace.</summary>
    public string HostNetNamespace { get; internal init; } = ".";

    /// <summary>The fact, by what makes it so: <c>add route 10.65.0.2/32 to interface ...</c>.</summary>
    public string Check { get; internal init; } = "";

    /// <summary>Whether it is so.</summary>
    public bool Passed { get; internal init; }

    /// <summary>What should be there.</summary>
    public string Expected { get; internal init; } = "";

    /// <summary>What is there; empty for nothing.</summary>
    public string Actual { get; internal init; } = "";

    /// <summary>The command lines that make it so; empty where it is.</summary>
    public string Remedy { get; internal init; } = "";

    /// <summary>The node whose record the endpoint has; empty where it has none.</summary>
    public string NodeName { get; internal init; } = "";

    /// <summary>The datastore that was asked. Lost on the way through CSV or a job.</summary>
    internal CalicoDatastore? Source { get; init; }

    /// <summary>The endpoint, the fact, and whether it is so.</summary>
    public override string ToString() => $"{WorkloadNamespace}/{Name}: {Check}: {(Passed ? "passed" : "failed")}";
}

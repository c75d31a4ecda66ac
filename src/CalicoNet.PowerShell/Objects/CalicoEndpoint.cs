namespace CalicoNet;

/// <summary>A workload's connection to its host.</summary>
public sealed record CalicoEndpoint : NetworkObject
{
    internal CalicoEndpoint()
    {
    }

    /// <summary>Its name.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>The workload namespace its name is in.</summary>
    public string WorkloadNamespace { get; internal init; } = "";

    /// <summary>The workload's addresses.</summary>
    public TextList IPAddress { get; internal init; } = TextList.Empty;

    /// <summary>The workload's interface.</summary>
    public string InterfaceAlias { get; internal init; } = "";

    /// <summary>The workload end's MAC address.</summary>
    public string MacAddress { get; internal init; } = "";

    /// <summary>The host's namespace.</summary>
    public string HostNetNamespace { get; internal init; } = ".";

    /// <summary>The host's interface.</summary>
    public string HostInterfaceAlias { get; internal init; } = "";

    /// <summary>The MTU in bytes.</summary>
    public int MtuSize { get; internal init; }

    /// <summary>Enabled, Disabled, or IPv4 or IPv6 for that family alone: whether what it sends to the outside gets the host's address.</summary>
    public string NatOutgoing { get; internal init; } = "";

    /// <summary>Enabled or Disabled: whether its gateway's MAC address is set for good.</summary>
    public string StaticNeighbor { get; internal init; } = "";

    /// <summary>The IPv4 gateway.</summary>
    public string Gateway { get; internal init; } = "";

    /// <summary>
    /// Ready; Degraded: something of it is missing or different; Missing: it is recorded, and the kernel has nothing of it; or Unknown: this user may
    /// not look into its namespace and the host's firewall.
    /// </summary>
    public string Status { get; internal init; } = "";

    /// <summary>The node whose record it has; empty where it has none in the datastore that was asked.</summary>
    public string NodeName { get; internal init; } = "";

    /// <summary>The interfaces as a pair, for the cmdlets that take one; null where an end is missing.</summary>
    public VethPair? VethPair { get; internal init; }

    /// <summary>The datastore that was asked, so that what is done to the endpoint is done where its record is. Lost on the way through CSV or a job.</summary>
    internal CalicoDatastore? Source { get; init; }

    /// <summary>Workload namespace and name.</summary>
    public override string ToString() => $"{WorkloadNamespace}/{Name}";
}

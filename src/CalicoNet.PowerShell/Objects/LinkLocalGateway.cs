namespace CalicoNet;

/// <summary>A workload's default route through a link-local gateway that no interface needs to carry.</summary>
public sealed record LinkLocalGateway : NetworkObject
{
    internal LinkLocalGateway()
    {
    }

    /// <summary>The IPv4 gateway, 169.254.1.1 unless chosen; empty where there is none.</summary>
    public string Gateway { get; internal init; } = "";

    /// <summary>The IPv6 gateway: the host end's link-local address; empty where there is none.</summary>
    public string IPv6Gateway { get; internal init; } = "";

    /// <summary>The workload's interface.</summary>
    public string InterfaceAlias { get; internal init; } = "";

    /// <summary>The interface's number.</summary>
    public int InterfaceIndex { get; internal init; }

    /// <summary>Enabled when the gateway's MAC address is set for good, so that no ARP is needed; Disabled otherwise.</summary>
    public string StaticNeighbor { get; internal init; } = "";

    /// <summary>The pair, where it was set through one.</summary>
    public VethPair? VethPair { get; internal init; }

    /// <summary>Gateway and interface.</summary>
    public override string ToString() => $"default via {(Gateway.Length > 0 ? Gateway : IPv6Gateway)} dev {InterfaceAlias}";
}

namespace CalicoNet;

/// <summary>An entry of the neighbor table: ARP for IPv4, NDP for IPv6.</summary>
public sealed record Neighbor : NetworkObject
{
    internal Neighbor()
    {
    }

    /// <summary>The neighbor's address.</summary>
    public string IPAddress { get; internal init; } = "";

    /// <summary>Its link-layer address; empty while it is not resolved.</summary>
    public string LinkLayerAddress { get; internal init; } = "";

    /// <summary>Incomplete, Reachable, Stale, Delay, Probe, Failed, NoArp or Permanent.</summary>
    public string State { get; internal init; } = "";

    /// <summary>The interface's name.</summary>
    public string InterfaceAlias { get; internal init; } = "";

    /// <summary>The interface's number.</summary>
    public int InterfaceIndex { get; internal init; }

    /// <summary>IPv4 or IPv6.</summary>
    public string AddressFamily { get; internal init; } = "";

    /// <summary>As <c>ip neigh</c> prints it, in short.</summary>
    public override string ToString() => $"{IPAddress} dev {InterfaceAlias} {LinkLayerAddress} {State}";
}

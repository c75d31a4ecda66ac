namespace CalicoNet;

/// <summary>A route.</summary>
public sealed record HostRoute : NetworkObject
{
    internal HostRoute()
    {
    }

    /// <summary>Where it leads: 0.0.0.0/0 or ::/0 for a default route.</summary>
    public string DestinationPrefix { get; internal init; } = "";

    /// <summary>The next hop; 0.0.0.0 or :: when the destination is on the link.</summary>
    public string NextHop { get; internal init; } = "";

    /// <summary>The interface's name; empty for a route without one.</summary>
    public string InterfaceAlias { get; internal init; } = "";

    /// <summary>The interface's number.</summary>
    public int InterfaceIndex { get; internal init; }

    /// <summary>The metric: the lower is taken.</summary>
    public long RouteMetric { get; internal init; }

    /// <summary>Universe, Site, Link, Host or Nowhere.</summary>
    public string Scope { get; internal init; } = "";

    /// <summary>The table: main, local, default or a number.</summary>
    public string Table { get; internal init; } = "main";

    /// <summary>Unicast, Local, Broadcast, Blackhole, Unreachable, Prohibit...</summary>
    public string RouteType { get; internal init; } = "";

    /// <summary>Who made it: Kernel, Boot, Static...</summary>
    public string Protocol { get; internal init; } = "";

    /// <summary>The preferred source address; empty for none.</summary>
    public string PreferredSource { get; internal init; } = "";

    /// <summary>IPv4 or IPv6.</summary>
    public string AddressFamily { get; internal init; } = "";

    /// <summary>The pair it was added for, where it was added through one.</summary>
    public VethPair? VethPair { get; internal init; }

    /// <summary>As <c>ip route</c> prints it, in short.</summary>
    public override string ToString()
        => $"{DestinationPrefix}{(NextHop is "0.0.0.0" or "::" or "" ? "" : $" via {NextHop}")}{(InterfaceAlias.Length > 0 ? $" dev {InterfaceAlias}" : "")}";
}

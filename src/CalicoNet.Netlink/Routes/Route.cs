using System.Text;

namespace CalicoNet.Netlink;

/// <summary>Who made a route (RTPROT_*, linux/rtnetlink.h).</summary>
public enum RouteProtocol : byte
{
    /// <summary>Unknown.</summary>
    Unspecified = 0,
    /// <summary>An ICMP redirect.</summary>
    Redirect = 1,
    /// <summary>The kernel, for an address.</summary>
    Kernel = 2,
    /// <summary>An administrator or a boot script: what <c>ip route add</c> and Calico's plugin write.</summary>
    Boot = 3,
    /// <summary>A static route.</summary>
    Static = 4,
    /// <summary>A router advertisement.</summary>
    RouterAdvertisement = 9,
    /// <summary>DHCP.</summary>
    Dhcp = 16,
    /// <summary>Felix, Calico's agent (its default DeviceRouteProtocol).</summary>
    Felix = 80,
}

/// <summary>What a route does with packets (RTN_*, linux/rtnetlink.h).</summary>
public enum RouteType : byte
{
    /// <summary>Unknown.</summary>
    Unspecified = 0,
    /// <summary>Sends them on.</summary>
    Unicast = 1,
    /// <summary>Takes them in.</summary>
    Local = 2,
    /// <summary>Takes them in, or sends them as broadcast.</summary>
    Broadcast = 3,
    /// <summary>Anycast.</summary>
    Anycast = 4,
    /// <summary>Multicast.</summary>
    Multicast = 5,
    /// <summary>Drops them in silence.</summary>
    Blackhole = 6,
    /// <summary>Refuses them: host unreachable.</summary>
    Unreachable = 7,
    /// <summary>Refuses them: prohibited.</summary>
    Prohibit = 8,
    /// <summary>Looks in another table.</summary>
    Throw = 9,
}

/// <summary>A route (RTM_NEWROUTE, rtnetlink(7)).</summary>
/// <param name="Destination">Where it leads; of length 0 for a default route.</param>
/// <param name="InterfaceIndex">The interface it leads through; 0 for one without (blackhole).</param>
public sealed record Route(IPPrefix Destination, int InterfaceIndex)
{
    /// <summary>The table <c>main</c> (RT_TABLE_MAIN).</summary>
    public const uint MainTable = 254;

    /// <summary>The table <c>local</c> (RT_TABLE_LOCAL), which the kernel fills.</summary>
    public const uint LocalTable = 255;

    /// <summary>The next hop; none when the destination is on the link.</summary>
    public IPAddr Gateway { get; init; }

    /// <summary>The metric: the lower is taken. IPv6 writes 0 as 1024.</summary>
    public uint Metric { get; init; }

    /// <summary>The table.</summary>
    public uint Table { get; init; } = MainTable;

    /// <summary>How far it reaches. IPv6 has universe only.</summary>
    public RouteScope Scope { get; init; }

    /// <summary>Who made it.</summary>
    public RouteProtocol Protocol { get; init; } = RouteProtocol.Boot;

    /// <summary>What it does.</summary>
    public RouteType Type { get; init; } = RouteType.Unicast;

    /// <summary>The source address preferred for packets this host sends; none for the kernel's choice.</summary>
    public IPAddr PreferredSource { get; init; }

    /// <summary>Whether the gateway is taken as on-link though no route says so (RTNH_F_ONLINK).</summary>
    public bool OnLink { get; init; }

    /// <summary>The family.</summary>
    public IPFamily Family => Destination.Family;

    /// <summary>What an error calls it.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Destination.IsDefault ? "default" : Destination.ToString());
        if (!Gateway.IsNone)
        {
            text.Append($" via {Gateway}");
        }

        return InterfaceIndex == 0 ? text.ToString() : text.Append($" through interface {InterfaceIndex}").ToString();
    }
}

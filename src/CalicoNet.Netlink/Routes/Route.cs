using System.Text;

namespace CalicoNet.Netlink;

/// <summary>Who made a route (RTPROT_*, linux/rtnetlink.h).</summary>
public enum RouteProtocol : byte
{
    /// <summary>Unknown (RTPROT_UNSPEC).</summary>
    Unspecified = 0,
    /// <summary>An ICMP redirect (RTPROT_REDIRECT).</summary>
    Redirect = 1,
    /// <summary>The kernel, for an address (RTPROT_KERNEL).</summary>
    Kernel = 2,
    /// <summary>An administrator or a boot script: what <c>ip route add</c> and Calico's plugin write (RTPROT_BOOT).</summary>
    Boot = 3,
    /// <summary>A static route (RTPROT_STATIC).</summary>
    Static = 4,
    /// <summary>A router advertisement (RTPROT_RA).</summary>
    RouterAdvertisement = 9,
    /// <summary>DHCP (RTPROT_DHCP).</summary>
    Dhcp = 16,
    /// <summary>Felix, Calico's agent (its default DeviceRouteProtocol).</summary>
    Felix = 80,
}

/// <summary>What a route does with packets (RTN_*, linux/rtnetlink.h).</summary>
public enum RouteType : byte
{
    /// <summary>Unknown (RTN_UNSPEC).</summary>
    Unspecified = 0,
    /// <summary>Sends them on (RTN_UNICAST).</summary>
    Unicast = 1,
    /// <summary>Takes them in (RTN_LOCAL).</summary>
    Local = 2,
    /// <summary>Takes them in, or sends them as broadcast (RTN_BROADCAST).</summary>
    Broadcast = 3,
    /// <summary>Anycast (RTN_ANYCAST).</summary>
    Anycast = 4,
    /// <summary>Multicast (RTN_MULTICAST).</summary>
    Multicast = 5,
    /// <summary>Drops them in silence (RTN_BLACKHOLE).</summary>
    Blackhole = 6,
    /// <summary>Refuses them: host unreachable (RTN_UNREACHABLE).</summary>
    Unreachable = 7,
    /// <summary>Refuses them: prohibited (RTN_PROHIBIT).</summary>
    Prohibit = 8,
    /// <summary>Looks in another table (RTN_THROW).</summary>
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

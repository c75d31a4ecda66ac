namespace CalicoNet.Netlink;

/// <summary>Flags of an interface (IFF_*, linux/if.h).</summary>
[Flags]
public enum LinkFlags : uint
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>Administratively up (IFF_UP).</summary>
    Up = 0x1,
    /// <summary>Knows broadcast (IFF_BROADCAST).</summary>
    Broadcast = 0x2,
    /// <summary>A loopback interface (IFF_LOOPBACK).</summary>
    Loopback = 0x8,
    /// <summary>Point to point (IFF_POINTOPOINT).</summary>
    PointToPoint = 0x10,
    /// <summary>Running (IFF_RUNNING).</summary>
    Running = 0x40,
    /// <summary>Without ARP (IFF_NOARP).</summary>
    NoArp = 0x80,
    /// <summary>Promiscuous (IFF_PROMISC).</summary>
    Promiscuous = 0x100,
    /// <summary>Knows multicast (IFF_MULTICAST).</summary>
    Multicast = 0x1000,
    /// <summary>Has a carrier (IFF_LOWER_UP).</summary>
    LowerUp = 0x10000,
}

/// <summary>An interface's operational state (IF_OPER_*, linux/if.h; RFC 2863).</summary>
public enum OperationalState : byte
{
    /// <summary>Not told by the driver (loopback) (IF_OPER_UNKNOWN).</summary>
    Unknown = 0,
    /// <summary>Not present (IF_OPER_NOTPRESENT).</summary>
    NotPresent = 1,
    /// <summary>Down (IF_OPER_DOWN).</summary>
    Down = 2,
    /// <summary>The layer below is down (a veth whose peer is down) (IF_OPER_LOWERLAYERDOWN).</summary>
    LowerLayerDown = 3,
    /// <summary>Testing (IF_OPER_TESTING).</summary>
    Testing = 4,
    /// <summary>Dormant (IF_OPER_DORMANT).</summary>
    Dormant = 5,
    /// <summary>Up (IF_OPER_UP).</summary>
    Up = 6,
}

/// <summary>IPv4 settings of an interface that rtnetlink carries (IPV4_DEVCONF_*, linux/ip.h): <c>net.ipv4.conf.NAME.*</c>.</summary>
public enum IPv4Setting : ushort
{
    /// <summary>forwarding (IPV4_DEVCONF_FORWARDING).</summary>
    Forwarding = 1,
    /// <summary>proxy_arp (IPV4_DEVCONF_PROXY_ARP).</summary>
    ProxyArp = 3,
    /// <summary>rp_filter (IPV4_DEVCONF_RP_FILTER): 0 off, 1 strict, 2 loose.</summary>
    ReversePathFilter = 8,
    /// <summary>route_localnet (IPV4_DEVCONF_ROUTE_LOCALNET).</summary>
    RouteLocalnet = 26,
}

/// <summary>IPv6 settings of an interface that rtnetlink reports (DEVCONF_*, linux/ipv6.h): <c>net.ipv6.conf.NAME.*</c>. It sets none of them.</summary>
public enum IPv6Setting : ushort
{
    /// <summary>forwarding (DEVCONF_FORWARDING).</summary>
    Forwarding = 0,
    /// <summary>accept_ra (DEVCONF_ACCEPT_RA).</summary>
    AcceptRouterAdvertisements = 3,
    /// <summary>proxy_ndp (DEVCONF_PROXY_NDP).</summary>
    ProxyNdp = 22,
    /// <summary>accept_dad (DEVCONF_ACCEPT_DAD).</summary>
    AcceptDuplicateAddressDetection = 27,
    /// <summary>disable_ipv6 (DEVCONF_DISABLE_IPV6).</summary>
    Disabled = 26,
}

/// <summary>How an interface makes its IPv6 link-local address (IN6_ADDR_GEN_MODE_*, linux/if_link.h).</summary>
public enum AddressGeneration : byte
{
    /// <summary>From the MAC address (eui64) (IN6_ADDR_GEN_MODE_EUI64).</summary>
    Eui64 = 0,
    /// <summary>Not at all: none is made when the interface goes up (IN6_ADDR_GEN_MODE_NONE).</summary>
    None = 1,
    /// <summary>From a stable secret (RFC 7217) (IN6_ADDR_GEN_MODE_STABLE_PRIVACY).</summary>
    StablePrivacy = 2,
    /// <summary>At random (IN6_ADDR_GEN_MODE_RANDOM).</summary>
    Random = 3,
}

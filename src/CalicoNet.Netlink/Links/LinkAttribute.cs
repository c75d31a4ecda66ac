namespace CalicoNet.Netlink;

/// <summary>Attributes of a link (IFLA_*, linux/if_link.h).</summary>
internal enum LinkAttribute : ushort
{
    Address = 1,           // IFLA_ADDRESS
    Broadcast = 2,         // IFLA_BROADCAST
    Name = 3,              // IFLA_IFNAME
    Mtu = 4,               // IFLA_MTU
    Link = 5,              // IFLA_LINK
    Master = 10,           // IFLA_MASTER
    OperationalState = 16, // IFLA_OPERSTATE
    LinkInfo = 18,         // IFLA_LINKINFO
    Alias = 20,            // IFLA_IFALIAS
    FamilySettings = 26,   // IFLA_AF_SPEC
    Group = 27,            // IFLA_GROUP
    NamespaceFd = 28,      // IFLA_NET_NS_FD
    ExtendedMask = 29,     // IFLA_EXT_MASK
    TransmitQueues = 31,   // IFLA_NUM_TX_QUEUES
    ReceiveQueues = 32,    // IFLA_NUM_RX_QUEUES
    LinkNamespaceId = 37,  // IFLA_LINK_NETNSID
}

/// <summary>Inside IFLA_LINKINFO (IFLA_INFO_*, linux/if_link.h).</summary>
internal enum LinkInfoAttribute : ushort
{
    Kind = 1,   // IFLA_INFO_KIND
    Data = 2,   // IFLA_INFO_DATA
}

/// <summary>Inside a veth's IFLA_INFO_DATA (VETH_INFO_*, linux/veth.h).</summary>
internal enum VethAttribute : ushort
{
    Peer = 1,   // VETH_INFO_PEER: struct ifinfomsg and link attributes of the other end
}

/// <summary>Inside IFLA_AF_SPEC: the nests are named by address family.</summary>
internal enum LinkFamilyAttribute : ushort
{
    IPv4 = 2,    // AF_INET
    IPv6 = 10,   // AF_INET6
}

/// <summary>Inside AF_INET of IFLA_AF_SPEC (IFLA_INET_*, linux/if_link.h).</summary>
internal enum LinkIPv4Attribute : ushort
{
    Settings = 1,   // IFLA_INET_CONF
}

/// <summary>Inside AF_INET6 of IFLA_AF_SPEC (IFLA_INET6_*, linux/if_link.h).</summary>
internal enum LinkIPv6Attribute : ushort
{
    Settings = 2,            // IFLA_INET6_CONF
    AddressGeneration = 8,   // IFLA_INET6_ADDR_GEN_MODE
}

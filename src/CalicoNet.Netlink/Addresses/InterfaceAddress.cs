namespace CalicoNet.Netlink;

/// <summary>How far an address or a route reaches (RT_SCOPE_*, linux/rtnetlink.h).</summary>
public enum RouteScope : byte
{
    /// <summary>Everywhere (RT_SCOPE_UNIVERSE, <c>global</c>).</summary>
    Universe = 0,
    /// <summary>This site (RT_SCOPE_SITE).</summary>
    Site = 200,
    /// <summary>The directly attached link (RT_SCOPE_LINK).</summary>
    Link = 253,
    /// <summary>This host (RT_SCOPE_HOST).</summary>
    Host = 254,
    /// <summary>Nowhere (RT_SCOPE_NOWHERE).</summary>
    Nowhere = 255,
}

/// <summary>Flags of an address (IFA_F_*, linux/if_addr.h).</summary>
[Flags]
public enum AddressFlags : uint
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>A secondary address of its subnet, or a temporary one (IFA_F_SECONDARY).</summary>
    Secondary = 0x01,
    /// <summary>No duplicate address detection: usable at once (IFA_F_NODAD).</summary>
    NoDuplicateDetection = 0x02,
    /// <summary>Duplicate address detection failed (IFA_F_DADFAILED).</summary>
    DuplicateFound = 0x08,
    /// <summary>Not yet usable: duplicate address detection is under way (IFA_F_TENTATIVE).</summary>
    Tentative = 0x40,
    /// <summary>Without lifetime (IFA_F_PERMANENT).</summary>
    Permanent = 0x80,
    /// <summary>Makes no prefix route (IFA_F_NOPREFIXROUTE).</summary>
    NoPrefixRoute = 0x200,
}

/// <summary>An address of an interface (RTM_NEWADDR, rtnetlink(7)).</summary>
/// <param name="InterfaceIndex">The interface.</param>
/// <param name="Prefix">The address with its prefix length.</param>
public sealed record InterfaceAddress(int InterfaceIndex, IPPrefix Prefix)
{
    /// <summary>How far it reaches. Written as given for IPv4; for IPv6 the kernel derives it from the address.</summary>
    public RouteScope Scope { get; init; }

    /// <summary>Flags.</summary>
    public AddressFlags Flags { get; init; }

    /// <summary>The peer's address on a point-to-point link; none otherwise.</summary>
    public IPAddr Peer { get; init; }

    /// <summary>What an error calls it.</summary>
    public override string ToString() => $"{Prefix} on interface {InterfaceIndex}";
}

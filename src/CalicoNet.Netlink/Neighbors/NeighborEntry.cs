namespace CalicoNet.Netlink;

/// <summary>The state of a neighbor (NUD_*, linux/neighbour.h). Filters combine them.</summary>
[Flags]
public enum NeighborState : ushort
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>Asked for, not answered yet (NUD_INCOMPLETE).</summary>
    Incomplete = 0x01,
    /// <summary>Confirmed not long ago (NUD_REACHABLE).</summary>
    Reachable = 0x02,
    /// <summary>Known, not confirmed lately (NUD_STALE).</summary>
    Stale = 0x04,
    /// <summary>In use, to be confirmed soon (NUD_DELAY).</summary>
    Delay = 0x08,
    /// <summary>Being confirmed (NUD_PROBE).</summary>
    Probe = 0x10,
    /// <summary>Nobody answered (NUD_FAILED).</summary>
    Failed = 0x20,
    /// <summary>Needs no resolving (multicast, loopback) (NUD_NOARP).</summary>
    NoArp = 0x40,
    /// <summary>Set by an administrator; never expires (NUD_PERMANENT).</summary>
    Permanent = 0x80,
}

/// <summary>Flags of a neighbor (NTF_*, linux/neighbour.h).</summary>
[Flags]
public enum NeighborFlags : byte
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>In use (NTF_USE).</summary>
    Use = 0x01,
    /// <summary>A proxied address (NTF_PROXY).</summary>
    Proxy = 0x08,
    /// <summary>Learned by another part of the system (NTF_EXT_LEARNED).</summary>
    ExternallyLearned = 0x10,
    /// <summary>A router (NTF_ROUTER).</summary>
    Router = 0x80,
}

/// <summary>An entry of the neighbor table: ARP for IPv4, NDP for IPv6 (RTM_NEWNEIGH, rtnetlink(7)).</summary>
/// <param name="InterfaceIndex">The interface it is reached through.</param>
/// <param name="Address">Its IP address.</param>
/// <param name="LinkLayerAddress">Its link-layer address; none while it is not resolved.</param>
/// <param name="State">Its state.</param>
public sealed record NeighborEntry(int InterfaceIndex, IPAddr Address, LinkLayerAddress LinkLayerAddress, NeighborState State)
{
    /// <summary>Flags.</summary>
    public NeighborFlags Flags { get; init; }

    /// <summary>What an error calls it.</summary>
    public override string ToString() => $"{Address} on interface {InterfaceIndex}";
}

/// <summary>What a family's table does on one interface (RTM_GETNEIGHTBL).</summary>
/// <param name="Family">IPv4 (arp_cache) or IPv6 (ndisc_cache).</param>
/// <param name="InterfaceIndex">The interface.</param>
/// <param name="ProxyDelay">How long, at most, the kernel waits before it answers for another host (proxy_delay).</param>
public sealed record NeighborParameters(IPFamily Family, int InterfaceIndex, TimeSpan ProxyDelay);

/// <summary>The garbage collection limits of a family's table, which all namespaces share (RTM_GETNEIGHTBL).</summary>
/// <param name="Family">IPv4 (arp_cache) or IPv6 (ndisc_cache).</param>
/// <param name="Entries">The entries of all namespaces together.</param>
/// <param name="Threshold1">Below it nothing is collected (gc_thresh1).</param>
/// <param name="Threshold2">Above it, entries older than five seconds are (gc_thresh2).</param>
/// <param name="Threshold3">No table grows beyond it (gc_thresh3); permanent entries do not count.</param>
public sealed record NeighborTableLimits(IPFamily Family, uint Entries, uint Threshold1, uint Threshold2, uint Threshold3);

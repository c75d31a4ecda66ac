namespace CalicoNet.Netlink.Nftables;

/// <summary>Where a base chain meets packets (NF_INET_*, linux/netfilter.h). Families arp and netdev number their own hooks.</summary>
public enum NftHook : uint
{
    /// <summary>On arrival, before routing (NF_INET_PRE_ROUTING).</summary>
    Prerouting = 0,
    /// <summary>For this host (NF_INET_LOCAL_IN).</summary>
    Input = 1,
    /// <summary>Through this host (NF_INET_FORWARD).</summary>
    Forward = 2,
    /// <summary>From this host (NF_INET_LOCAL_OUT).</summary>
    Output = 3,
    /// <summary>On leaving, after routing (NF_INET_POST_ROUTING).</summary>
    Postrouting = 4,
    /// <summary>On arrival at one device (NF_INET_INGRESS).</summary>
    Ingress = 5,
}

/// <summary>What becomes of a packet that no rule of a base chain decided on.</summary>
public enum NftPolicy : uint
{
    /// <summary>It is dropped (NF_DROP).</summary>
    Drop = 0,
    /// <summary>It goes on (NF_ACCEPT).</summary>
    Accept = 1,
}

/// <summary>Types of base chains.</summary>
public static class NftChainType
{
    /// <summary>Sees every packet.</summary>
    public const string Filter = "filter";

    /// <summary>Sees the first packet of a flow; the rest follows it.</summary>
    public const string Nat = "nat";

    /// <summary>Routes a packet of this host again when a rule changed it.</summary>
    public const string Route = "route";
}

/// <summary>Priorities: at one hook the lower comes first (NF_IP_PRI_*, linux/netfilter_ipv4.h). Anything between is allowed.</summary>
public static class NftPriority
{
    /// <summary><c>raw</c>: before connection tracking (NF_IP_PRI_RAW).</summary>
    public const int Raw = -300;

    /// <summary><c>mangle</c> (NF_IP_PRI_MANGLE).</summary>
    public const int Mangle = -150;

    /// <summary><c>dstnat</c> (NF_IP_PRI_NAT_DST).</summary>
    public const int DestinationNat = -100;

    /// <summary><c>filter</c> (NF_IP_PRI_FILTER).</summary>
    public const int Filter = 0;

    /// <summary><c>security</c> (NF_IP_PRI_SECURITY).</summary>
    public const int Security = 50;

    /// <summary><c>srcnat</c> (NF_IP_PRI_NAT_SRC).</summary>
    public const int SourceNat = 100;
}

/// <summary>What makes a chain a base chain: <c>type filter hook prerouting priority raw; policy accept;</c></summary>
/// <param name="Type">One of <see cref="NftChainType"/>.</param>
/// <param name="Hook">Where it meets packets.</param>
/// <param name="Priority">When, among the chains at that hook; see <see cref="NftPriority"/>.</param>
/// <param name="Policy">What becomes of a packet that no rule decided on.</param>
public sealed record NftBase(string Type, NftHook Hook, int Priority, NftPolicy Policy = NftPolicy.Accept);

/// <summary>A chain of rules.</summary>
/// <param name="Table">The table it is in.</param>
/// <param name="Name">Its name: 1 to 255 bytes.</param>
public sealed record NftChain(NftTableRef Table, string Name)
{
    /// <summary>Where it meets packets; null for a regular chain, which they enter by jump or goto only.</summary>
    public NftBase? Base { get; init; }

    /// <summary>Its comment as <c>nft list</c> shows it: 128 bytes at most.</summary>
    public string? Comment { get; init; }

    /// <summary>The kernel's number for it; 0 for one that was not read from the kernel.</summary>
    public ulong Handle { get; init; }

    /// <summary>Table and name: <c>inet mytable mychain</c>.</summary>
    public override string ToString() => $"{Table} {Name}";
}

namespace CalicoNet.Netlink.Nftables;

/// <summary>Which packets a table sees (NFPROTO_*, linux/netfilter.h).</summary>
public enum NftFamily : byte
{
    /// <summary>Every family: for listing only (NFPROTO_UNSPEC).</summary>
    Unspecified = 0,
    /// <summary>IPv4 and IPv6 together (NFPROTO_INET).</summary>
    Inet = 1,
    /// <summary>IPv4 (NFPROTO_IPV4).</summary>
    IPv4 = 2,
    /// <summary>ARP (NFPROTO_ARP).</summary>
    Arp = 3,
    /// <summary>What enters or leaves one device (NFPROTO_NETDEV).</summary>
    Netdev = 5,
    /// <summary>Bridges (NFPROTO_BRIDGE).</summary>
    Bridge = 7,
    /// <summary>IPv6 (NFPROTO_IPV6).</summary>
    IPv6 = 10,
}

/// <summary>States of a table (NFT_TABLE_F_*).</summary>
[Flags]
public enum NftTableFlags : uint
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>It sees no packets (NFT_TABLE_F_DORMANT).</summary>
    Dormant = 0x1,
    /// <summary>It goes with the socket that made it (NFT_TABLE_F_OWNER).</summary>
    Owner = 0x2,
    /// <summary>It stays, without an owner, when that socket is closed (NFT_TABLE_F_PERSIST).</summary>
    Persist = 0x4,
}

/// <summary>A table by family and name: what chains, sets and rules say they belong to.</summary>
/// <param name="Family">The family. Tables of one name in two families are two tables.</param>
/// <param name="Name">The name: 1 to 255 bytes.</param>
public readonly record struct NftTableRef(NftFamily Family, string Name)
{
    /// <summary>As nft writes it: <c>inet mytable</c>.</summary>
    public override string ToString() => $"{Keyword(Family)} {Name}";

    private static string Keyword(NftFamily family) => family switch
    {
        NftFamily.Inet => "inet",
        NftFamily.IPv4 => "ip",
        NftFamily.IPv6 => "ip6",
        NftFamily.Arp => "arp",
        NftFamily.Netdev => "netdev",
        NftFamily.Bridge => "bridge",
        _ => $"family {(byte)family}",
    };
}

/// <summary>A table.</summary>
/// <param name="Ref">Its family and name.</param>
public sealed record NftTable(NftTableRef Ref)
{
    /// <summary>Its comment as <c>nft list</c> shows it: 128 bytes at most.</summary>
    public string? Comment { get; init; }

    /// <summary>Its state.</summary>
    public NftTableFlags Flags { get; init; }

    /// <summary>The kernel's number for it; 0 for one that was not read from the kernel.</summary>
    public ulong Handle { get; init; }

    /// <summary>As nft writes it: <c>inet mytable</c>.</summary>
    public override string ToString() => Ref.ToString();
}

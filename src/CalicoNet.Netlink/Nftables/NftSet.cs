namespace CalicoNet.Netlink.Nftables;

/// <summary>What a set's elements are. The kernel keeps the number for nft, which made it up (TYPE_*, nft's datatype.h); unnamed ones are read too.</summary>
public enum NftSetKey : uint
{
    /// <summary>Unknown (TYPE_INVALID).</summary>
    Unspecified = 0,
    /// <summary><c>ipv4_addr</c> (TYPE_IPADDR).</summary>
    IPv4Address = 7,
    /// <summary><c>ipv6_addr</c> (TYPE_IP6ADDR).</summary>
    IPv6Address = 8,
}

/// <summary>Properties of a set (NFT_SET_*).</summary>
[Flags]
public enum NftSetFlags : uint
{
    /// <summary>None: a hash set of single values.</summary>
    None = 0,
    /// <summary>It belongs to one rule (NFT_SET_ANONYMOUS).</summary>
    Anonymous = 0x1,
    /// <summary>Its elements never change (NFT_SET_CONSTANT).</summary>
    Constant = 0x2,
    /// <summary>Its elements are ranges that do not overlap (NFT_SET_INTERVAL).</summary>
    Interval = 0x4,
    /// <summary>Its elements lead to values (NFT_SET_MAP).</summary>
    Map = 0x8,
    /// <summary>Its elements go by themselves after a time (NFT_SET_TIMEOUT).</summary>
    Timeout = 0x10,
    /// <summary>Rules add to it (NFT_SET_EVAL).</summary>
    Dynamic = 0x20,
    /// <summary>Its elements lead to objects (NFT_SET_OBJECT).</summary>
    Object = 0x40,
    /// <summary>Its keys are several values in a row (NFT_SET_CONCAT).</summary>
    Concatenated = 0x80,
    /// <summary>Its elements have expressions, for example counters (NFT_SET_EXPR).</summary>
    Expressions = 0x100,
}

/// <summary>
/// A named set. For single addresses take a hash set (no flags): an element costs 6 to 10 us beside 10,000 others, in an interval set 1 ms.
/// </summary>
/// <param name="Table">The table it is in.</param>
/// <param name="Name">Its name: 1 to 255 bytes.</param>
/// <param name="Key">What its elements are.</param>
public sealed record NftSet(NftTableRef Table, string Name, NftSetKey Key)
{
    /// <summary>Its properties.</summary>
    public NftSetFlags Flags { get; init; }

    /// <summary>How many bytes a key has; known for addresses.</summary>
    public int KeyLength { get; init; } = Key switch { NftSetKey.IPv4Address => 4, NftSetKey.IPv6Address => 16, _ => 0 };

    /// <summary>The most elements it takes; 0 for no limit.</summary>
    public uint Size { get; init; }

    /// <summary>Whether nft merges ranges that touch when it adds some. The kernel does not know of it.</summary>
    public bool AutoMerge { get; init; }

    /// <summary>Its comment as <c>nft list</c> shows it: 128 bytes at most.</summary>
    public string? Comment { get; init; }

    /// <summary>The kernel's number for it; 0 for one that was not read from the kernel.</summary>
    public ulong Handle { get; init; }

    /// <summary>Whether its elements are ranges.</summary>
    public bool IsInterval => (Flags & NftSetFlags.Interval) != 0;

    /// <summary>The family of its addresses; unspecified where its elements are no addresses.</summary>
    public IPFamily Family => Key switch
    {
        NftSetKey.IPv4Address => IPFamily.IPv4,
        NftSetKey.IPv6Address => IPFamily.IPv6,
        _ => IPFamily.Unspecified,
    };

    /// <summary>Table and name: <c>inet mytable myset</c>.</summary>
    public override string ToString() => $"{Table} {Name}";
}

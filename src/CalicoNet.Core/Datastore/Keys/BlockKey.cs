using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Where a block of addresses is: <c>/calico/ipam/v2/assignment/ipv4/block/10.65.174.128-26</c>.</summary>
public sealed record BlockKey : DatastoreKey<IPAMBlock>
{
    /// <summary>The key of a block.</summary>
    /// <exception cref="ArgumentException">The prefix has host bits.</exception>
    public BlockKey(IPPrefix cidr)
        : base(Prefix(cidr.Family) + InKey(cidr)) => Cidr = cidr;

    /// <summary>The block's addresses.</summary>
    public IPPrefix Cidr { get; }

    /// <summary>What the keys of all blocks of a family begin with.</summary>
    public static string Prefix(IPFamily family) => $"/calico/ipam/v2/assignment/{Segment(family)}/block/";

    internal static BlockKey? Read(string block) => TryReadCidr(block, out var cidr) ? new BlockKey(cidr) : null;
}

using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Where a node's claim to a block is: <c>/calico/ipam/v2/host/node-a/ipv4/block/10.65.174.128-26</c>.</summary>
public sealed record BlockAffinityKey : DatastoreKey<BlockAffinity>
{
    /// <summary>The key of a claim.</summary>
    /// <exception cref="ArgumentException">The node is no single segment of a key, or the prefix has host bits.</exception>
    public BlockAffinityKey(string node, IPPrefix cidr)
        : base(Prefix(node, cidr.Family) + InKey(cidr))
    {
        Node = node;
        Block = new BlockKey(cidr);
    }

    /// <summary>The node.</summary>
    public string Node { get; }

    /// <summary>The block's key.</summary>
    public BlockKey Block { get; }

    /// <summary>The block's addresses.</summary>
    public IPPrefix Cidr => Block.Cidr;

    /// <summary>What the keys of all claims of all nodes begin with.</summary>
    public const string AllPrefix = "/calico/ipam/v2/host/";

    /// <summary>What the keys of a node's claims of a family begin with.</summary>
    /// <exception cref="ArgumentException">The node is no single segment of a key.</exception>
    public static string Prefix(string node, IPFamily family)
        => $"{AllPrefix}{Segment(node, "node")}/{Segment(family)}/block/";

    internal static BlockAffinityKey? Read(string node, string block)
        => node.Length > 0 && TryReadCidr(block, out var cidr) ? new BlockAffinityKey(node, cidr) : null;

    /// <inheritdoc/>
    private protected override ReadOnlySpan<byte> OrEmpty(ReadOnlySpan<byte> value) => value.IsEmpty ? "{}"u8 : value;
}

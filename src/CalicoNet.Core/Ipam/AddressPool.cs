using System.Collections.Immutable;
using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>An IPPool as addresses are handed out of it.</summary>
internal sealed record AddressPool(string Name, BlockSpace Space, Seen Seen)
{
    /// <summary>Neither disabled, nor being deleted, nor marked as not allocatable.</summary>
    public required bool IsEnabled { get; init; }

    /// <summary>Whether it serves requests that do not name it.</summary>
    public required bool IsAutomatic { get; init; }

    public required string NodeSelector { get; init; }

    public required string NamespaceSelector { get; init; }

    public required ImmutableArray<string> AllowedUses { get; init; }

    public IPPrefix Cidr => Space.Pool;

    public IPFamily Family => Cidr.Family;

    /// <summary>Whether its selector selects a node. One that cannot be read selects none.</summary>
    public bool SelectsNode(IReadOnlyDictionary<string, string> labels) => Selector.TryParse(NodeSelector, out var selector) && selector.Matches(labels);

    /// <summary>Whether its selector selects whatever node there is.</summary>
    public bool SelectsAllNodes => Selector.TryParse(NodeSelector, out var selector) && selector.Equals(Selector.All);

    public bool SelectsNamespace(IReadOnlyDictionary<string, string> labels) => Selector.TryParse(NamespaceSelector, out var selector) && selector.Matches(labels);

    public bool Allows(string use) => AllowedUses.Contains(use);

    /// <summary>What the keys of all its blocks begin with, and of few others: as many whole parts of the address's text as all its addresses share.</summary>
    public string BlockKeyPrefix => BlockKey.Prefix(Family) + SharedText(Cidr);

    private static string SharedText(IPPrefix cidr)
    {
        var text = cidr.Address.ToString();
        if (cidr.Family == IPFamily.IPv4)
        {
            return string.Concat(text.Split('.').Take(Math.Min(cidr.Length / 8, 3)).Select(part => part + "."));
        }

        // A zero group may be written as itself or vanish in "::": only what stands before the first can be relied on.
        Span<byte> bytes = stackalloc byte[16];
        cidr.Address.CopyTo(bytes);
        var groups = 0;
        while (groups < Math.Min(cidr.Length / 16, 7) && (bytes[2 * groups] | bytes[(2 * groups) + 1]) != 0)
        {
            groups++;
        }

        return string.Concat(text.Split(':').Take(groups).Select(part => part + ":"));
    }
}

using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>An IPPool as addresses are handed out of it.</summary>
internal sealed record AddressPool(IPPool Document, Seen Seen)
{
    public string Name => Document.Name;

    public IPPrefix Cidr => Document.Cidr;

    public IPFamily Family => Cidr.Family;

    public BlockSpace Space { get; } = new(Document.Cidr, Document.BlockSize);

    /// <summary>Neither disabled, nor being deleted, nor reported as not allocatable.</summary>
    public bool IsEnabled => Document.IsAllocatable;

    /// <summary>Why nothing is handed out of one that is not enabled.</summary>
    public string Closed => $"IP pool '{Name}' ({Cidr}) {(Document.Metadata?.DeletionTimestamp is not null ? "is being deleted"
        : Document.Spec is { Disabled: true } ? "is disabled" : "is reported as not allocatable (its status)")}.";

    /// <summary>Whether it serves requests that do not name it.</summary>
    public bool IsAutomatic => Document.IsAutomatic;

    /// <summary>Whether its selector selects whatever node there is.</summary>
    public bool SelectsAllNodes => Document.NodeSelector == IPPoolSpec.AllNodes;

    /// <summary>Whether its selector selects a node. One that cannot be read selects none.</summary>
    public bool SelectsNode(IReadOnlyDictionary<string, string> labels) => Selects(Document.NodeSelector, labels);

    /// <summary>Whether its selector selects a workload namespace.</summary>
    public bool SelectsNamespace(IReadOnlyDictionary<string, string> labels) => Selects(Document.NamespaceSelector, labels);

    public bool Allows(string use) => Document.AllowedUses.Contains(use);

    /// <summary>What the keys of all its blocks begin with, and of few others: as many whole parts of the address's text as all its addresses share.</summary>
    public string BlockKeyPrefix => BlockKey.Prefix(Family) + SharedText(Cidr);

    private static bool Selects(string text, IReadOnlyDictionary<string, string> labels)
        => text == IPPoolSpec.AllNodes || (Selector.TryParse(text, out var selector) && selector.Matches(labels));

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

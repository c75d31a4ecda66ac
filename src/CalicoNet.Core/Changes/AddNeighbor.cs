using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Sets a neighbor's link-layer address for good, so that nobody has to ask for it.</summary>
/// <param name="Link">The link the neighbor is on.</param>
/// <param name="Address">Its IP address.</param>
/// <param name="LinkLayerAddress">Its link-layer address.</param>
public sealed record AddNeighbor(LinkRef Link, IPAddr Address, LinkLayerAddress LinkLayerAddress) : NetworkChange(Link.Namespace)
{
    /// <summary>Whether another entry of that address is replaced (<c>ip neigh replace</c>): traffic may have made one at any moment.</summary>
    public bool Replace { get; init; }

    /// <inheritdoc/>
    public override Channel Channel => Channel.Rtnetlink;

    /// <inheritdoc/>
    public override string Title => $"set neighbor {Address} on interface {Link}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands =>
        [CommandText.Ip(Namespace, $"neigh {(Replace ? "replace" : "add")} {Address} lladdr {LinkLayerAddress} dev {CommandText.Quote(Link.Name)} nud permanent")];

    /// <inheritdoc/>
    public override NetworkChange Inverse => new RemoveNeighbor(Link, Address) { Was = LinkLayerAddress };

    /// <inheritdoc/>
    public override Facts Facts => Facts.Links | Facts.Neighbors;

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var neighbor = new NeighborEntry(session.IndexOf(Link), Address, LinkLayerAddress, NeighborState.Permanent);
        var batch = session.Stack(Namespace).Batch;
        if (Replace)
        {
            NeighborWire.Replace(batch, neighbor);
        }
        else
        {
            NeighborWire.Add(batch, neighbor);
        }
    }

    /// <inheritdoc/>
    public override Finding Inspect(NetworkSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return Finding.Compare(this, $"{LinkLayerAddress} Permanent", Describe(seen, Link, Address));
    }

    /// <summary>The entry that was seen of an address, or null.</summary>
    internal static string? Describe(NetworkSnapshot seen, LinkRef link, IPAddr address)
    {
        var index = seen.Find(link)?.Index;
        return seen[link.Namespace]?.Neighbors[address].FirstOrDefault(n => n.InterfaceIndex == index) is { } found ? $"{found.LinkLayerAddress} {found.State}" : null;
    }
}

/// <summary>Removes a neighbor.</summary>
/// <param name="Link">The link the neighbor is on.</param>
/// <param name="Address">Its IP address.</param>
public sealed record RemoveNeighbor(LinkRef Link, IPAddr Address) : NetworkChange(Link.Namespace)
{
    /// <summary>The link-layer address of a permanent entry that is to be undone; none for one that was learned, which comes back by itself.</summary>
    public LinkLayerAddress Was { get; init; }

    /// <inheritdoc/>
    public override Channel Channel => Channel.Rtnetlink;

    /// <inheritdoc/>
    public override string Title => $"remove neighbor {Address} from interface {Link}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands => [CommandText.Ip(Namespace, $"neigh del {Address} dev {CommandText.Quote(Link.Name)}")];

    /// <inheritdoc/>
    public override NetworkChange? Inverse => Was.IsNone ? null : new AddNeighbor(Link, Address, Was);

    /// <inheritdoc/>
    public override Facts Facts => Facts.Links | Facts.Neighbors;

    /// <inheritdoc/>
    public override bool IsAlreadyDone(Errno errno) => errno is Errno.ENOENT or Errno.ENODEV;

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var index = session.IndexOf(Link);
        NeighborWire.Remove(session.Stack(Namespace).Batch, new NeighborEntry(index, Address, default, NeighborState.None));
    }

    /// <inheritdoc/>
    public override Finding Inspect(NetworkSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return Finding.Gone(this, AddNeighbor.Describe(seen, Link, Address));
    }
}

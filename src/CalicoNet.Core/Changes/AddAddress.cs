using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Gives a link an address.</summary>
/// <param name="Link">The link.</param>
/// <param name="Prefix">The address with its prefix length.</param>
public sealed record AddAddress(LinkRef Link, IPPrefix Prefix) : NetworkChange(Link.Namespace)
{
    /// <summary>How far it reaches.</summary>
    public RouteScope Scope { get; init; }

    /// <summary>Whether it is usable at once, without duplicate address detection (IPv6): with it the address is tentative for over a second.</summary>
    public bool NoDuplicateDetection { get; init; }

    /// <inheritdoc/>
    public override Channel Channel => Channel.Rtnetlink;

    /// <inheritdoc/>
    public override string Title => $"add address {Prefix} to interface {Link}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands
    {
        get
        {
            var scope = Scope == RouteScope.Link && Prefix.Family == IPFamily.IPv4 ? " scope link" : "";
            return [CommandText.Ip(Namespace, $"address add {Prefix} dev {CommandText.Quote(Link.Name)}{scope}{(NoDuplicateDetection ? " nodad" : "")}")];
        }
    }

    /// <inheritdoc/>
    public override NetworkChange Inverse => new RemoveAddress(Link, Prefix);

    /// <inheritdoc/>
    public override Facts Facts => Facts.Links | Facts.Addresses;

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var address = new InterfaceAddress(session.IndexOf(Link), Prefix)
        {
            Scope = Scope,
            Flags = NoDuplicateDetection ? AddressFlags.NoDuplicateDetection : AddressFlags.None,
        };
        AddressWire.Add(session.Stack(Namespace).Batch, address);
    }

    /// <inheritdoc/>
    public override Finding Inspect(NetworkSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        var there = seen.Find(Link) is { } link && seen[Namespace]!.Addresses[link.Index].Any(a => a.Prefix == Prefix);
        return Finding.Compare(this, Prefix.ToString(), there ? Prefix.ToString() : null);
    }
}

/// <summary>Takes an address from a link.</summary>
/// <param name="Link">The link.</param>
/// <param name="Prefix">The address with its prefix length.</param>
public sealed record RemoveAddress(LinkRef Link, IPPrefix Prefix) : NetworkChange(Link.Namespace)
{
    /// <summary>The peer's address, for one of a point-to-point link: the kernel does not find it without; none otherwise.</summary>
    public IPAddr Peer { get; init; }

    /// <inheritdoc/>
    public override Channel Channel => Channel.Rtnetlink;

    /// <inheritdoc/>
    public override string Title => $"remove address {Prefix} from interface {Link}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands
        => [CommandText.Ip(Namespace, $"address del {(Peer.IsNone ? Prefix : $"{Prefix.Address} peer {new IPPrefix(Peer, Prefix.Length)}")} dev {CommandText.Quote(Link.Name)}")];

    /// <inheritdoc/>
    public override NetworkChange? Inverse => Peer.IsNone ? new AddAddress(Link, Prefix) : null;

    /// <inheritdoc/>
    public override bool IsAlreadyDone(Errno errno) => errno is Errno.EADDRNOTAVAIL or Errno.ENODEV or Errno.ENOENT;

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var index = session.IndexOf(Link);
        AddressWire.Remove(session.Stack(Namespace).Batch, new InterfaceAddress(index, Prefix) { Peer = Peer });
    }
}

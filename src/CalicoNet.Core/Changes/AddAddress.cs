using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Gives a link an address.</summary>
/// <param name="Link">The link.</param>
/// <param name="Prefix">The address with its prefix length.</param>
public sealed record AddAddress(LinkRef Link, IPPrefix Prefix) : NetworkChange(Link.Namespace)
{
    /// <summary>The address with its prefix length.</summary>
    /// <exception cref="ArgumentException">It is 0.0.0.0 or ::. Linux takes 0.0.0.0 without a word and adds nothing.</exception>
    public IPPrefix Prefix { get; init; } = Prefix.Address.IsUnspecified ? throw new ArgumentException($"'{Prefix.Address}' is no address of an interface: it is unspecified.") : Prefix;

    /// <summary>How far it reaches.</summary>
    public RouteScope Scope { get; init; }

    /// <summary>Whether it is usable at once, without duplicate address detection (IPv6): with it the address is tentative for over a second.</summary>
    public bool NoDuplicateDetection { get; init; }

    /// <summary>The peer's address, for one of a point-to-point link; none otherwise.</summary>
    public IPAddr Peer { get; init; }

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
            return [CommandText.Ip(Namespace, $"address add {AddressText.Words(Prefix, Peer)} dev {CommandText.Quote(Link.Name)}{scope}{(NoDuplicateDetection ? " nodad" : "")}")];
        }
    }

    /// <inheritdoc/>
    public override NetworkChange Inverse => new RemoveAddress(Link, Prefix) { Peer = Peer, Scope = Scope, NoDuplicateDetection = NoDuplicateDetection };

    /// <inheritdoc/>
    public override Facts Facts => Facts.Links | Facts.Addresses;

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var address = new InterfaceAddress(session.IndexOf(Link), Prefix)
        {
            Scope = Scope,
            Peer = Peer,
            Flags = NoDuplicateDetection ? AddressFlags.NoDuplicateDetection : AddressFlags.None,
        };
        AddressWire.Add(session.Stack(Namespace).Batch, address);
    }

    /// <inheritdoc/>
    public override Finding Inspect(NetworkSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        var all = AddressText.Seen(seen, Link, Prefix.Address);
        var found = all.FirstOrDefault(a => a.Prefix == Prefix && a.Peer == Peer) ?? all.FirstOrDefault();
        return Finding.Compare(this, Describe(Prefix, Peer, Scope, AddressFlags.None), found is null ? null : Describe(found.Prefix, found.Peer, found.Scope, found.Flags));
    }

    /// <summary>An IPv6 address has the scope that the kernel gives it; a duplicate is there and cannot be used.</summary>
    private static string Describe(IPPrefix prefix, IPAddr peer, RouteScope scope, AddressFlags flags)
        => AddressText.Words(prefix, peer) + (prefix.Family == IPFamily.IPv4 && scope != RouteScope.Universe ? $" scope {scope}" : "")
            + ((flags & AddressFlags.DuplicateFound) != 0 ? " duplicate" : "");
}

/// <summary>Takes an address from a link.</summary>
/// <param name="Link">The link.</param>
/// <param name="Prefix">The address with its prefix length.</param>
public sealed record RemoveAddress(LinkRef Link, IPPrefix Prefix) : NetworkChange(Link.Namespace)
{
    /// <summary>The peer's address, for one of a point-to-point link: the kernel does not find it without; none otherwise.</summary>
    public IPAddr Peer { get; init; }

    /// <summary>How far it reached, where it is to be undone.</summary>
    public RouteScope Scope { get; init; }

    /// <summary>Whether it was added without duplicate address detection, where it is to be undone.</summary>
    public bool NoDuplicateDetection { get; init; }

    /// <inheritdoc/>
    public override Channel Channel => Channel.Rtnetlink;

    /// <inheritdoc/>
    public override string Title => $"remove address {Prefix} from interface {Link}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands
        => [CommandText.Ip(Namespace, $"address del {AddressText.Words(Prefix, Peer)} dev {CommandText.Quote(Link.Name)}")];

    /// <inheritdoc/>
    public override NetworkChange Inverse => new AddAddress(Link, Prefix) { Peer = Peer, Scope = Scope, NoDuplicateDetection = NoDuplicateDetection };

    /// <inheritdoc/>
    public override Facts Facts => Facts.Links | Facts.Addresses;

    /// <inheritdoc/>
    public override bool IsAlreadyDone(Errno errno) => errno is Errno.EADDRNOTAVAIL or Errno.ENODEV or Errno.ENOENT;

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var index = session.IndexOf(Link);
        AddressWire.Remove(session.Stack(Namespace).Batch, new InterfaceAddress(index, Prefix) { Peer = Peer });
    }

    /// <inheritdoc/>
    public override Finding Inspect(NetworkSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        var there = AddressText.Seen(seen, Link, Prefix.Address).Any(a => a.Prefix == Prefix && a.Peer == Peer);
        return Finding.Gone(this, there ? AddressText.Words(Prefix, Peer) : null);
    }
}

/// <summary>What both have in common.</summary>
internal static class AddressText
{
    /// <summary>As ip writes it: with a peer, the prefix length is the peer's.</summary>
    public static string Words(IPPrefix prefix, IPAddr peer) => peer.IsNone ? prefix.ToString() : $"{prefix.Address} peer {new IPPrefix(peer, prefix.Length)}";

    /// <summary>The entries of an address on a link, of any prefix length.</summary>
    public static IEnumerable<InterfaceAddress> Seen(NetworkSnapshot seen, LinkRef link, IPAddr address)
        => seen.Find(link) is { } found ? seen[link.Namespace]!.Addresses[found.Index].Where(a => a.Prefix.Address == address) : [];
}

using CalicoNet.Netlink;
using CalicoNet.Netlink.Nftables;

namespace CalicoNet.Core;

/// <summary>
/// Puts an address or a prefix into one of the sets of outgoing NAT. It may be there already, another endpoint's or by an administrator's
/// hand: such an address stays when this is undone, because it was not put there by this.
/// </summary>
/// <param name="Namespace">The host's namespace.</param>
/// <param name="Set">The set.</param>
/// <param name="Prefix">The address as /32 or /128, or the prefix.</param>
public sealed record AddNatElement(NetNamespaceRef Namespace, NatSet Set, IPPrefix Prefix) : NetworkChange(Namespace)
{
    /// <inheritdoc/>
    public override Channel Channel => Channel.Firewall;

    /// <inheritdoc/>
    public override string Title => NatElement.Title("add", Set, Prefix);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands => [NatElement.Command(Namespace, "add", Set, Prefix)];

    /// <inheritdoc/>
    public override NetworkChange Inverse => new RemoveNatElement(Namespace, Set, Prefix);

    /// <inheritdoc/>
    public override Facts Facts => Facts.Firewall;

    /// <summary>The address is there. Of prefixes the kernel says the same when they overlap, so they are not added exclusively.</summary>
    /// <inheritdoc/>
    public override bool IsAlreadyDone(Errno errno) => IsExclusive && errno == Errno.EEXIST;

    private bool IsExclusive => Set == NatSet.Addresses;

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Firewall(Namespace).AddElements(Firewall.Set(Set, Prefix.Family), [NftElement.From(Prefix)], IsExclusive);
    }

    /// <inheritdoc/>
    public override Finding Inspect(NetworkSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        var there = seen[Namespace]?.Nat.Contains((Set, Prefix)) == true;
        return Finding.Compare(this, Prefix.ToString(), there ? Prefix.ToString() : null);
    }
}

/// <summary>Takes an address or a prefix from one of the sets of outgoing NAT. Flows that are translated stay so until they end.</summary>
/// <param name="Namespace">The host's namespace.</param>
/// <param name="Set">The set.</param>
/// <param name="Prefix">The address as /32 or /128, or the prefix.</param>
public sealed record RemoveNatElement(NetNamespaceRef Namespace, NatSet Set, IPPrefix Prefix) : NetworkChange(Namespace)
{
    /// <inheritdoc/>
    public override Channel Channel => Channel.Firewall;

    /// <inheritdoc/>
    public override string Title => NatElement.Title("remove", Set, Prefix);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands => [NatElement.Command(Namespace, "delete", Set, Prefix)];

    /// <inheritdoc/>
    public override NetworkChange Inverse => new AddNatElement(Namespace, Set, Prefix);

    /// <inheritdoc/>
    public override Facts Facts => Facts.Firewall;

    /// <summary>The element, or the whole table, is not there.</summary>
    /// <inheritdoc/>
    public override bool IsAlreadyDone(Errno errno) => errno == Errno.ENOENT;

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Firewall(Namespace).RemoveElements(Firewall.Set(Set, Prefix.Family), [NftElement.From(Prefix)]);
    }

    /// <inheritdoc/>
    public override Finding Inspect(NetworkSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return Finding.Gone(this, seen[Namespace]?.Nat.Contains((Set, Prefix)) == true ? Prefix.ToString() : null);
    }
}

/// <summary>The words that both have in common.</summary>
internal static class NatElement
{
    public static string Title(string verb, NatSet set, IPPrefix prefix)
        => $"{verb} {prefix} {(verb == "add" ? "to" : "from")} the {(set is NatSet.Excluded or NatSet.Pools ? "destinations without" : "sources of")} outgoing NAT";

    public static string Command(NetNamespaceRef where, string verb, NatSet set, IPPrefix prefix)
        => Firewall.Nft(where, $"{verb} element {Firewall.Set(set, prefix.Family)} '{{ {(prefix.IsHost ? prefix.Address : prefix)} }}'");
}

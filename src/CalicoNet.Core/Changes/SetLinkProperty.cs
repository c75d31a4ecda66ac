using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Sets a link's MTU.</summary>
/// <param name="Link">The link.</param>
/// <param name="To">The new MTU in bytes.</param>
/// <param name="From">The old one.</param>
public sealed record SetLinkMtu(LinkRef Link, int To, int From) : NetworkChange(Link.Namespace)
{
    /// <inheritdoc/>
    public override Channel Channel => Channel.Rtnetlink;

    /// <inheritdoc/>
    public override string Title => $"set MTU {To} on interface {Link}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands => [CommandText.Ip(Namespace, $"link set dev {CommandText.Quote(Link.Name)} mtu {To}")];

    /// <inheritdoc/>
    public override NetworkChange Inverse => this with { To = From, From = To };

    /// <inheritdoc/>
    public override Facts Facts => Facts.Links;

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var index = session.IndexOf(Link);
        LinkWire.SetMtu(session.Stack(Namespace).Batch, index, To);
    }

    /// <inheritdoc/>
    public override Finding Inspect(NetworkSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return Finding.Compare(this, $"{To}", seen.Find(Link)?.Mtu.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}

/// <summary>Sets a link's MAC address.</summary>
/// <param name="Link">The link.</param>
/// <param name="To">The new address.</param>
/// <param name="From">The old one.</param>
public sealed record SetLinkAddress(LinkRef Link, LinkLayerAddress To, LinkLayerAddress From) : NetworkChange(Link.Namespace)
{
    /// <inheritdoc/>
    public override Channel Channel => Channel.Rtnetlink;

    /// <inheritdoc/>
    public override string Title => $"set MAC address {To} on interface {Link}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands => [CommandText.Ip(Namespace, $"link set dev {CommandText.Quote(Link.Name)} address {To}")];

    /// <inheritdoc/>
    public override NetworkChange Inverse => this with { To = From, From = To };

    /// <inheritdoc/>
    public override Facts Facts => Facts.Links;

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var index = session.IndexOf(Link);
        LinkWire.SetAddress(session.Stack(Namespace).Batch, index, To);
    }

    /// <inheritdoc/>
    public override Finding Inspect(NetworkSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return Finding.Compare(this, To.ToString(), seen.Find(Link)?.Address.ToString());
    }
}

/// <summary>Renames a link.</summary>
/// <param name="Link">The link, by its old name.</param>
/// <param name="NewName">The new name.</param>
public sealed record RenameLink(LinkRef Link, string NewName) : NetworkChange(Link.Namespace)
{
    /// <inheritdoc/>
    public override Channel Channel => Channel.Rtnetlink;

    /// <inheritdoc/>
    public override string Title => $"rename interface {Link} to '{NewName}'";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands => [CommandText.Ip(Namespace, $"link set dev {CommandText.Quote(Link.Name)} name {CommandText.Quote(NewName)}")];

    /// <inheritdoc/>
    public override NetworkChange Inverse => new RenameLink(Link with { Name = NewName }, Link.Name);

    /// <inheritdoc/>
    public override Facts Facts => Facts.Links;

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var index = session.IndexOf(Link);
        LinkWire.SetName(session.Stack(Namespace).Batch, index, NewName);
        session.Forget(Link);
        session.Learn(Link with { Name = NewName }, index);   // for what follows in the same flush
    }

    /// <inheritdoc/>
    public override Finding Inspect(NetworkSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return (seen.Find(Link), seen.Find(Link with { Name = NewName })) switch
        {
            (null, not null) => Finding.Present(this, NewName),
            (not null, not null) => new Finding(this, FindingState.Different, NewName, $"{Link.Name} and {NewName}"),
            _ => Finding.Missing(this, NewName),
        };
    }
}

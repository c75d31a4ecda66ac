using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Brings a link up, or takes it down.</summary>
/// <param name="Link">The link.</param>
/// <param name="Up">Up or down.</param>
public sealed record SetLinkState(LinkRef Link, bool Up) : NetworkChange(Link.Namespace)
{
    /// <summary>What it was, where it is to be undone.</summary>
    public bool? Was { get; init; }

    /// <inheritdoc/>
    public override Channel Channel => Channel.Rtnetlink;

    /// <inheritdoc/>
    public override string Title => $"{(Up ? "bring up" : "take down")} interface {Link}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands => [CommandText.Ip(Namespace, $"link set dev {CommandText.Quote(Link.Name)} {(Up ? "up" : "down")}")];

    /// <inheritdoc/>
    public override NetworkChange? Inverse => Was is { } was && was != Up ? this with { Up = was, Was = Up } : null;

    /// <inheritdoc/>
    public override Facts Facts => Facts.Links;

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var index = session.IndexOf(Link);
        LinkWire.SetState(session.Stack(Namespace).Batch, index, Up);
    }

    /// <inheritdoc/>
    public override Finding Inspect(NetworkSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return Finding.Compare(this, Text(Up), seen.Find(Link) is { } link ? Text(link.IsUp) : null);
    }

    private static string Text(bool up) => up ? "Up" : "Down";
}

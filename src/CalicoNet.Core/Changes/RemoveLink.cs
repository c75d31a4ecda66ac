using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>
/// Removes a link, and a veth's other end with it. It is looked up by name, checked against what is known of it, and removed by index, so that
/// a link of another owner that got the name meanwhile stays.
/// </summary>
/// <param name="Link">The link.</param>
public sealed record RemoveLink(LinkRef Link) : NetworkChange(Link.Namespace)
{
    /// <summary>The group it must have (any of ours serves for ours); 0: any.</summary>
    public uint Group { get; init; }

    /// <summary>The index it must have; 0: any.</summary>
    public int Index { get; init; }

    /// <inheritdoc/>
    public override Channel Channel => Channel.Link;

    /// <inheritdoc/>
    public override string Title => $"remove interface {Link}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands => [CommandText.Ip(Namespace, $"link del dev {CommandText.Quote(Link.Name)}")];

    /// <inheritdoc/>
    public override NetworkChange? Inverse => null;

    /// <inheritdoc/>
    public override Facts Facts => Facts.Links;

    /// <inheritdoc/>
    public override bool IsAlreadyDone(Errno errno) => errno is Errno.ENODEV or Errno.ENOENT;

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (Resolve(session) is { } index)
        {
            LinkReaper.Remove(session.Stack(Namespace), index);
        }
    }

    /// <inheritdoc/>
    public override Finding Inspect(NetworkSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return seen.Find(Link) is not { } found || !IsIndexOf(found) ? Finding.Present(this, "")
            : IsGroupOf(found) ? Finding.Gone(this, found.Name)
            : new Finding(this, FindingState.Different, "", $"{found.Name} of group {found.Group}");
    }

    private bool IsIndexOf(Link found) => Index == 0 || found.Index == Index;

    private bool IsGroupOf(Link found) => Group == 0 || Ownership.IsSame(Group, found.Group);

    /// <summary>The index of the link that is meant, or null where it is gone.</summary>
    /// <exception cref="NetlinkException">EPERM: the link of that name is another one.</exception>
    internal int? Resolve(NetworkSession session)
    {
        var found = session.Stack(Namespace).Links.Find(Link.Name);
        session.Forget(Link);
        if (found is null || !IsIndexOf(found))
        {
            return null;
        }

        return IsGroupOf(found) ? found.Index : throw new NetlinkException(Title, new NetlinkError(0, Errno.EPERM, "the interface of that name belongs to somebody else"));
    }
}

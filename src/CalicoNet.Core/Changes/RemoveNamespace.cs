using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Removes a named namespace.</summary>
/// <param name="Namespace">Its name.</param>
/// <param name="Label">What its loopback interface's alias must say; one that says something else is not ours and stays. Null: any.</param>
public sealed record RemoveNamespace(NetNamespaceRef Namespace, string? Label = null) : NetworkChange(Namespace)
{
    /// <inheritdoc/>
    public override Channel Channel => Channel.Namespace;

    /// <inheritdoc/>
    public override string Title => $"remove network namespace '{Namespace}'";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands => [$"ip netns del {CommandText.Quote(Namespace.ToString())}"];

    /// <inheritdoc/>
    public override NetworkChange Inverse => new CreateNamespace(Namespace, Label);

    /// <inheritdoc/>
    public override Facts Facts => Facts.Links;

    /// <inheritdoc/>
    public override bool IsAlreadyDone(Errno errno) => errno == Errno.ENOENT;

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var name = Namespace.ToString();
        if (Label is not null && NetNamespaces.Exists(name) && session.Stack(Namespace).Links.Find(NetworkStack.LoopbackIndex)?.Alias != Label)
        {
            throw new NetlinkException(Title, new NetlinkError(0, Errno.ENOENT, "the namespace of that name is not ours"));
        }

        session.Close(Namespace);   // an open socket would keep it alive
        if (!NetNamespaces.Remove(name))
        {
            throw new NetlinkException(Title, new NetlinkError(0, Errno.ENOENT));
        }
    }

    /// <inheritdoc/>
    public override Finding Inspect(NetworkSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        var label = seen[Namespace]?.Links.GetValueOrDefault("lo")?.Alias;
        return seen[Namespace] is null ? Finding.Present(this, "")
            : Label is null || Label == label ? Finding.Gone(this, Namespace.ToString())
            : new Finding(this, FindingState.Different, "", label is null ? Namespace.ToString() : $"{Namespace} labelled {label}");
    }
}

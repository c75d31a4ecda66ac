using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Creates a named namespace.</summary>
/// <param name="Namespace">Its name.</param>
/// <param name="Label">The alias of its loopback interface, written before it gets its name; null for none.</param>
public sealed record CreateNamespace(NetNamespaceRef Namespace, string? Label = null) : NetworkChange(Namespace)
{
    /// <inheritdoc/>
    public override Channel Channel => Channel.Namespace;

    /// <inheritdoc/>
    public override string Title => $"create network namespace '{Namespace}'";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands => Label is null
        ? [$"ip netns add {CommandText.Quote(Namespace.ToString())}"]
        : [$"ip netns add {CommandText.Quote(Namespace.ToString())}", CommandText.Ip(Namespace, $"link set dev lo alias {CommandText.Quote(Label)}")];

    /// <inheritdoc/>
    public override NetworkChange Inverse => new RemoveNamespace(Namespace, Label);

    /// <inheritdoc/>
    public override Facts Facts => Facts.Links;

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Adopt(NetNamespaces.Create(Namespace.ToString(), Label));
    }

    /// <inheritdoc/>
    public override Finding Inspect(NetworkSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return seen[Namespace] is { } facts
            ? Finding.Compare(this, Label ?? "", Label is null ? "" : facts.Links.GetValueOrDefault("lo")?.Alias ?? "")
            : Finding.Missing(this, Namespace.ToString());
    }
}

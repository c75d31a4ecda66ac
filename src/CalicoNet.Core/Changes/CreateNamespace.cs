using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Creates a named namespace.</summary>
/// <param name="Namespace">Its name.</param>
/// <param name="Label">The alias of its loopback interface, written before it gets its name; null for none.</param>
public sealed record CreateNamespace(NetNamespaceRef Namespace, string? Label = null) : NetworkChange(Namespace)
{
    /// <summary>Whether its loopback interface is brought up.</summary>
    public bool LoopbackUp { get; init; }

    /// <inheritdoc/>
    public override Channel Channel => Channel.Namespace;

    /// <inheritdoc/>
    public override string Title => $"create network namespace '{Namespace}'";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands =>
    [
        $"ip netns add {CommandText.Quote(Namespace.ToString())}",
        .. Label is null ? [] : (string[])[CommandText.Ip(Namespace, $"link set dev lo alias {CommandText.Quote(Label)}")],
        .. LoopbackUp ? (string[])[CommandText.Ip(Namespace, "link set dev lo up")] : [],
    ];

    /// <inheritdoc/>
    public override NetworkChange Inverse => new RemoveNamespace(Namespace, Label);

    /// <inheritdoc/>
    public override Facts Facts => Facts.Links;

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var name = Namespace.ToString();
        session.Adopt(LoopbackUp && session.Supply is { } supply ? NetNamespaces.Create(name, Label, supply) : NetNamespaces.Create(name, Label, LoopbackUp));
    }

    /// <inheritdoc/>
    public override Finding Inspect(NetworkSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        if (seen[Namespace] is not { } facts)
        {
            return Finding.Missing(this, Describe(Label, LoopbackUp));
        }

        var loopback = facts.Links.GetValueOrDefault("lo");
        return Finding.Compare(
            this, Describe(Label, LoopbackUp), Describe(Label is null ? null : loopback?.Alias, LoopbackUp && loopback?.IsUp == true));
    }

    private string Describe(string? label, bool up) => $"{Namespace}{(label is null ? "" : $" labelled {label}")}{(up ? ", lo up" : "")}";
}

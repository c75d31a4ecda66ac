using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Makes our nf_tables table with its chains, rules and empty sets. Shared by all endpoints of a host, so it is never undone.</summary>
/// <param name="Namespace">The host's namespace.</param>
public sealed record SetUpFirewall(NetNamespaceRef Namespace) : NetworkChange(Namespace)
{
    /// <inheritdoc/>
    public override Channel Channel => Channel.Firewall;

    /// <inheritdoc/>
    public override string Title => $"set up the nf_tables table '{Firewall.Table}'";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands => [.. Firewall.Commands(Namespace)];

    /// <inheritdoc/>
    public override NetworkChange? Inverse => null;

    /// <inheritdoc/>
    public override Facts Facts => Facts.Firewall;

    /// <inheritdoc/>
    public override bool IsAlreadyDone(Errno errno) => errno == Errno.EEXIST;

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        Firewall.Write(session.Firewall(Namespace));
    }

    /// <summary>By its version, which stands for all that is in it.</summary>
    /// <inheritdoc/>
    public override Finding Inspect(NetworkSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return Finding.Compare(this, $"version {Firewall.Version}", seen[Namespace]?.FirewallVersion is { } version ? $"version {version}" : null);
    }
}

using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Sets an IPv4 switch of a link through rtnetlink: no /proc, no visit to another namespace.</summary>
/// <param name="Link">The link.</param>
/// <param name="Setting">The switch.</param>
/// <param name="To">The new value.</param>
/// <param name="From">The old value.</param>
public sealed record SetLinkSetting(LinkRef Link, IPv4Setting Setting, int To, int From) : NetworkChange(Link.Namespace)
{
    /// <inheritdoc/>
    public override Channel Channel => Channel.Rtnetlink;

    /// <inheritdoc/>
    public override string Title => $"set {SysctlName(Setting)} {To} on interface {Link}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands => [SetSysctl.Command(Namespace, Sysctls.InterfacePath(IPFamily.IPv4, Link.Name, SysctlName(Setting)), $"{To}")];

    /// <inheritdoc/>
    public override NetworkChange? Inverse => To == From ? null : this with { To = From, From = To };

    /// <inheritdoc/>
    public override Facts Facts => Facts.Links;

    /// <summary>The name under <c>net.ipv4.conf.NAME</c>.</summary>
    public static string SysctlName(IPv4Setting setting) => setting switch
    {
        IPv4Setting.Forwarding => "forwarding",
        IPv4Setting.ProxyArp => "proxy_arp",
        IPv4Setting.ReversePathFilter => "rp_filter",
        IPv4Setting.RouteLocalnet => "route_localnet",
        _ => throw new ArgumentOutOfRangeException(nameof(setting), setting, "The setting has no name here."),
    };

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var index = session.IndexOf(Link);
        LinkWire.Configure(session.Stack(Namespace).Batch, index, new LinkSettings { IPv4 = [(Setting, To)] });
    }

    /// <inheritdoc/>
    public override Finding Inspect(NetworkSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return Finding.Compare(this, $"{To}", seen.Find(Link)?.Setting(Setting)?.ToString());
    }
}

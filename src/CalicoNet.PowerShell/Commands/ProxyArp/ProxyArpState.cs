using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>The state of proxy ARP and NDP of an interface: read, wanted, and the plan from one to the other.</summary>
internal sealed record ProxyArpState(bool Arp, bool Ndp, TimeSpan Delay)
{
    /// <summary>The kernel's defaults: what a planned interface starts from (proxy_delay: 0.8 s).</summary>
    public static readonly ProxyArpState Default = new(false, false, TimeSpan.FromMilliseconds(800));

    public static ProxyArpState Read(NetworkSession session, LinkRef link, Link? now)
    {
        if (now is null)
        {
            return Default;
        }

        var delay = session.Stack(link.Namespace).Sysctls.Find(SetProxyDelay.Path(IPFamily.IPv4, link.Name));
        return new ProxyArpState(now.Setting(IPv4Setting.ProxyArp) > 0, now.Setting(IPv6Setting.ProxyNdp) > 0, delay is null ? Default.Delay : SetProxyDelay.FromText(delay));
    }

    public NetworkPlan PlanTo(ProxyArpState wanted, LinkRef link)
    {
        var plan = new NetworkPlan();
        if (wanted.Delay != Delay)
        {
            plan.Add(new SetProxyDelay(link, IPFamily.IPv4, wanted.Delay, Delay));
        }

        if (wanted.Arp != Arp)
        {
            plan.Add(new SetLinkSetting(link, IPv4Setting.ProxyArp, wanted.Arp ? 1 : 0, Arp ? 1 : 0));
        }

        if (wanted.Ndp != Ndp)
        {
            plan.Add(new SetSysctl(link.Namespace, Sysctls.InterfacePath(IPFamily.IPv6, link.Name, "proxy_ndp"), wanted.Ndp ? "1" : "0", Ndp ? "1" : "0"));
        }

        return plan;
    }

    public ProxyArp ToObject(LinkRef link, Link? now, VethPair? pair) => new()
    {
        NetNamespace = link.Namespace.ToString(),
        InterfaceAlias = link.Name,
        InterfaceIndex = now?.Index ?? 0,
        Status = Texts.Of(Arp),
        Ndp = Texts.Of(Ndp),
        DelayMilliseconds = (long)Delay.TotalMilliseconds,
        VethPair = pair,
    };
}

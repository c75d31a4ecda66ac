using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>
/// Lets an interface answer ARP requests for addresses that the host reaches through other interfaces (<c>proxy_arp</c>). For the link-local
/// gateway to be answered for, the host needs a default route. Needs CAP_NET_ADMIN.
/// </summary>
[Cmdlet(VerbsLifecycle.Enable, "ProxyArp", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low, DefaultParameterSetName = PairSet)]
[OutputType(typeof(ProxyArp))]
[Needs(NeedsAttribute.NetAdmin)]
public sealed class EnableProxyArpCommand : LinkTargetCommand
{
    /// <summary>
    /// The longest time to wait before answering, in milliseconds (<c>proxy_delay</c>); the kernel picks a random one up to it. 0, the default
    /// here and Calico's, answers at once; the kernel's own is 800.
    /// </summary>
    [Parameter, ValidateRange(0, 60_000)]
    public int Delay { get; set; }

    /// <summary>Answers NDP, IPv6's ARP, too (<c>proxy_ndp</c>).</summary>
    [Parameter]
    public SwitchParameter Ndp { get; set; }

    private protected override object? Act(NetworkSession session, LinkRef link, Link? now, VethPair? pair)
    {
        var state = ProxyArpState.Read(session, link, now);
        var wanted = new ProxyArpState(true, Ndp || state.Ndp, TimeSpan.FromMilliseconds(Delay));
        var plan = state.PlanTo(wanted, link);
        var isDone = plan.Changes.Count == 0 || Apply(plan, session, link.ToString(), "Enable proxy ARP");
        return isDone || IsPreview ? wanted.ToObject(link, now, pair) with { Planned = !isDone } : null;
    }
}

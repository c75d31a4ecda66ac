using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Stops an interface from answering for other hosts, ARP and NDP. Needs CAP_NET_ADMIN.</summary>
[Cmdlet(VerbsLifecycle.Disable, "ProxyArp", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = PairSet)]
[OutputType(typeof(ProxyArp))]
[Needs(NeedsAttribute.NetAdmin)]
public sealed class DisableProxyArpCommand : LinkTargetCommand
{
    /// <summary>Writes the state as it became.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override object? Act(NetworkSession session, LinkRef link, Link? now, VethPair? pair)
    {
        var state = ProxyArpState.Read(session, link, now);
        var wanted = state with { Arp = false, Ndp = false };
        var plan = state.PlanTo(wanted, link);
        var isDone = plan.Changes.Count == 0 || Apply(plan, session, link.ToString(), "Disable proxy ARP");
        return PassThru && (isDone || IsPreview) ? wanted.ToObject(link, now, pair) with { Planned = !isDone } : null;
    }
}

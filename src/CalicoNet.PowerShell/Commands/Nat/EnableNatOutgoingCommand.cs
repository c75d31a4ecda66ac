using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>
/// Gives packets of workloads the host's address when they leave for the outside (masquerading), as
/// <c>iptables -t nat -A POSTROUTING -s ADDRESS -j MASQUERADE</c> does it: elements of an nf_tables set, with one rule however many there are.
/// Needs CAP_NET_ADMIN.
/// </summary>
[Cmdlet(VerbsLifecycle.Enable, "NatOutgoing", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low, DefaultParameterSetName = ObjectSet)]
[OutputType(typeof(NatOutgoing))]
[Needs(NeedsAttribute.NetAdmin)]
public sealed class EnableNatOutgoingCommand : NatTargetCommand
{
    /// <summary>Destinations to which packets of all sources of this host keep their address.</summary>
    [Parameter, IPAddressTransformation(AllowPrefix = true)]
    public string[] ExcludePrefix { get; set; } = [];

    private protected override IEnumerable<NatOutgoing> Act(NetworkSession session, NetNamespaceRef host, IReadOnlyList<IPPrefix> sources, VethPair? pair)
    {
        var stack = session.Stack(host);
        var excluded = ExcludePrefix.Select(text => IPPrefix.Parse(text).Network).ToList();
        var elements = new NetworkPlan();
        foreach (var source in sources)
        {
            elements.Add(new AddNatElement(host, NatReader.SetOf(source), source));
        }

        foreach (var prefix in excluded)
        {
            elements.Add(new AddNatElement(host, NatSet.Excluded, prefix));
        }

        var plan = HostSetup.MissingFirewall(stack);
        foreach (var change in elements.Missing(elements.Inspect(session.Snapshot(elements.Changes))).Changes)
        {
            plan.Add(change);
        }

        var isDone = plan.Changes.Count == 0 || Apply(plan, session, string.Join(", ", sources), "Enable outgoing NAT");
        if (!isDone && !IsPreview)
        {
            return [];
        }

        var all = Firewall.Read(stack, NatSet.Excluded).Union(excluded).ToList();
        return sources.Select(source => NatReader.ToObject(host, source, enabled: true, all, pair) with { Planned = !isDone });
    }
}

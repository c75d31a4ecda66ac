using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Stops outgoing NAT for sources; flows that are translated stay so until they end. Exclusions go with -ExcludePrefix. Needs CAP_NET_ADMIN.</summary>
[Cmdlet(VerbsLifecycle.Disable, "NatOutgoing", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = ObjectSet)]
[OutputType(typeof(NatOutgoing))]
[Needs(NeedsAttribute.NetAdmin)]
public sealed class DisableNatOutgoingCommand : NatTargetCommand
{
    /// <summary>Destinations that are no exception any more.</summary>
    [Parameter, IPAddressTransformation(AllowPrefix = true)]
    public string[] ExcludePrefix { get; set; } = [];

    /// <summary>Writes the state as it became.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override IEnumerable<NatOutgoing> Act(NetworkSession session, NetNamespaceRef host, IReadOnlyList<IPPrefix> sources, VethPair? pair)
    {
        var stack = session.Stack(host);
        var there = Enum.GetValues<NatSet>().SelectMany(set => Firewall.Read(stack, set).Select(prefix => (set, prefix))).ToHashSet();
        var plan = new NetworkPlan();
        foreach (var (set, prefix) in sources.Select(source => (NatReader.SetOf(source), source)).Concat(ExcludePrefix.Select(text => (NatSet.Excluded, IPPrefix.Parse(text).Network))))
        {
            if (there.Contains((set, prefix)))
            {
                plan.Add(new RemoveNatElement(host, set, prefix));
            }
        }

        var isDone = plan.Changes.Count == 0 || Apply(plan, session, string.Join(", ", sources), "Disable outgoing NAT");
        return PassThru && (isDone || IsPreview)
            ? sources.Select(source => NatReader.ToObject(host, source, enabled: false, Firewall.Read(stack, NatSet.Excluded), pair) with { Planned = !isDone }).ToList()
            : [];
    }
}

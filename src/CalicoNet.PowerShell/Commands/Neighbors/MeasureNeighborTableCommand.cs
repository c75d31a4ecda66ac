using System.Management.Automation;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Counts the neighbor table of a namespace: its growth is one object after the other.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "NeighborTable", DefaultParameterSetName = NamespaceSet)]
[OutputType(typeof(NeighborCount))]
public sealed class MeasureNeighborTableCommand : NeighborFilterCommand
{
    private protected override void Process()
    {
        if (ParameterSetName == PairSet)
        {
            FromPair<NeighborCount>(VethPair, pair => [Count(pair.Session.Stack(pair.RequireReal().Namespace), pair.WorkloadLink.Index)]);
            return;
        }

        NeighborCount count;
        using (var stack = NetworkStack.Open(Where))
        {
            count = Count(stack, 0);
        }

        WriteObject(count);
    }

    private NeighborCount Count(NetworkStack stack, int interfaceIndex)
    {
        var found = Select(stack, interfaceIndex).ToList();
        var limits = stack.Neighbors.Limits().FirstOrDefault(limit => limit.Family == (AddressFamily == nameof(IPFamily.IPv6) ? IPFamily.IPv6 : IPFamily.IPv4));
        int In(NeighborState state) => found.Count(neighbor => neighbor.State == state);
        return new NeighborCount
        {
            NetNamespace = stack.Namespace.ToString(),
            Time = DateTime.Now,
            Count = found.Count,
            Incomplete = In(NeighborState.Incomplete),
            Reachable = In(NeighborState.Reachable),
            Stale = In(NeighborState.Stale),
            Delay = In(NeighborState.Delay),
            Probe = In(NeighborState.Probe),
            Failed = In(NeighborState.Failed),
            Permanent = In(NeighborState.Permanent),
            GcThreshold1 = limits?.Threshold1 ?? 0,
            GcThreshold2 = limits?.Threshold2 ?? 0,
            GcThreshold3 = limits?.Threshold3 ?? 0,
        };
    }
}

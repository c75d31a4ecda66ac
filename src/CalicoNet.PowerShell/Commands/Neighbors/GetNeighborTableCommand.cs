using System.Management.Automation;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Lists the neighbor table (ARP and NDP) of a namespace, as <c>ip neigh</c> does it.</summary>
[Cmdlet(VerbsCommon.Get, "NeighborTable", DefaultParameterSetName = NamespaceSet)]
[OutputType(typeof(Neighbor))]
public sealed class GetNeighborTableCommand : NeighborFilterCommand
{
    private protected override void Process()
    {
        if (ParameterSetName == PairSet)
        {
            FromPair(VethPair, pair => Read(pair.Session.Stack(pair.RequireReal().Namespace), pair.WorkloadLink.Index));
            return;
        }

        List<Neighbor> found;
        using (var stack = NetworkStack.Open(Where))
        {
            found = Read(stack, 0);
        }

        foreach (var neighbor in found)
        {
            WriteObject(neighbor);
        }
    }

    private List<Neighbor> Read(NetworkStack stack, int interfaceIndex)
    {
        var objects = new NeighborObjects(stack);
        return [.. Select(stack, interfaceIndex).Select(objects.ToObject)];
    }
}

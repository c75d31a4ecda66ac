using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>
/// Removes entries of a neighbor table: those given, or those that the filters choose. Permanent ones go only when they are given, or asked for
/// with -State Permanent. Needs CAP_NET_ADMIN.
/// </summary>
[Cmdlet(VerbsCommon.Clear, "NeighborTable", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = NamespaceSet)]
[Needs(NeedsAttribute.NetAdmin)]
public sealed class ClearNeighborTableCommand : NeighborFilterCommand
{
    /// <summary>Entries.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ObjectSet)]
    public Neighbor InputObject { get; set; } = null!;

    /// <summary>Only those of these interfaces.</summary>
    [Parameter(ParameterSetName = NamespaceSet), Alias("ifAlias"), ValidateNotNullOrEmpty, ArgumentCompleter(typeof(InterfaceCompleter))]
    public override string[]? InterfaceAlias { get; set; }

    private protected override string[]? Patterns => InterfaceAlias?.Select(WildcardPattern.Escape).ToArray();

    private protected override void Process()
    {
        switch (ParameterSetName)
        {
            case PairSet:
                OnPair(VethPair, pair => Clear(pair.Session, pair.RequireReal().Namespace, pair.WorkloadLink.Index));
                break;
            case ObjectSet:
                using (var session = new NetworkSession())
                {
                    var link = LinkIdentity.Find(session, InputObject, InputObject.InterfaceAlias, InputObject.InterfaceIndex, $"neighbor {InputObject}", IsPreview);
                    Remove(session, link.Namespace, [new RemoveNeighbor(link, IPAddr.Parse(InputObject.IPAddress))]);
                }

                break;
            default:
                using (var session = new NetworkSession())
                {
                    Clear(session, Where, 0);
                }

                break;
        }
    }

    private void Clear(NetworkSession session, NetNamespaceRef where, int interfaceIndex)
    {
        var stack = session.Stack(where);
        var links = stack.Links.List().ToDictionary(link => link.Index, link => link.Name);
        var keepsPermanent = State is null;
        Remove(session, where, [.. Select(stack, interfaceIndex)
            .Where(neighbor => !keepsPermanent || neighbor.State != NeighborState.Permanent)
            .Where(neighbor => links.ContainsKey(neighbor.InterfaceIndex))
            .Select(neighbor => new RemoveNeighbor(new LinkRef(where, links[neighbor.InterfaceIndex]), neighbor.Address))]);
    }

    private void Remove(NetworkSession session, NetNamespaceRef where, IReadOnlyList<RemoveNeighbor> removals)
    {
        var plan = new NetworkPlan();
        foreach (var removal in removals)
        {
            plan.Add(removal);
        }

        if (removals.Count > 0 && MayChange(plan.Commands, $"{removals.Count} entries in {where}", "Clear neighbor table"))
        {
            plan.Apply(session, OnFailure.Continue).ThrowIfFailed();
        }
    }
}

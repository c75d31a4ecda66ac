using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>
/// Puts endpoints right by what is found of them: many are looked at together, each is mended by the part of its plan that is missing. A
/// namespace is made again only where it was made for the endpoint. For the holder of the endpoints' locks.
/// </summary>
internal sealed class EndpointMender(EndpointManager kernel)
{
    // What is put right may take something else along: an interface that gets its MAC address back forgets its neighbors.
    private const int Rounds = 3;

    /// <summary>Mends endpoints.</summary>
    public IEnumerable<EndpointRepair> Mend(IReadOnlyList<Endpoint> endpoints, bool force, IReadOnlyDictionary<EndpointName, IReadOnlySet<string>>? only)
    {
        var before = Diagnose(endpoints);
        var failures = new Dictionary<EndpointName, Exception>();
        var seen = before;
        for (var round = 0; round < Rounds; round++)
        {
            var isChanged = false;
            foreach (var diagnosis in seen.Where(diagnosis => !failures.ContainsKey(diagnosis.Endpoint.Name)))
            {
                try
                {
                    var plan = Treatment(diagnosis, force, only?.GetValueOrDefault(diagnosis.Endpoint.Name));
                    if (plan.Changes.Count > 0)
                    {
                        Apply(plan, diagnosis.Endpoint);
                        isChanged = true;
                    }
                }
                catch (Exception e) when (e is CalicoException or NetlinkException)
                {
                    failures.Add(diagnosis.Endpoint.Name, e);
                }
            }

            if (!isChanged)
            {
                break;
            }

            seen = Diagnose(endpoints);   // what is said to be right was seen
        }

        return before.Zip(seen, (first, last) => Compare(first, last, failures.GetValueOrDefault(first.Endpoint.Name)));
    }

    /// <summary>The changes that mending an endpoint would make.</summary>
    public NetworkPlan Preview(Endpoint endpoint, bool force, IReadOnlySet<string>? only) => Treatment(Diagnose([endpoint])[0], force, only);

    private List<Diagnosis> Diagnose(IReadOnlyList<Endpoint> endpoints)
    {
        using var session = new NetworkSession(kernel.Stack);
        var plans = endpoints.Select(EndpointPlan.Inspected).ToList();
        var seen = session.Snapshot(plans.SelectMany(plan => plan.Changes));
        return [.. endpoints.Zip(plans, (endpoint, plan) => new Diagnosis(endpoint, plan, plan.Inspect(seen), seen))];
    }

    private void Apply(NetworkPlan plan, Endpoint endpoint)
    {
        kernel.SetUp(endpoint);
        NetNamespaces.Visiting(() =>
        {
            using var session = new NetworkSession(kernel.Stack);
            plan.Apply(session, OnFailure.Undo).ThrowIfFailed();
            EndpointManager.Settle(session, endpoint);
            return 0;
        });
    }

    /// <summary>The changes that put an endpoint right.</summary>
    /// <exception cref="CalicoException">It cannot be: its namespace is not there and not ours to make, or somebody else has its link or its address.</exception>
    private static NetworkPlan Treatment(Diagnosis diagnosis, bool force, IReadOnlySet<string>? only)
    {
        var (endpoint, plan, findings, seen) = diagnosis;
        var place = endpoint.Workload.Namespace;
        if (seen[place] is null && !endpoint.OwnsNamespace)
        {
            throw new CalicoException(CalicoFault.NotFound, $"Network namespace '{place}' of endpoint '{endpoint.Name}' is not there, and was not made for it: whoever made it has to make it again.", endpoint.Name.ToString());
        }

        var link = seen.Find(endpoint.Host);
        if (link is not null && (!Ownership.IsOurs(link.Group) || (link.Alias is not null && Ownership.Read(link.Alias)?.Name != endpoint.Name)))
        {
            throw new CalicoException(CalicoFault.NotOurs, $"Interface {endpoint.Host} has the name of endpoint '{endpoint.Name}' and belongs to somebody else.", endpoint.Name.ToString());
        }

        // Half made, its creation killed; still there while the kernel takes its namespace apart, at its leisure; or, where that may be done,
        // without its other end: the pair is made anew, and what it carries.
        var pair = findings.First(finding => finding.Change is AddVeth);
        var isAnew = pair.State == FindingState.Missing || (link is not null && (link.Alias is null || seen[place] is null || (force && !IsPair(diagnosis))));
        var treatment = new NetworkPlan();
        if (isAnew && link is not null)
        {
            treatment.Add(new RemoveLink(endpoint.Host) { Group = Ownership.Group, Index = link.Index });
        }

        NetworkChange? carrier = null;
        foreach (var (change, finding) in plan.Changes.Zip(findings))
        {
            if (isAnew && change.Channel is Channel.Link or Channel.Rtnetlink)
            {
                RefuseIfTaken(diagnosis, finding);
                treatment.Add(change, carrier);
                carrier ??= change;
            }
            else if (only?.Contains(change.Title) == false && !isAnew)
            {
                continue;
            }
            else if (finding.State == FindingState.Missing)
            {
                treatment.Add(change);
            }
            else if (finding.State == FindingState.Different && force)
            {
                foreach (var step in Replacement(diagnosis, finding))
                {
                    treatment.Add(step);
                }
            }
        }

        return treatment;
    }

    /// <summary>The changes that put in a change's place what should be there instead of what is.</summary>
    private static IEnumerable<NetworkChange> Replacement(Diagnosis diagnosis, Finding finding)
    {
        var seen = diagnosis.Seen;
        switch (finding.Change)
        {
            case AddRoute route:
                RefuseIfTaken(diagnosis, finding);
                return [.. route.Route.Seen(seen).Select(found => new RemoveRoute(RouteSpec.Of(LinkOf(seen, route.Namespace, found.InterfaceIndex), found))), route];
            case AddAddress address:
                return [.. AddressText.Seen(seen, address.Link, address.Prefix.Address).Select(found => new RemoveAddress(address.Link, found.Prefix) { Peer = found.Peer, Scope = found.Scope }), address];
            case AddNeighbor neighbor:
                return [neighbor with { Replace = true }];
            case AddVeth veth:
                var (host, workload) = (seen.Find(veth.Host)!, seen.Find(veth.Workload)!);
                NetworkChange[] ends =
                [
                    new SetLinkMtu(veth.Host, veth.Mtu == 0 ? host.Mtu : veth.Mtu, host.Mtu),
                    new SetLinkAddress(veth.Host, veth.HostMac, host.Address),
                    new SetLinkMtu(veth.Workload, veth.Mtu == 0 ? workload.Mtu : veth.Mtu, workload.Mtu),
                    new SetLinkAddress(veth.Workload, veth.WorkloadMac, workload.Address),
                ];
                return ends.Where(change => change.Inspect(seen).State != FindingState.Present);
            case CreateNamespace { LoopbackUp: true } made:
                // Its label is not put back: a namespace without it is somebody else's by now.
                return [new SetLinkState(new LinkRef(made.Namespace, "lo"), Up: true)];
            default:
                return [finding.Change];
        }
    }

    /// <summary>An address of an endpoint to which another interface of the host has a route is in use by that: it is not taken from it.</summary>
    private static void RefuseIfTaken(Diagnosis diagnosis, Finding finding)
    {
        if (finding is { State: FindingState.Different, Change: AddRoute route } && route.Route.Link == diagnosis.Endpoint.Host
            && route.Route.Seen(diagnosis.Seen).Find(found => found.InterfaceIndex != diagnosis.Seen.Find(diagnosis.Endpoint.Host)?.Index) is { } other)
        {
            var link = LinkOf(diagnosis.Seen, route.Namespace, other.InterfaceIndex);
            throw new CalicoException(CalicoFault.AddressInUse,
                $"Address {route.Route.Destination.Address} of endpoint '{diagnosis.Endpoint.Name}' is in use: its route leads to interface '{link.Name}'.", diagnosis.Endpoint.Name.ToString());
        }
    }

    private static bool IsPair(Diagnosis diagnosis)
        => diagnosis.Seen.Find(diagnosis.Endpoint.Host) is { } host && diagnosis.Seen.Find(diagnosis.Endpoint.Workload) is { } workload
            && host.PeerIndex == workload.Index && workload.PeerIndex == host.Index;

    private static LinkRef LinkOf(NetworkSnapshot seen, NetNamespaceRef place, int index)
        => new(place, seen[place]!.Links.Values.FirstOrDefault(link => link.Index == index)?.Name ?? "");

    private static EndpointRepair Compare(Diagnosis before, Diagnosis after, Exception? error)
    {
        var changed = before.Findings.Zip(after.Findings).Where(pair => pair.First.State != FindingState.Present && pair.Second.State == FindingState.Present).Select(pair => pair.Second).ToList();
        if (error is not null)
        {
            changed.RemoveAll(finding => finding.Change is SetUpFirewall);   // another's mending brought it
        }

        return new EndpointRepair(after.Endpoint.Name, after.Endpoint, changed, [.. after.Findings.Where(finding => finding.State == FindingState.Different)], error);
    }

    private sealed record Diagnosis(Endpoint Endpoint, NetworkPlan Plan, IReadOnlyList<Finding> Findings, NetworkSnapshot Seen);
}

using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>What is wanted of a workload's way out: a plan made from what is there. The old default routes go in full, the new ones come.</summary>
/// <param name="Host">The host's end.</param>
/// <param name="Workload">The workload's end.</param>
public sealed record GatewayPlan(LinkRef Host, LinkRef Workload)
{
    /// <summary>The IPv4 gateway; none where the workload has no IPv4 address.</summary>
    public IPAddr Gateway { get; init; }

    /// <summary>Whether IPv6 goes out through the host end's link-local address.</summary>
    public bool IPv6 { get; init; }

    /// <summary>Whether the gateways' MAC address is set for good.</summary>
    public bool StaticNeighbor { get; init; }

    /// <summary>The plan for a pair of which nothing is there yet: its host end will have the link-local address that the kernel makes of its MAC address.</summary>
    public NetworkPlan FromNothing(LinkLayerAddress hostMac) => Add(new NetworkPlan(), Endpoint.LinkLocalOf(hostMac), hostMac, addHostAddress: false);

    /// <summary>The plan from what is there; empty where it is as wanted.</summary>
    public NetworkPlan From(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var (hostStack, stack) = (session.Stack(Host.Namespace), session.Stack(Workload.Namespace));
        var (hostIndex, index) = (session.IndexOf(Host), session.IndexOf(Workload));
        var hostMac = hostStack.Links.Find(hostIndex)!.Address;
        var hostLinkLocal = IPv6 ? hostStack.Addresses.List(hostIndex, IPFamily.IPv6).Select(a => a.Prefix.Address).FirstOrDefault(a => a.IsLinkLocal) : default;
        var gateway6 = hostLinkLocal.IsNone ? Endpoint.HostLinkLocal : hostLinkLocal;

        var wanted = Add(new NetworkPlan(), gateway6, hostMac, addHostAddress: IPv6 && hostLinkLocal.IsNone);
        var findings = wanted.Inspect(session.Snapshot(wanted.Changes));
        var missing = wanted.Missing(findings).Changes.Concat(findings.Where(f => f.State == FindingState.Different).Select(f => f.Change)).ToHashSet(ReferenceEqualityComparer.Instance);
        if (missing.Count == 0)
        {
            return new NetworkPlan();
        }

        var plan = new NetworkPlan();
        var kept = wanted.Changes.OfType<AddRoute>().Where(change => !missing.Contains(change)).Select(change => (change.Route.Destination, change.Route.Gateway)).ToHashSet();
        foreach (var route in OldRoutes(stack, index).Where(route => !kept.Contains((route.Destination, route.Gateway))))
        {
            plan.Add(new RemoveRoute(RouteSpec.Of(Workload, route)));
        }

        foreach (var change in wanted.Changes.Where(missing.Contains))
        {
            plan.Add(change is AddNeighbor neighbor ? neighbor with { Replace = true } : change);
        }

        return plan;
    }

    /// <summary>The plan that takes the way out away: default routes, the route to the gateway, and the gateway's fixed MAC address.</summary>
    public NetworkPlan Removal(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var stack = session.Stack(Workload.Namespace);
        var index = session.IndexOf(Workload);
        var plan = new NetworkPlan();
        var routes = OldRoutes(stack, index).ToList();
        var gateways = routes.Select(route => route.Gateway).Where(gateway => !gateway.IsNone).ToHashSet();
        foreach (var neighbor in stack.Neighbors.List(interfaceIndex: index).Where(n => n.State == NeighborState.Permanent && gateways.Contains(n.Address)))
        {
            plan.Add(new RemoveNeighbor(Workload, neighbor.Address) { Was = neighbor.LinkLayerAddress });
        }

        foreach (var route in routes)
        {
            plan.Add(new RemoveRoute(RouteSpec.Of(Workload, route)));
        }

        return plan;
    }

    /// <summary>The default routes through the link, each before the route that its gateway is reached by.</summary>
    private IEnumerable<Route> OldRoutes(NetworkStack stack, int index)
    {
        var routes = stack.Routes.List(interfaceIndex: index);
        var defaults = routes.Where(route => route.Destination.IsDefault && (route.Family == IPFamily.IPv4 ? !Gateway.IsNone : IPv6)).ToList();
        return defaults.Concat(routes.Where(route => route.Destination.IsHost && route.Gateway.IsNone && route.Destination.Address.IsLinkLocal
            && defaults.Any(d => d.Gateway == route.Destination.Address)));
    }

    private NetworkPlan Add(NetworkPlan plan, IPAddr gateway6, LinkLayerAddress hostMac, bool addHostAddress)
    {
        void To(NetworkChange change) => plan.Add(change);

        if (!Gateway.IsNone)
        {
            EndpointPlan.AddGateway(To, Workload, Gateway, StaticNeighbor, hostMac);
        }

        if (addHostAddress)
        {
            To(new AddAddress(Host, new IPPrefix(gateway6, 64)) { NoDuplicateDetection = true, Scope = RouteScope.Link });
        }

        if (IPv6)
        {
            To(new AddRoute(Workload, IPPrefix.Default(IPFamily.IPv6), gateway6));
            if (StaticNeighbor)
            {
                To(new AddNeighbor(Workload, gateway6, hostMac));
            }
        }

        return plan;
    }
}

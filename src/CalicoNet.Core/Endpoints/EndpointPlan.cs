using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>The plan of a Calico endpoint: what must be in the kernel, in the order in which the kernel takes it.</summary>
public static class EndpointPlan
{
    /// <summary>
    /// The switches of a host end. rp_filter drops what comes with a foreign source, and keeps ARP with one out of the host's table; without
    /// an IPv4 address every IPv4 source is foreign.
    /// </summary>
    private static readonly LinkSettings
        HostEndIPv6 = new() { IPv4 = [(IPv4Setting.ReversePathFilter, 1)], AddressGeneration = AddressGeneration.None },
        HostEndIPv4 = HostEndIPv6 with { IPv4 = [(IPv4Setting.ProxyArp, 1), (IPv4Setting.ReversePathFilter, 1), (IPv4Setting.Forwarding, 1), (IPv4Setting.RouteLocalnet, 1)] };

    /// <summary>The switches of a workload end: its link-local address is written, not awaited.</summary>
    private static readonly LinkSettings WorkloadEnd = new() { AddressGeneration = AddressGeneration.None };

    /// <summary>
    /// Makes the plan. Its inverse removes the endpoint, whatever was applied of it. The host's end comes last, in one flush with
    /// the alias: a link of ours without alias or route is half made, whoever made it.
    /// </summary>
    public static NetworkPlan For(Endpoint endpoint)
    {
        var plan = Unaddressed(endpoint);
        Address(plan, endpoint);
        return plan;
    }

    /// <summary>
    /// What is looked at to tell how an endpoint is: the table that all of a host share, without which its workload's forged sources pass, and its
    /// own plan. <see cref="HostSetup"/> puts the table in place.
    /// </summary>
    internal static NetworkPlan Inspected(Endpoint endpoint)
    {
        var plan = new NetworkPlan();
        plan.Add(new SetUpFirewall(endpoint.Host.Namespace));
        foreach (var change in For(endpoint).Changes)
        {
            plan.Add(change);
        }

        return plan;
    }

    /// <summary>The first part of the plan: what does not depend on the addresses.</summary>
    internal static NetworkPlan Unaddressed(Endpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var (host, workload) = (endpoint.Host, endpoint.Workload);
        var plan = new NetworkPlan();
        if (endpoint.OwnsNamespace)
        {
            plan.Add(new CreateNamespace(workload.Namespace, Ownership.Label(endpoint.Name)) { LoopbackUp = true });
        }

        var veth = plan.Add(new AddVeth(host, workload)
        {
            Mtu = endpoint.Mtu,
            HostMac = Endpoint.HostMac,
            WorkloadMac = endpoint.Mac,
            Group = Ownership.Group,
        });
        plan.Add(new ConfigureLink(workload, WorkloadEnd), carrier: veth);
        plan.Add(new SetLinkState(workload, Up: true), carrier: veth);
        return plan;
    }

    /// <summary>Adds the rest to the first part.</summary>
    internal static void Address(NetworkPlan plan, Endpoint endpoint)
    {
        var (host, workload) = (endpoint.Host, endpoint.Workload);
        var hasIPv4 = endpoint.Addresses.Any(a => a.Family == IPFamily.IPv4);
        var hasIPv6 = endpoint.Addresses.Any(a => a.Family == IPFamily.IPv6);
        var veth = plan.Changes.OfType<AddVeth>().Single();
        void On(NetworkChange change) => plan.Add(change, carrier: veth);

        foreach (var address in endpoint.Addresses)
        {
            On(new AddAddress(workload, address.ToPrefix()) { NoDuplicateDetection = address.Family == IPFamily.IPv6 });
        }

        if (hasIPv4)
        {
            AddGateway(On, workload, endpoint.Gateway, endpoint.StaticNeighbor, Endpoint.HostMac);
        }

        if (hasIPv6)
        {
            On(new AddAddress(workload, new IPPrefix(Endpoint.LinkLocalOf(endpoint.Mac), 64)) { NoDuplicateDetection = true, Scope = RouteScope.Link });
            On(new AddRoute(workload, IPPrefix.Default(IPFamily.IPv6), Endpoint.HostLinkLocal));
            if (endpoint.StaticNeighbor)
            {
                On(new AddNeighbor(workload, Endpoint.HostLinkLocal, Endpoint.HostMac));
            }
        }

        foreach (var address in endpoint.TranslatedAddresses)
        {
            plan.Add(new AddNatElement(host.Namespace, NatSet.Addresses, address.ToPrefix()));
        }

        On(new ConfigureLink(host, (hasIPv4 ? HostEndIPv4 : HostEndIPv6) with { Alias = Ownership.Alias(endpoint) }));
        On(new SetLinkState(host, Up: true));
        if (hasIPv4)
        {
            On(new SetProxyDelay(host, IPFamily.IPv4, TimeSpan.Zero));
        }

        if (hasIPv6)
        {
            On(new AddAddress(host, new IPPrefix(Endpoint.HostLinkLocal, 64)) { NoDuplicateDetection = true, Scope = RouteScope.Link });
        }

        foreach (var address in endpoint.Addresses)
        {
            On(new AddRoute(host, address.ToPrefix()));
            On(new AddNeighbor(host, address, endpoint.Mac));
        }
    }

    /// <summary>
    /// The workload's IPv4 default route through a link-local gateway: the route to the gateway itself first, or the kernel finds the gateway
    /// unreachable.
    /// </summary>
    internal static void AddGateway(Action<NetworkChange> add, LinkRef workload, IPAddr gateway, bool staticNeighbor, LinkLayerAddress hostMac)
    {
        add(new AddRoute(workload, gateway.ToPrefix()));
        add(new AddRoute(workload, IPPrefix.Default(IPFamily.IPv4), gateway));
        if (staticNeighbor)
        {
            add(new AddNeighbor(workload, gateway, hostMac));
        }
    }
}

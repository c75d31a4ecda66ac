using CalicoNet.Netlink;
using CalicoNet.Testing;

namespace CalicoNet.Core.Tests;

/// <summary>One change in a sandbox, with what is there before it and what others do to it afterwards.</summary>
/// <param name="Change">The change.</param>
/// <param name="Before">What is found before: a setting that has another value is different, an object that is to come or go is missing.</param>
internal sealed record ChangeCase(Func<EndpointLab, NetworkChange> Change, FindingState Before)
{
    /// <summary>Lines of <c>ip</c> in the host's namespace that make what the change needs.</summary>
    public string Prepared { get; init; } = "";

    /// <summary>Whether our nf_tables table is there.</summary>
    public bool HasFirewall { get; init; }

    /// <summary>What others do to it: commands run in the host's namespace.</summary>
    public string Altered { get; init; } = "";

    /// <summary>What is found then.</summary>
    public FindingState After { get; init; } = FindingState.Different;

    /// <summary>Whether its way back leads to the very state there was before.</summary>
    public bool IsUndone { get; init; } = true;

    public override string ToString() => "a change";
}

/// <summary>Every kind of change. Commands know the host's namespace as HOST and another one, <c>pod</c>, as POD.</summary>
internal static class ChangeCases
{
    private const string Mac = "02:00:00:00:00:0a", OtherMac = "02:00:00:00:00:0b", Label = "caliconet:default/new";

    /// <summary>Without link-local addresses that would be tentative for a while; up on both sides.</summary>
    private const string Pair = """
        link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02
        link set v0 addrgenmode none
        link set v1 addrgenmode none
        link set v0 up
        link set v1 up

        """;

    /// <summary>One into another namespace.</summary>
    private const string PodPair = """
        link add v0 address 02:00:00:00:00:01 type veth peer name eth0 address 02:00:00:00:00:02 netns POD
        link set v0 addrgenmode none
        link set v0 up
        -n POD link set eth0 addrgenmode none
        -n POD link set eth0 up

        """;

    public static IReadOnlyDictionary<string, ChangeCase> All { get; } = new Dictionary<string, ChangeCase>
    {
        ["address"] = new(lab => new AddAddress(V0(lab), IPPrefix.Parse("10.65.0.1/24")), FindingState.Missing)
        {
            Prepared = Pair,
            Altered = "ip address del 10.65.0.1/24 dev v0; ip address add 10.65.0.1/32 dev v0",
        },
        ["address of a scope"] = new(lab => new AddAddress(V0(lab), IPPrefix.Parse("169.254.1.1/32")) { Scope = RouteScope.Link }, FindingState.Missing)
        {
            Prepared = Pair,
            Altered = "ip address del 169.254.1.1/32 dev v0; ip address add 169.254.1.1/32 dev v0",
        },
        ["address with a peer"] = new(lab => new AddAddress(V0(lab), IPPrefix.Parse("10.65.0.1/32")) { Peer = IPAddr.Parse("10.65.0.2") }, FindingState.Missing)
        {
            Prepared = Pair,
            Altered = "ip address del 10.65.0.1 peer 10.65.0.2 dev v0; ip address add 10.65.0.1 peer 10.65.0.3 dev v0",
        },
        ["IPv6 address"] = new(lab => new AddAddress(V0(lab), IPPrefix.Parse("fd00:65::1/128")) { NoDuplicateDetection = true }, FindingState.Missing)
        {
            Prepared = Pair,
            Altered = "ip address del fd00:65::1/128 dev v0",
            After = FindingState.Missing,
        },
        ["IPv6 address that is found twice"] = new(lab => new AddAddress(V0(lab), IPPrefix.Parse("fd00:65::1/128")) { NoDuplicateDetection = true }, FindingState.Missing)
        {
            Prepared = Pair,
            // The other end has the address, and detection is asked for: it fails as soon as it has begun.
            Altered = """
                ip address del fd00:65::1/128 dev v0; ip address add fd00:65::1/128 dev v1 nodad; ip address add fd00:65::1/128 dev v0
                until ip -6 address show dev v0 | grep -q dadfailed; do :; done
                """,
        },
        ["removal of an address"] = new(lab => new RemoveAddress(V0(lab), IPPrefix.Parse("169.254.1.1/32")) { Scope = RouteScope.Link }, FindingState.Missing)
        {
            Prepared = Pair + "address add 169.254.1.1/32 dev v0 scope link",
            Altered = "ip address add 169.254.1.1/32 dev v0",
            After = FindingState.Missing,
        },
        ["removal of an address with a peer"] = new(lab => new RemoveAddress(V0(lab), IPPrefix.Parse("10.65.0.1/32")) { Peer = IPAddr.Parse("10.65.0.2") }, FindingState.Missing)
        {
            Prepared = Pair + "address add 10.65.0.1 peer 10.65.0.2 dev v0",
            Altered = "ip address add 10.65.0.1 peer 10.65.0.2 dev v0",
            After = FindingState.Missing,
        },
        ["removal of an IPv6 address"] = new(lab => new RemoveAddress(V0(lab), IPPrefix.Parse("fd00:65::1/64")) { NoDuplicateDetection = true }, FindingState.Missing)
        {
            Prepared = Pair + "address add fd00:65::1/64 dev v0 nodad",
            Altered = "ip address add fd00:65::1/64 dev v0 nodad",
            After = FindingState.Missing,
        },

        ["route"] = new(lab => new AddRoute(V0(lab), IPPrefix.Parse("10.65.0.9/32")), FindingState.Missing)
        {
            Prepared = Pair,
            Altered = $"ip route replace 10.65.0.9 via {Sandbox.Gateway}",
        },
        ["route that others turn into a hole"] = new(lab => new AddRoute(V0(lab), IPPrefix.Parse("10.65.0.9/32")), FindingState.Missing)
        {
            Prepared = Pair,
            Altered = "ip route replace blackhole 10.65.0.9",
        },
        ["IPv6 route"] = new(lab => new AddRoute(V0(lab), IPPrefix.Parse("fd00:65::9/128")), FindingState.Missing)
        {
            Prepared = Pair,
            Altered = $"ip route del fd00:65::9; ip route add fd00:65::9 via {Sandbox.GatewayV6}",
        },
        ["default route of a workload"] = new(lab => new AddRoute(InPod(lab), IPPrefix.Default(IPFamily.IPv4), Endpoint.DefaultGateway), FindingState.Missing)
        {
            Prepared = PodPair + "-n POD route add 169.254.1.1 dev eth0 scope link",
            Altered = "ip -n POD route replace default dev eth0",
        },
        ["IPv6 default route of a workload"] = new(lab => new AddRoute(InPod(lab), IPPrefix.Default(IPFamily.IPv6), Endpoint.HostLinkLocal), FindingState.Missing)
        {
            Prepared = PodPair,
            Altered = "ip -n POD -6 route replace default via fe80::77 dev eth0",
        },
        ["route with everything"] = new(
            lab => new AddRoute(new RouteSpec(Uplink(lab), IPPrefix.Parse("10.70.0.0/16"))
            {
                Gateway = IPAddr.Parse("192.0.2.77"),
                Metric = 77,
                Table = 1077,
                Protocol = RouteProtocol.Static,
                PreferredSource = IPAddr.Parse(Sandbox.HostAddress),
                OnLink = true,
            }),
            FindingState.Missing)
        {
            Altered = "ip route replace 10.70.0.0/16 via 192.0.2.78 dev up0 metric 77 table 1077",
        },
        ["route through none"] = new(lab => new AddRoute(new RouteSpec(new LinkRef(lab.Host, ""), IPPrefix.Parse("10.71.0.0/16")) { Type = RouteType.Blackhole }), FindingState.Missing)
        {
            Altered = "ip route replace unreachable 10.71.0.0/16",
        },
        ["IPv6 route through none"] = new(lab => new AddRoute(new RouteSpec(new LinkRef(lab.Host, ""), IPPrefix.Parse("fd00:71::/64")) { Type = RouteType.Blackhole }), FindingState.Missing)
        {
            Altered = "ip -6 route del blackhole fd00:71::/64; ip -6 route add unreachable fd00:71::/64",
        },
        ["removal of a route"] = new(lab => new RemoveRoute(SeenRoute(lab, "10.70.0.0/16")), FindingState.Missing)
        {
            Prepared = $"route add 10.70.0.0/16 via 192.0.2.77 dev up0 metric 77 proto static src {Sandbox.HostAddress} onlink",
            Altered = "ip route add 10.70.0.0/16 via 192.0.2.77 dev up0 metric 77 onlink",
            After = FindingState.Missing,
        },
        ["removal of a route through none"] = new(lab => new RemoveRoute(SeenRoute(lab, "10.71.0.0/16")), FindingState.Missing)
        {
            Prepared = "route add blackhole 10.71.0.0/16",
            Altered = "ip route add blackhole 10.71.0.0/16",
            After = FindingState.Missing,
        },

        ["neighbor"] = new(lab => new AddNeighbor(V0(lab), IPAddr.Parse("10.65.0.9"), LinkLayerAddress.ParseMac(Mac)), FindingState.Missing)
        {
            Prepared = Pair,
            Altered = $"ip neigh replace 10.65.0.9 lladdr {OtherMac} dev v0 nud permanent",
        },
        ["neighbor that others let expire"] = new(lab => new AddNeighbor(V0(lab), IPAddr.Parse("fd00:65::9"), LinkLayerAddress.ParseMac(Mac)) { Replace = true }, FindingState.Missing)
        {
            Prepared = Pair,
            Altered = $"ip neigh replace fd00:65::9 lladdr {Mac} dev v0 nud stale",
        },
        ["removal of a neighbor"] = new(lab => new RemoveNeighbor(V0(lab), IPAddr.Parse("10.65.0.9")) { Was = LinkLayerAddress.ParseMac(Mac) }, FindingState.Missing)
        {
            Prepared = Pair + $"neigh add 10.65.0.9 lladdr {Mac} dev v0 nud permanent",
            Altered = $"ip neigh add 10.65.0.9 lladdr {Mac} dev v0 nud permanent",
            After = FindingState.Missing,
        },

        ["veth pair, its MTU"] = Veth("ip link set dev cali0 mtu 1400"),
        ["veth pair, its other end's MTU"] = Veth("ip -n POD link set dev eth0 mtu 1400"),
        ["veth pair, its MAC address"] = Veth($"ip link set dev cali0 address {OtherMac}"),
        ["veth pair, its other end's MAC address"] = Veth($"ip -n POD link set dev eth0 address {OtherMac}"),
        ["veth pair, its group"] = Veth("ip link set dev cali0 group 7"),
        ["veth pair, its other end"] = Veth("ip -n POD link set dev eth0 name eth9"),
        ["veth pair as the kernel likes it"] = new(lab => new AddVeth(new LinkRef(lab.Host, "cali0"), new LinkRef(lab.Host, "cali1")) { HostMac = LinkLayerAddress.ParseMac(Mac), WorkloadMac = LinkLayerAddress.ParseMac(OtherMac) }, FindingState.Missing)
        {
            Altered = "ip link set cali1 name cali9; ip link add cali1 type veth peer name cali8",
        },
        ["removal of a link"] = new(lab => new RemoveLink(V0(lab)) { Group = Ownership.Group }, FindingState.Missing)
        {
            Prepared = Pair + $"link set v0 group {Ownership.Group + 1}",   // one of ours, as during a removal of many
            Altered = "ip link add v0 type veth peer name v1",
            IsUndone = false,
        },

        ["switches, one of them"] = Switches("sysctl -qw net.ipv4.conf.v0.proxy_arp=0"),
        ["switches, the filter"] = Switches("sysctl -qw net.ipv4.conf.v0.rp_filter=0"),
        ["switches, the alias"] = Switches("ip link set dev v0 alias other"),
        ["switches, the group"] = Switches("ip link set dev v0 group 7"),
        ["switches, the address mode"] = Switches("ip link set dev v0 addrgenmode eui64"),
        ["switch"] = new(lab => new SetLinkSetting(V0(lab), IPv4Setting.ReversePathFilter, To: 1, From: 0), FindingState.Different)
        {
            Prepared = Pair,
            Altered = "sysctl -qw net.ipv4.conf.v0.rp_filter=2",
        },
        ["setting"] = new(lab => new SetSysctl(lab.Host, "net/ipv6/conf/v0/proxy_ndp", "1", "0"), FindingState.Different)
        {
            Prepared = Pair,
            Altered = "sysctl -qw net.ipv6.conf.v0.proxy_ndp=0",
        },
        ["setting of a link whose name has a dot"] = new(lab => new SetSysctl(lab.Host, "net/ipv4/conf/v0.7/log_martians", "1", "0"), FindingState.Different)
        {
            Prepared = Pair + "link set v0 name v0.7",
            Altered = "sysctl -qw net/ipv4/conf/v0.7/log_martians=0",
        },
        ["setting that is not there"] = new(lab => new SetSysctl(lab.Host, "net/ipv4/conf/v0/log_martians", "1", "0"), FindingState.Different)
        {
            Prepared = Pair,
            Altered = "ip link del v0",
            After = FindingState.Missing,
        },
        ["proxy delay"] = new(lab => new SetProxyDelay(V0(lab), IPFamily.IPv4, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(800)), FindingState.Different)
        {
            Prepared = Pair,
            Altered = "sysctl -qw net.ipv4.neigh.v0.proxy_delay=7",
        },
        ["IPv6 proxy delay"] = new(lab => new SetProxyDelay(V0(lab), IPFamily.IPv6, TimeSpan.Zero, TimeSpan.FromMilliseconds(800)), FindingState.Different)
        {
            Prepared = Pair,
            Altered = "ip link del v0",
            After = FindingState.Missing,
        },
        ["link up"] = new(lab => new SetLinkState(V0(lab), Up: true) { Was = false }, FindingState.Different)
        {
            Prepared = Pair + "link set v0 down",
            Altered = "ip link set v0 down",
        },
        ["link down"] = new(lab => new SetLinkState(V0(lab), Up: false) { Was = true }, FindingState.Different)
        {
            Prepared = Pair,
            Altered = "ip link set v0 up",
        },
        ["MTU"] = new(lab => new SetLinkMtu(V0(lab), To: 1400, From: 1500), FindingState.Different)
        {
            Prepared = Pair,
            Altered = "ip link set v0 mtu 1300",
        },
        ["MAC address"] = new(lab => new SetLinkAddress(V0(lab), LinkLayerAddress.ParseMac(Mac), LinkLayerAddress.ParseMac("02:00:00:00:00:01")), FindingState.Different)
        {
            Prepared = Pair,
            Altered = $"ip link set v0 address {OtherMac}",
        },
        ["MAC address of a link that goes"] = new(lab => new SetLinkAddress(V0(lab), LinkLayerAddress.ParseMac(Mac), LinkLayerAddress.ParseMac("02:00:00:00:00:01")), FindingState.Different)
        {
            Prepared = Pair,
            Altered = "ip link del v0",
            After = FindingState.Missing,
        },
        ["name"] = new(lab => new RenameLink(V0(lab), "v9"), FindingState.Missing)
        {
            Prepared = Pair,
            Altered = "ip link add v0 type veth peer name v8",
        },

        ["namespace, its label"] = Namespace("ip -n NEW link set dev lo alias other"),
        ["namespace, its loopback interface"] = Namespace("ip -n NEW link set dev lo down"),
        ["removal of a namespace"] = new(lab => new RemoveNamespace(New(lab), Label), FindingState.Missing)
        {
            Prepared = $"netns add NEW\n-n NEW link set dev lo alias {Label}",
            Altered = "ip netns add NEW",
            IsUndone = true,   // it was empty; what was in one would not come back
        },
        ["removal of any namespace"] = new(lab => new RemoveNamespace(New(lab)), FindingState.Missing)
        {
            Prepared = "netns add NEW",
            Altered = "ip netns add NEW; ip -n NEW link set dev lo alias other",
            After = FindingState.Missing,
        },

        ["firewall"] = new(lab => new SetUpFirewall(lab.Host), FindingState.Missing)
        {
            Altered = "nft delete table inet caliconet; nft add table inet caliconet '{ comment \"caliconet version 0\"; }'",
            IsUndone = false,   // all endpoints share it
        },
        ["firewall that somebody removes"] = new(lab => new SetUpFirewall(lab.Host), FindingState.Missing)
        {
            Altered = "nft delete table inet caliconet",
            After = FindingState.Missing,
            IsUndone = false,
        },
        ["NAT address"] = Nat(NatSet.Addresses, "10.65.0.9/32", "nft delete element inet caliconet nat_addresses4 '{ 10.65.0.9 }'"),
        ["IPv6 NAT address"] = Nat(NatSet.Addresses, "fd00:65::9/128", "nft flush set inet caliconet nat_addresses6"),
        ["NAT prefix"] = Nat(NatSet.Prefixes, "10.65.0.0/24", "nft delete element inet caliconet nat_prefixes4 '{ 10.65.0.0/24 }'; nft add element inet caliconet nat_prefixes4 '{ 10.65.0.0/25 }'"),
        ["NAT exclusion"] = Nat(NatSet.Excluded, "fd00:65::/64", "nft delete table inet caliconet"),
        ["NAT pool"] = Nat(NatSet.Pools, "10.65.0.0/16", "nft flush set inet caliconet nat_pools4"),
        ["removal of a NAT address"] = new(lab => new RemoveNatElement(lab.Host, NatSet.Addresses, IPPrefix.Parse("10.65.0.9/32")), FindingState.Missing)
        {
            HasFirewall = true,
            Prepared = "nft add element inet caliconet nat_addresses4 '{ 10.65.0.9 }'",
            Altered = "nft add element inet caliconet nat_addresses4 '{ 10.65.0.9 }'",
            After = FindingState.Missing,
        },
        ["removal of a NAT exclusion"] = new(lab => new RemoveNatElement(lab.Host, NatSet.Excluded, IPPrefix.Parse("10.70.0.0/16")), FindingState.Missing)
        {
            HasFirewall = true,
            Prepared = "nft add element inet caliconet nat_excluded4 '{ 10.70.0.0/16 }'",
            Altered = "nft add element inet caliconet nat_excluded4 '{ 10.70.0.0/16 }'",
            After = FindingState.Missing,
        },
    };

    /// <summary>A sandbox in which a case's change can be made.</summary>
    public static EndpointLab Open(this ChangeCase it)
    {
        var lab = new EndpointLab();
        Ip.Here.Run($"netns add {lab.Sandbox.Prefix}pod");
        if (it.HasFirewall)
        {
            Apply(new SetUpFirewall(lab.Host));
        }

        foreach (var line in it.Prepared.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            lab.Run(line.StartsWith("nft", StringComparison.Ordinal) ? line : $"ip {line}");
        }

        return lab;
    }

    /// <summary>Runs shell commands in the host's namespace.</summary>
    public static void Run(this EndpointLab lab, string commands)
        => Exec.In(lab.Sandbox.HostName, "sh", "-ec", commands.Replace("POD", $"{lab.Sandbox.Prefix}pod", StringComparison.Ordinal).Replace("NEW", $"{lab.Sandbox.Prefix}new", StringComparison.Ordinal));

    public static Finding Inspect(NetworkChange change)
    {
        using var session = new NetworkSession();
        return change.Inspect(session.Snapshot([change]));
    }

    public static void Apply(NetworkChange change)
    {
        var plan = new NetworkPlan();
        plan.Add(change);
        using var session = new NetworkSession();
        var result = plan.Apply(session, OnFailure.Undo);
        result.ThrowIfFailed();
        Assert.Equal([Outcome.Done], result.Outcomes);
    }

    private static LinkRef V0(EndpointLab lab) => new(lab.Host, "v0");

    private static LinkRef InPod(EndpointLab lab) => new(NetNamespaceRef.Parse($"{lab.Sandbox.Prefix}pod"), "eth0");

    private static LinkRef Uplink(EndpointLab lab) => new(lab.Host, Sandbox.Uplink);

    private static NetNamespaceRef New(EndpointLab lab) => NetNamespaceRef.Parse($"{lab.Sandbox.Prefix}new");

    /// <summary>A route as a removal finds it.</summary>
    private static RouteSpec SeenRoute(EndpointLab lab, string destination)
    {
        using var stack = NetworkStack.Open(lab.Host);
        var route = stack.Routes.List().Single(found => found.Destination == IPPrefix.Parse(destination));
        return RouteSpec.Of(new LinkRef(lab.Host, route.InterfaceIndex == 0 ? "" : stack.Links.Find(route.InterfaceIndex)!.Name), route);
    }

    private static ChangeCase Veth(string altered) => new(
        lab => new AddVeth(new LinkRef(lab.Host, "cali0"), new LinkRef(NetNamespaceRef.Parse($"{lab.Sandbox.Prefix}pod"), "eth0"))
        {
            Mtu = 1450,
            HostMac = Endpoint.HostMac,
            WorkloadMac = LinkLayerAddress.ParseMac(Mac),
            Group = Ownership.Group,
        },
        FindingState.Missing)
    {
        Altered = altered,
    };

    private static ChangeCase Switches(string altered) => new(
        lab => new ConfigureLink(V0(lab), new LinkSettings
        {
            IPv4 = [(IPv4Setting.ProxyArp, 1), (IPv4Setting.ReversePathFilter, 1), (IPv4Setting.Forwarding, 1), (IPv4Setting.RouteLocalnet, 1)],
            AddressGeneration = AddressGeneration.None,
            Group = Ownership.Group,
            Alias = "it's \"ours\"",
        }),
        FindingState.Different)
    {
        Prepared = "link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02",
        Altered = altered,
        IsUndone = false,   // it goes with its link
    };

    private static ChangeCase Namespace(string altered) => new(lab => new CreateNamespace(New(lab), Label) { LoopbackUp = true }, FindingState.Missing) { Altered = altered };

    private static ChangeCase Nat(NatSet set, string prefix, string altered) => new(lab => new AddNatElement(lab.Host, set, IPPrefix.Parse(prefix)), FindingState.Missing)
    {
        HasFirewall = true,
        Altered = altered,
        After = FindingState.Missing,   // an element is there or is not
    };
}

using CalicoNet.Netlink;
using CalicoNet.Testing;

namespace CalicoNet.Core.Tests;

/// <summary>
/// Every change, one by one, between a host and a workload with a pair (<c>h0</c>, <c>e0</c>): what Inspect says before, after and when a
/// foreign hand was there; that its inverse brings back what was; and that its command lines do the same as it does.
/// </summary>
public sealed class ChangeTests
{
    private const string Mac = "ee:00:00:00:00:09";

    /// <summary>A change, what has to be there before it, and what a foreign hand does to it: iproute2's lines, each after the namespace (h, w).</summary>
    private sealed record Case(Func<EndpointLab, LinkRef, LinkRef, NetworkChange> Make, string[]? Before = null, string[]? Disturb = null, FindingState Disturbed = FindingState.Different)
    {
        /// <summary>Whether Inspect has something to say of it.</summary>
        public bool IsJudged { get; init; } = true;
    }

    private static readonly Dictionary<string, Case> Cases = new()
    {
        ["AddAddress IPv4"] = new((_, _, e) => new AddAddress(e, IPPrefix.Parse("10.2.0.1/24")), Disturb: ["w address del 10.2.0.1/24 dev e0"], Disturbed: FindingState.Missing),
        ["AddAddress IPv6"] = new((_, _, e) => new AddAddress(e, IPPrefix.Parse("2001:db8:2::1/128")) { NoDuplicateDetection = true }),
        ["RemoveAddress"] = new((_, _, e) => new RemoveAddress(e, IPPrefix.Parse("10.2.0.1/24")), ["w address add 10.2.0.1/24 dev e0"]) { IsJudged = false },
        ["AddRoute IPv4"] = new((_, h, _) => new AddRoute(h, IPPrefix.Parse("10.2.0.1/32")), Disturb: ["h route replace 10.2.0.1/32 dev up0"]),
        ["AddRoute by gateway"] = new((_, _, e) => new AddRoute(e, IPPrefix.Default(IPFamily.IPv4), IPAddr.Parse("169.254.1.1")), ["w route add 169.254.1.1 dev e0 scope link"], ["w route replace default dev e0"]),
        ["AddRoute IPv6"] = new((_, h, _) => new AddRoute(h, IPPrefix.Parse("2001:db8:2::1/128")), Disturb: ["h route del 2001:db8:2::1/128 dev h0"], Disturbed: FindingState.Missing),
        ["RemoveRoute"] = new((_, h, _) => new RemoveRoute(new RouteSpec(h, IPPrefix.Parse("10.2.0.1/32")) { Metric = 5, Scope = RouteScope.Link }), ["h route add 10.2.0.1/32 dev h0 metric 5 scope link"]) { IsJudged = false },
        ["AddNeighbor"] = new((_, h, _) => new AddNeighbor(h, IPAddr.Parse("10.2.0.1"), LinkLayerAddress.ParseMac(Mac)), Disturb: ["h neigh replace 10.2.0.1 lladdr ee:00:00:00:00:08 dev h0 nud permanent"]),
        ["AddNeighbor IPv6"] = new((_, h, _) => new AddNeighbor(h, IPAddr.Parse("2001:db8:2::1"), LinkLayerAddress.ParseMac(Mac)), Disturb: ["h neigh del 2001:db8:2::1 dev h0"], Disturbed: FindingState.Missing),
        ["RemoveNeighbor"] = new((_, h, _) => new RemoveNeighbor(h, IPAddr.Parse("10.2.0.1")), [$"h neigh add 10.2.0.1 lladdr {Mac} dev h0 nud permanent"]) { IsJudged = false },
        ["SetLinkState"] = new((_, h, _) => new SetLinkState(h, Up: false) { Was = true }, Disturb: ["h link set h0 up"]),
        ["SetLinkMtu"] = new((_, h, _) => new SetLinkMtu(h, 1300, 1500), Disturb: ["h link set h0 mtu 1200"]) { IsJudged = false },
        ["SetLinkAddress"] = new((_, h, _) => new SetLinkAddress(h, LinkLayerAddress.ParseMac(Mac), LinkLayerAddress.ParseMac("ee:00:00:00:00:01"))) { IsJudged = false },
        ["RenameLink"] = new((_, h, _) => new RenameLink(h, "h1")) { IsJudged = false },
        ["SetLinkSetting"] = new((_, h, _) => new SetLinkSetting(h, IPv4Setting.ProxyArp, 1, 0)) { IsJudged = false },
        ["ConfigureLink"] = new((_, h, _) => new ConfigureLink(h, new LinkSettings { IPv4 = [(IPv4Setting.ReversePathFilter, 1)], Alias = "ours" }), Disturb: ["h link set h0 alias theirs"]),
        ["SetProxyDelay"] = new((_, h, _) => new SetProxyDelay(h, IPFamily.IPv4, TimeSpan.Zero, TimeSpan.FromMilliseconds(800))) { IsJudged = false },
        ["SetSysctl"] = new((_, h, _) => new SetSysctl(h.Namespace, "net/ipv6/conf/h0/proxy_ndp", "1", "0")),
        ["AddVeth"] = new(
            (_, h, e) => new AddVeth(h with { Name = "v0" }, e with { Name = "v1" })
            {
                Mtu = 1400,
                HostMac = LinkLayerAddress.ParseMac("ee:00:00:00:00:03"),
                WorkloadMac = LinkLayerAddress.ParseMac("ee:00:00:00:00:04"),
                Group = 7,
            },
            Disturb: ["h link set v0 mtu 1300"]),
        ["SetUpFirewall"] = new((_, h, _) => new SetUpFirewall(h.Namespace)) { IsJudged = false },
        ["AddNatElement"] = new((_, h, _) => new AddNatElement(h.Namespace, NatSet.Prefixes, IPPrefix.Parse("10.2.0.0/16"))),
        ["RemoveNatElement"] = new((_, h, _) => new RemoveNatElement(h.Namespace, NatSet.Addresses, IPPrefix.Parse("10.2.0.1/32"))) { IsJudged = false },
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_change_is_judged_undone_and_told_as_what_it_is(string name)
    {
        var test = Cases[name];
        using var applied = new Place(test.Before, name);
        using var told = new Place(test.Before, name);
        var change = test.Make(applied.Lab, applied.Host, applied.Workload);
        var before = applied.State();
        if (test.IsJudged)
        {
            Assert.NotEqual(FindingState.Present, Place.Inspect(change).State);
        }

        Assert.True(Place.Apply(change).Succeeded);

        var after = applied.State();
        Assert.NotEqual(before, after);
        Assert.Equal(FindingState.Present, Place.Inspect(change).State);

        // The command lines, in a place of their own.
        foreach (var line in test.Make(told.Lab, told.Host, told.Workload).Commands)
        {
            Exec.Run("sh", "-c", line);
        }

        Assert.Equal(after, told.State());

        // A foreign hand.
        if (test.Disturb is { } lines)
        {
            told.Run(lines);
            Assert.Equal(test.Disturbed, test.IsJudged ? Place.Inspect(test.Make(told.Lab, told.Host, told.Workload)).State : test.Disturbed);
        }

        if (change.Inverse is { } inverse)
        {
            Assert.True(Place.Apply(inverse).Succeeded);
            Assert.Equal(before, applied.State());
            Assert.NotEmpty(inverse.Commands);
        }
    }

    [Fact]
    public void Every_change_there_is_has_its_case_here_or_is_the_making_of_namespaces_and_links_tested_elsewhere()
    {
        var changes = typeof(NetworkChange).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(NetworkChange)) && !type.IsAbstract).Select(type => type.Name);
        string[] elsewhere = ["CreateNamespace", "RemoveNamespace", "RemoveLink"];   // EndpointTests, KillTests
        Assert.Equal(changes.Order(StringComparer.Ordinal), Cases.Keys.Select(name => name.Split(' ')[0]).Concat(elsewhere).Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>A host and a workload with a pair between them.</summary>
    private sealed class Place : IDisposable
    {
        public Place(string[]? before, string name)
        {
            Lab = new EndpointLab();
            var workload = Lab.Sandbox.AddNamespace("w");
            Host = new LinkRef(Lab.Host, "h0");
            Workload = new LinkRef(NetNamespaceRef.Parse(workload), "e0");
            Ip.In(Lab.Sandbox.HostName).RunBatch(
                $"link add h0 address ee:00:00:00:00:01 type veth peer name e0 address ee:00:00:00:00:02 netns {workload}", "link set h0 addrgenmode none", "link set h0 up");
            Ip.In(workload).RunBatch("link set e0 addrgenmode none", "link set e0 up");
            Run(before ?? []);
            if (name.Contains("Nat", StringComparison.Ordinal))
            {
                Assert.True(Apply(new SetUpFirewall(Lab.Host)).Succeeded);
            }

            if (name == "RemoveNatElement")
            {
                Assert.True(Apply(new AddNatElement(Lab.Host, NatSet.Addresses, IPPrefix.Parse("10.2.0.1/32"))).Succeeded);
            }
        }

        public EndpointLab Lab { get; }

        public LinkRef Host { get; }

        public LinkRef Workload { get; }

        public void Run(string[] lines)
        {
            foreach (var line in lines)
            {
                Ip.In(line[0] == 'h' ? Lab.Sandbox.HostName : Workload.Namespace.ToString()).Run(line[2..]);
            }
        }

        public static PlanResult Apply(NetworkChange change)
        {
            var plan = new NetworkPlan();
            plan.Add(change);
            using var session = new NetworkSession();
            return plan.Apply(session, OnFailure.Undo);
        }

        public static Finding Inspect(NetworkChange change)
        {
            using var session = new NetworkSession();
            return change.Inspect(session.Snapshot([change]));
        }

        public string State() => KernelState.Of(Lab.Sandbox, [Workload.Namespace.ToString()]);

        public void Dispose() => Lab.Dispose();
    }
}

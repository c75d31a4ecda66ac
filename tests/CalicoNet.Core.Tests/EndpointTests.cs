using CalicoNet.Netlink;
using CalicoNet.Testing;

namespace CalicoNet.Core.Tests;

public sealed class EndpointTests
{
    [Theory]
    [InlineData("10.65.0.1")]
    [InlineData("fd00:65::1")]
    [InlineData("10.65.0.1", "fd00:65::1")]
    public void An_endpoint_reaches_its_host_and_the_host_reaches_it(params string[] addresses)
    {
        using var lab = new EndpointLab();
        using var manager = lab.Open();

        var made = manager.Create(lab.Endpoint("web", addresses)).Endpoint;

        Assert.All(addresses, address => Assert.True(Ping.Reaches(lab.Sandbox.HostName, address), address));
        Assert.True(Ping.Reaches(made.Workload.Namespace.ToString(), addresses[0].Contains(':') ? Sandbox.HostAddressV6 : Sandbox.HostAddress));
        Assert.Equal(EndpointStatus.Ready, manager.Find(made.Name)!.Status);
    }

    [Fact]
    public void What_is_sent_to_an_endpoint_as_soon_as_it_is_made_is_taken_in()
    {
        using var lab = new EndpointLab();
        using var manager = lab.Open();
        for (var i = 0; i < 60; i++)   // without waiting for the kernel's background, one in seven is not
        {
            var made = manager.Create(lab.Endpoint("web", "10.65.0.1", "fd00:65::1")).Endpoint;

            using var workload = NetworkStack.Open(made.Workload.Namespace);
            using var host = NetworkStack.Open(lab.Host);
            var inside = workload.Routes.List(table: Route.LocalTable).Select(route => route.Destination.Address).ToList();
            var outside = host.Routes.List(table: Route.LocalTable).Where(route => route.InterfaceIndex == host.Links.Find(made.Host.Name)!.Index).Select(route => route.Destination.Address).ToList();
            Assert.All([.. made.Addresses, Endpoint.LinkLocalOf(made.Mac)], address => Assert.Contains(address, inside));
            Assert.Contains(Endpoint.HostLinkLocal, outside);
            manager.Remove([made.Name]);
        }
    }

    [Fact]
    public void An_endpoint_is_in_the_kernel_as_iproute2_sees_it()
    {
        using var lab = new EndpointLab();
        using var manager = lab.Open();

        var made = manager.Create(lab.Endpoint("web", "10.65.0.1") with { StaticNeighbor = true, NatOutgoing = true }).Endpoint;

        var link = Ip.In(lab.Sandbox.HostName).Link(made.Host.Name)!;
        var workload = made.Workload.Namespace.ToString();
        Assert.Equal("ee:ee:ee:ee:ee:ee", link.Mac);
        Assert.Contains(Ip.In(lab.Sandbox.HostName).Routes(4), route => route.Destination == "10.65.0.1" && route.Device == made.Host.Name);
        Assert.Contains(Ip.In(lab.Sandbox.HostName).Neighbors(), n => n.Address == "10.65.0.1" && n.Mac == made.Mac.ToString() && n.State == "PERMANENT");
        Assert.Contains(Ip.In(workload).Neighbors(), n => n.Address == "169.254.1.1" && n.Mac == "ee:ee:ee:ee:ee:ee" && n.State == "PERMANENT");
        Assert.Contains(Ip.In(workload).Addresses(), address => address.Prefix == "10.65.0.1/32");
        foreach (var (setting, value) in new[] { ("proxy_arp", "1"), ("rp_filter", "1"), ("forwarding", "1"), ("route_localnet", "1") })
        {
            Assert.Equal(value, Sysctl.In(lab.Sandbox.HostName).Read($"net.ipv4.conf.{made.Host.Name}.{setting}"));
        }

        Assert.Equal("0", Sysctl.In(lab.Sandbox.HostName).Read($"net.ipv4.neigh.{made.Host.Name}.proxy_delay"));
        Assert.Contains("10.65.0.1", Nft.In(lab.Sandbox.HostName).Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void With_outgoing_NAT_the_workload_reaches_the_outside_which_knows_nothing_of_it()
    {
        using var lab = new EndpointLab();
        using var manager = lab.Open();
        var with = manager.Create(lab.Endpoint("with", "10.65.0.1") with { NatOutgoing = true }).Endpoint;
        var without = manager.Create(lab.Endpoint("without", "10.65.0.2")).Endpoint;

        Assert.True(Ping.Reaches(with.Workload.Namespace.ToString(), Sandbox.OutsideAddress));
        Assert.False(Ping.Reaches(without.Workload.Namespace.ToString(), Sandbox.OutsideAddress, seconds: 0.5));
        Assert.True(Ping.Reaches(with.Workload.Namespace.ToString(), "10.65.0.2"), "workloads reach each other");
    }

    [Fact]
    public void Removing_leaves_the_host_as_it_was()
    {
        using var lab = new EndpointLab();
        using var manager = lab.Open();
        manager.Remove([manager.Create(lab.Endpoint("first", "10.65.9.9", "fd00:65::99")).Endpoint.Name]);
        var before = lab.HostState();

        var names = Enumerable.Range(1, 12).Select(i => manager.Create(lab.Endpoint("web", $"10.65.0.{i}", $"fd00:65::{i}") with { NatOutgoing = true }).Endpoint.Name).ToList();
        var removed = manager.Remove(names);

        Assert.All(removed, removal => Assert.True(removal.Found && removal.Error is null, removal.Error?.Message));
        Assert.Equal(before, lab.HostState());
        Assert.DoesNotContain(lab.Namespaces(), name => name.Contains("web", StringComparison.Ordinal));
    }

    [Fact]
    public void A_taken_address_undoes_the_whole_endpoint_and_names_the_owner()
    {
        using var lab = new EndpointLab();
        using var manager = lab.Open();
        var first = manager.Create(lab.Endpoint("first", "10.65.0.1")).Endpoint;
        var before = lab.HostState();

        var second = lab.Endpoint("second", "10.65.0.1");
        var fault = Assert.Throws<CalicoException>(() => manager.Create(second));

        Assert.Equal(CalicoFault.Exists, fault.Fault);
        Assert.Contains(first.Name.ToString(), fault.Message, StringComparison.Ordinal);
        Assert.Equal(before, lab.HostState());
        Assert.False(NetNamespaces.Exists(second.Workload.Namespace.ToString()));
    }

    [Fact]
    public void A_foreign_interface_of_the_name_stays()
    {
        using var lab = new EndpointLab();
        using var manager = lab.Open();
        var wanted = lab.Endpoint("web", "10.65.0.1");
        Ip.In(lab.Sandbox.HostName).Run($"link add {wanted.Host.Name} type veth peer name foreign0");

        Assert.Equal(CalicoFault.NotOurs, Assert.Throws<CalicoException>(() => manager.Create(wanted)).Fault);
        Assert.Equal(CalicoFault.NotOurs, Assert.IsType<CalicoException>(manager.Remove([wanted.Name])[0].Error).Fault);

        Assert.NotNull(Ip.In(lab.Sandbox.HostName).Link(wanted.Host.Name));
        Assert.False(NetNamespaces.Exists(wanted.Workload.Namespace.ToString()));
    }

    /// <summary>Two hosts of one machine share the names of namespaces, and the label that an endpoint's namespace carries.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_endpoint_of_the_same_name_on_another_host_is_not_taken_for_a_leftover(bool whole)
    {
        using EndpointLab lab = new(), beside = new();
        using EndpointManager manager = lab.Open(), other = beside.Open();
        var theirs = beside.Endpoint("web", "10.65.0.1");
        if (whole)
            theirs = other.Create(theirs).Endpoint;
        else
            MakeUpTo<AddVeth>(theirs with { OwnsNamespace = true });
        var wanted = lab.Endpoint("web", "10.65.0.2") with { Name = theirs.Name, Host = new LinkRef(lab.Host, theirs.Host.Name), Workload = theirs.Workload };
        manager.SetUp(wanted);
        var (before, here) = (KernelState.Whole(beside.Sandbox), KernelState.Whole(lab.Sandbox));

        Assert.Null(manager.PreviewRemoval(wanted.Name));
        Assert.Equal(new EndpointRemoval(wanted.Name, Found: false, null), Assert.Single(manager.Remove([wanted.Name])));
        var refused = Assert.Throws<CalicoException>(() => manager.Create(wanted));

        Assert.Equal(CalicoFault.Exists, refused.Fault);
        Assert.Contains($"interface {theirs.Workload} exists", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, KernelState.Whole(beside.Sandbox));
        Assert.Equal(here, KernelState.Whole(lab.Sandbox));

        // Beside an endpoint of this host's own too, whose namespace has another name.
        var own = manager.Create(wanted with { Workload = new LinkRef(NetNamespaceRef.Parse(lab.Sandbox.NewName("elsewhere")), "eth0") });
        Assert.Null(Assert.Single(manager.Remove([own.Endpoint.Name])).Error);
        Assert.Equal(before, KernelState.Whole(beside.Sandbox));

        Assert.Equal(new EndpointRemoval(theirs.Name, Found: true, null), Assert.Single(other.Remove([theirs.Name])));
        Assert.DoesNotContain(theirs.Workload.Namespace.ToString(), beside.Namespaces());

        void MakeUpTo<T>(Endpoint endpoint)
            where T : NetworkChange
        {
            other.SetUp(endpoint);
            var part = new NetworkPlan();
            foreach (var change in EndpointPlan.For(endpoint).Changes.TakeWhile(change => change is not T).Append(EndpointPlan.For(endpoint).Changes.OfType<T>().First()))
                part.Add(change);
            using var host = NetworkStack.Open(beside.Host);
            using var session = new NetworkSession(host);
            part.Apply(session, OnFailure.Undo).ThrowIfFailed();
        }
    }

    [Fact]
    public void Eight_threads_make_and_remove_64_endpoints_and_none_is_lost()
    {
        using var lab = new EndpointLab();
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            using var manager = lab.Open();
            for (var i = 0; i < 8; i++)
            {
                manager.Create(lab.Endpoint($"p{thread}x{i}", $"10.66.{thread}.{i + 1}"));
            }
        });
        using var all = lab.Open();
        var found = all.List();

        Assert.Equal(64, found.Count);
        Assert.All(found, state => Assert.Equal(EndpointStatus.Ready, state.Status));

        Parallel.ForEach(found.Chunk(8), chunk =>
        {
            using var manager = lab.Open();
            Assert.All(manager.Remove(chunk.Select(state => state.Endpoint.Name)), removal => Assert.Null(removal.Error));
        });
        Assert.Empty(all.List());
    }
}

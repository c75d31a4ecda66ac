using CalicoNet.Netlink;
using CalicoNet.Testing;

namespace CalicoNet.Core.Tests.Endpoints;

public sealed class EndpointRepairTests
{
    private const string Pool = "four 10.65.0.0/24 26 \"natOutgoing\":true", Six = "six fd00:65::/120 122 \"natOutgoing\":true";

    [Fact]
    public void After_a_reboot_every_endpoint_whose_namespace_is_ours_is_built_again_and_the_others_are_named()
    {
        using var lab = new RecordLab(Pool, Six);
        var theirs = lab.Kernel.Sandbox.AddNamespace("theirs");
        List<EndpointState> ours = [];
        EndpointState guest;
        using (var endpoints = lab.Open())
        {
            ours.AddRange(Enumerable.Range(0, 3).Select(i => endpoints.Create(lab.Request($"web{i}"))));
            var request = lab.Request("guest");
            guest = endpoints.Create(request with { Endpoint = request.Endpoint with { Workload = request.Endpoint.Workload with { Namespace = NetNamespaceRef.Parse(theirs) } } });
        }

        // A reboot: no namespace is left, and the host's is as if new.
        foreach (var name in lab.Kernel.Namespaces().Where(name => name != lab.Kernel.Sandbox.OutsideName).ToList())
            Netns.Remove(name);
        Ip.Here.Run($"netns add {lab.Kernel.Sandbox.HostName}");
        using var after = lab.Open();
        Assert.All(after.List(), state => Assert.Equal(EndpointStatus.Missing, state.Status));

        var repairs = after.Repair([.. ours.Select(state => state.Endpoint.Name), guest.Endpoint.Name], force: false).ToDictionary(repair => repair.Name);

        Assert.Equal(CalicoFault.NotFound, Assert.IsType<CalicoException>(repairs[guest.Endpoint.Name].Error).Fault);
        Assert.Contains(theirs, repairs[guest.Endpoint.Name].Error!.Message, StringComparison.Ordinal);
        Assert.False(Netns.Exists(theirs));
        Assert.All(ours, state =>
        {
            var repair = repairs[state.Endpoint.Name];
            Assert.Null(repair.Error);
            Assert.Equal([new SetUpFirewall(state.Endpoint.Host.Namespace), .. EndpointPlan.For(state.Endpoint).Changes], repair.Mended.Select(finding => finding.Change), (expected, actual) => expected.Title == actual.Title);
            var found = after.Find(state.Endpoint.Name)!;
            Assert.Equal(EndpointStatus.Ready, found.Status);
            Assert.Equal(state.Endpoint.Addresses, found.Endpoint.Addresses);
            Assert.Equal(state.Endpoint.Mac, found.Endpoint.Mac);
            Assert.Contains(Ip.In(lab.Kernel.Sandbox.HostName).Routes(4), route => route.Destination == state.Endpoint.Addresses[0].ToString() && route.Device == state.Endpoint.Host.Name);
        });

        // Whoever made the namespace makes it again: then the endpoint is built in it.
        Ip.Here.Run($"netns add {theirs}");
        Assert.Null(Assert.Single(after.Repair([guest.Endpoint.Name], force: false)).Error);
        Assert.All(after.List(), state => Assert.Equal(EndpointStatus.Ready, state.Status));
        Assert.All(after.Remove(after.List().Select(state => state.Endpoint.Name)), removal => Assert.Null(removal.Error));
        Assert.True(Netns.Exists(theirs));
        lab.AssertNothingHeld();
    }

    [Fact]
    public void A_link_that_outlives_its_namespace_is_made_anew()
    {
        using var lab = new RecordLab(Pool, Six);
        using var endpoints = lab.Open();
        var made = endpoints.Create(lab.Request("web")).Endpoint;
        var before = Ip.In(lab.Kernel.Sandbox.HostName).Link(made.Host.Name)!;

        // Without its name, and not gone: the kernel takes namespaces apart at its leisure.
        using (NetworkStack.Open(made.Workload.Namespace))
        {
            Netns.Remove(made.Workload.Namespace.ToString());
            Assert.NotNull(Ip.In(lab.Kernel.Sandbox.HostName).Link(made.Host.Name));

            Assert.Null(Assert.Single(endpoints.Repair([made.Name], force: false)).Error);
        }

        Assert.NotEqual(before.Index, Ip.In(lab.Kernel.Sandbox.HostName).Link(made.Host.Name)!.Index);
        Assert.Equal(EndpointStatus.Ready, endpoints.Find(made.Name)!.Status);
        Assert.Null(Assert.Single(endpoints.Remove([made.Name])).Error);
        lab.AssertNothingHeld();
    }

    [Theory]
    [InlineData("HOST", "route del {4}/32")]
    [InlineData("HOST", "route del {6}/128")]
    [InlineData("HOST", "neigh del {4} dev {link}")]
    [InlineData("HOST", "link set {link} down")]
    [InlineData("HOST", "address del fe80::ecee:eeff:feee:eeee/64 dev {link}")]
    [InlineData("WORK", "route del default")]
    [InlineData("WORK", "address del {4}/32 dev eth0")]
    [InlineData("WORK", "address del {6}/128 dev eth0")]
    [InlineData("WORK", "link set eth0 down")]
    [InlineData("WORK", "link del eth0")]
    [InlineData("HOST", "link del {link}")]
    [InlineData("NFT", "delete element inet caliconet nat_addresses4 {{ {4} }}")]
    [InlineData("NFT", "delete table inet caliconet")]
    public void What_is_missing_is_put_back_and_nothing_else_is_touched(string where, string command)
    {
        using var lab = new RecordLab(Pool, Six);
        using var endpoints = lab.Open();
        var other = endpoints.Create(lab.Request("other"));
        var state = endpoints.Create(lab.Request("web"));
        var before = KernelState.Whole(lab.Kernel.Sandbox).Where(line => !line.Contains("ifindex", StringComparison.Ordinal)).ToList();
        var text = command.Replace("{4}", $"{state.Endpoint.Addresses[0]}", StringComparison.Ordinal).Replace("{6}", $"{state.Endpoint.Addresses[1]}", StringComparison.Ordinal)
            .Replace("{link}", state.Endpoint.Host.Name, StringComparison.Ordinal).Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal);
        if (where == "NFT")
            Nft.In(lab.Kernel.Sandbox.HostName).Run(text);
        else
            Ip.In(where == "HOST" ? lab.Kernel.Sandbox.HostName : state.Endpoint.Workload.Namespace.ToString()).Run(text);
        Assert.NotEqual(EndpointStatus.Ready, endpoints.Find(state.Endpoint.Name)!.Status);
        Assert.NotEmpty(endpoints.PreviewRepair(state.Endpoint.Name, force: true).Commands);

        // A link that is down is different, not missing, and takes its routes along.
        using var again = lab.Open();
        var repair = Assert.Single(again.Repair([state.Endpoint.Name], force: command.EndsWith("down", StringComparison.Ordinal)));

        Assert.Null(repair.Error);
        Assert.NotEmpty(repair.Mended);
        Assert.Empty(repair.Different);
        Assert.Equal(EndpointStatus.Ready, again.Find(state.Endpoint.Name)!.Status);
        if (!text.Contains("table", StringComparison.Ordinal) && !text.StartsWith("link del", StringComparison.Ordinal))
            Assert.Equal(before.Order(StringComparer.Ordinal), KernelState.Whole(lab.Kernel.Sandbox).Where(line => !line.Contains("ifindex", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Empty(Assert.Single(again.Repair([state.Endpoint.Name], force: true)).Mended);
        again.Repair([other.Endpoint.Name], force: false);
        Assert.Equal(EndpointStatus.Ready, again.Find(other.Endpoint.Name)!.Status);
    }

    [Theory]
    [InlineData("HOST", "link set {link} mtu 1300")]
    [InlineData("HOST", "link set {link} address 02:00:00:00:00:01")]
    [InlineData("HOST", "link set {link} group 77")]
    [InlineData("HOST", "neigh replace {4} lladdr 02:00:00:00:00:02 dev {link} nud permanent")]
    [InlineData("WORK", "link set eth0 address 02:00:00:00:00:03")]
    [InlineData("WORK", "route replace default via 169.254.1.2 dev eth0 onlink")]
    [InlineData("WORK", "link set eth0 name net9")]
    [InlineData("WORK", "link set lo down")]
    public void What_is_different_is_reported_and_put_right_when_it_is_said_so(string where, string command)
    {
        using var lab = new RecordLab(Pool);
        using var endpoints = lab.Open();
        var state = endpoints.Create(lab.Request("web"));
        Ip.In(where == "HOST" ? lab.Kernel.Sandbox.HostName : state.Endpoint.Workload.Namespace.ToString()).Run(
            command.Replace("{4}", $"{state.Endpoint.Addresses[0]}", StringComparison.Ordinal).Replace("{link}", state.Endpoint.Host.Name, StringComparison.Ordinal));
        var isForeign = command.Contains("group", StringComparison.Ordinal);

        var reported = Assert.Single(endpoints.Repair([state.Endpoint.Name], force: false));
        var mended = Assert.Single(endpoints.Repair([state.Endpoint.Name], force: true));

        if (isForeign)
        {
            // Without our group it is not ours any more, whatever its name.
            Assert.Equal(CalicoFault.NotOurs, Assert.IsType<CalicoException>(reported.Error).Fault);
            Assert.Equal(CalicoFault.NotOurs, Assert.IsType<CalicoException>(mended.Error).Fault);
            return;
        }

        // The kernel forgets the neighbors of an interface that changes its MAC address: these are missing.
        Assert.All(reported.Mended, finding => Assert.IsType<AddNeighbor>(finding.Change));
        Assert.True(reported.Different.Count > 0 || reported.Error is not null);
        Assert.Null(mended.Error);
        Assert.NotEmpty(mended.Mended);
        Assert.Empty(mended.Different);
        Assert.Equal(EndpointStatus.Ready, endpoints.Find(state.Endpoint.Name)!.Status);
        Assert.True(Ping.Reaches(lab.Kernel.Sandbox.HostName, state.Endpoint.Addresses[0].ToString()));
    }

    [Fact]
    public void Without_the_hosts_table_an_endpoint_that_is_not_translated_is_degraded_too_and_gets_it_back()
    {
        using var lab = new RecordLab("four 10.65.0.0/24 26");
        using var endpoints = lab.Open();
        var name = endpoints.Create(lab.Request("web")).Endpoint.Name;
        Assert.Equal(EndpointStatus.Ready, endpoints.Find(name)!.Status);
        var nft = Nft.In(lab.Kernel.Sandbox.HostName);
        nft.Run("delete table inet caliconet");

        Assert.Equal(EndpointStatus.Degraded, endpoints.Find(name)!.Status);
        using var again = lab.Open();
        var repair = Assert.Single(again.Repair([name], force: false));

        Assert.Null(repair.Error);
        Assert.IsType<SetUpFirewall>(Assert.Single(repair.Mended).Change);
        Assert.Equal(EndpointStatus.Ready, again.Find(name)!.Status);
        Assert.Empty(Assert.Single(again.Repair([name], force: true)).Mended);
        nft.Run("list chain inet caliconet antispoof");
    }

    [Fact]
    public void An_address_that_another_interface_has_meanwhile_is_not_taken_from_it()
    {
        using var lab = new RecordLab(Pool);
        using var endpoints = lab.Open();
        var state = endpoints.Create(lab.Request("web"));
        var host = Ip.In(lab.Kernel.Sandbox.HostName);
        host.Run($"link del {state.Endpoint.Host.Name}");
        host.Run("link add theirs0 type veth peer name theirs1");
        host.Run("link set theirs0 up");
        host.Run($"route add {state.Endpoint.Addresses[0]}/32 dev theirs0");

        Assert.Equal(CalicoFault.AddressInUse, Assert.IsType<CalicoException>(Assert.Single(endpoints.Repair([state.Endpoint.Name], force: true)).Error).Fault);

        Assert.Contains(host.Routes(4), route => route.Device == "theirs0");
        Assert.Null(host.Link(state.Endpoint.Host.Name));
    }

    [Fact]
    public void Of_one_check_only_what_it_is_about_is_put_right()
    {
        using var lab = new RecordLab(Pool);
        using var endpoints = lab.Open();
        var state = endpoints.Create(lab.Request("web"));
        var host = Ip.In(lab.Kernel.Sandbox.HostName);
        host.Run($"route del {state.Endpoint.Addresses[0]}/32");
        host.Run($"neigh del {state.Endpoint.Addresses[0]} dev {state.Endpoint.Host.Name}");
        var route = EndpointPlan.For(state.Endpoint).Changes.OfType<AddRoute>().Last();

        var repair = Assert.Single(endpoints.Repair([state.Endpoint.Name], force: false, new Dictionary<EndpointName, IReadOnlySet<string>> { [state.Endpoint.Name] = new HashSet<string> { route.Title } }));

        Assert.Equal(route, Assert.Single(repair.Mended).Change);
        Assert.Equal(EndpointStatus.Degraded, endpoints.Find(state.Endpoint.Name)!.Status);
    }

    [Fact]
    public void An_endpoint_of_which_there_is_nothing_is_not_found()
    {
        using var lab = new RecordLab();
        using var endpoints = lab.Open();
        Assert.Equal(CalicoFault.NotFound, Assert.IsType<CalicoException>(Assert.Single(endpoints.Repair([lab.Request("web").Endpoint.Name], force: false)).Error).Fault);
    }
}

using CalicoNet.Testing;
using Sandbox = CalicoNet.Testing.Sandbox;

namespace CalicoNet.PowerShell.Tests.Endpoints;

public sealed class NewCalicoEndpointTests
{
    [Fact]
    public void An_endpoint_is_in_the_kernel_as_its_object_says()
    {
        using var lab = Lab.Create();

        var made = Assert.Single(lab.Run("New-CalicoEndpoint \"${p}web\" 10.65.0.2, 2001:db8:65::2 -HostNetNamespace $h -MtuSize 1400 -MacAddress 02:00:00:00:00:02").Output);

        var name = lab.Prefix + "web";
        Assert.Equal("CalicoNet.CalicoEndpoint", made.BaseObject.GetType().FullName);
        Assert.Equal(name, made.Text("Name"));
        Assert.Equal("default", made.Text("WorkloadNamespace"));
        Assert.Equal("10.65.0.2, 2001:db8:65::2", made.Text("IPAddress"));
        Assert.Equal(name, made.Text("NetNamespace"));
        Assert.Equal(lab.HostName, made.Text("HostNetNamespace"));
        Assert.Equal(Lab.LinkOf(name), made.Text("HostInterfaceAlias"));
        Assert.Equal("Ready", made.Text("Status"));
        Assert.Equal(1400, made.Get("MtuSize"));
        Assert.Equal("Enabled", made.Text("NatOutgoing"));
        Assert.Equal(false, made.Get("Planned"));
        Assert.Equal($"default/{name}", made.ToString());

        var host = Ip.In(lab.HostName);
        var link = host.Link(Lab.LinkOf(name))!;
        Assert.True(link.IsUp);
        Assert.Equal("ee:ee:ee:ee:ee:ee", link.Mac);
        Assert.Equal(1400, link.Mtu);
        Assert.Contains(host.Routes(4), route => route is { Destination: "10.65.0.2", Scope: "link" } && route.Device == link.Name);
        Assert.Contains(host.Routes(6), route => route.Destination == "2001:db8:65::2" && route.Device == link.Name);
        Assert.Equal("1", Sysctl.In(lab.HostName).Read($"net/ipv4/conf/{link.Name}/proxy_arp"));
        Assert.Equal("1", Sysctl.In(lab.HostName).Read("net.ipv4.ip_forward"));

        var workload = Ip.In(name);
        var eth = workload.Link("eth0")!;
        Assert.True(eth.IsUp);
        Assert.Equal("02:00:00:00:00:02", eth.Mac);
        Assert.Contains(workload.Addresses(), address => address is { Device: "eth0", Prefix: "10.65.0.2/32" });
        Assert.Contains(workload.Addresses(), address => address is { Device: "eth0", Prefix: "2001:db8:65::2/128" });
        Assert.Contains(workload.Routes(4), route => route is { Destination: "169.254.1.1", Scope: "link", Device: "eth0" });
        Assert.Contains(workload.Routes(4), route => route is { Destination: "default", Gateway: "169.254.1.1" });
        Assert.Contains(workload.Routes(6), route => route.Destination == "default" && route.Gateway!.StartsWith("fe80:", StringComparison.Ordinal));
        Assert.Equal(["10.65.0.2", "2001:db8:65::2"], lab.NatAddresses());

        var pair = System.Management.Automation.PSObject.AsPSObject(made.Get("VethPair")!);
        Assert.Equal(link.Index, pair.Get("HostInterfaceIndex"));
        Assert.Equal(eth.Index, pair.Get("InterfaceIndex"));
    }

    [Fact]
    public void A_workload_reaches_the_outside_through_its_endpoint()
    {
        Requires.Ping();
        using var lab = Lab.Create();

        lab.Run("New-CalicoEndpoint \"${p}web\" 10.65.0.2 -HostNetNamespace $h");

        Exec.In(lab.Prefix + "web", "ping", "-c", "1", "-W", "5", Sandbox.OutsideAddress);
    }

    [Fact]
    public void Numbers_in_a_pipeline_become_endpoints_by_script_blocks()
    {
        using var lab = Lab.Create();

        var made = lab.Run("1..20 | New-CalicoEndpoint -Name { \"${p}web$_\" } -IPAddress { \"10.65.0.$_\" } -HostNetNamespace $h").Output;

        Assert.Equal(Enumerable.Range(1, 20).Select(i => $"{lab.Prefix}web{i}"), made.Texts("Name"));
        Assert.Equal(20, lab.EndpointLinks().Count);
        Assert.Equal(
            Enumerable.Range(1, 20).Select(i => $"10.65.0.{i}").Order(StringComparer.Ordinal),
            Ip.In(lab.HostName).Routes(4).Where(route => route.Device!.StartsWith("cali", StringComparison.Ordinal)).Select(route => route.Destination).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Names_alone_in_a_pipeline_become_endpoints()
    {
        using var lab = Lab.Create();

        var made = lab.Run("\"${p}a\", \"${p}b\" | New-CalicoEndpoint -IPAddress { \"10.65.0.$([int]$_[-1])\" } -HostNetNamespace $h").Output;

        Assert.Equal([$"{lab.Prefix}a 10.65.0.97", $"{lab.Prefix}b 10.65.0.98"], made.Select(endpoint => $"{endpoint.Text("Name")} {endpoint.Text("IPAddress")}"));
        Assert.Equal("InputObjectNotBound,CalicoNet.Commands.NewCalicoEndpointCommand", lab.Fails("7 | New-CalicoEndpoint -IPAddress 10.65.0.7 -HostNetNamespace $h").FullyQualifiedErrorId);
    }

    [Fact]
    public void Every_parameter_binds_by_property_name()
    {
        using var lab = Lab.Create();

        var made = Assert.Single(lab.Run("""
            [pscustomobject]@{
                Name = "${p}web"; WorkloadNamespace = 'shop'; IPAddress = '10.65.0.2; 10.65.0.3'; NetNamespace = "${p}ns"; HostNetNamespace = $h
                InterfaceAlias = 'net1'; MtuSize = '1380'; MacAddress = '02-00-00-00-00-07'; NatOutgoing = 'Disabled'; StaticNeighbor = 'Enabled'; Gateway = '169.254.7.7'
            } | New-CalicoEndpoint
            """).Output);

        Assert.Equal("shop", made.Text("WorkloadNamespace"));
        Assert.Equal("10.65.0.2, 10.65.0.3", made.Text("IPAddress"));
        Assert.Equal(1380, made.Get("MtuSize"));
        Assert.Equal("02:00:00:00:00:07", made.Text("MacAddress"));
        Assert.Equal("Disabled", made.Text("NatOutgoing"));
        Assert.Equal("Enabled", made.Text("StaticNeighbor"));
        Assert.Equal("169.254.7.7", made.Text("Gateway"));
        var workload = Ip.In(lab.Prefix + "ns");
        Assert.Equal(1380, workload.Link("net1")!.Mtu);
        Assert.Contains(workload.Neighbors(), neighbor => neighbor is { Address: "169.254.7.7", State: "PERMANENT", Mac: "ee:ee:ee:ee:ee:ee" });
        Assert.Empty(lab.NatAddresses());
        Assert.NotNull(Ip.In(lab.HostName).Link(Lab.LinkOf(lab.Prefix + "web", "shop")));
    }

    [Fact]
    public void An_endpoint_that_was_read_is_enough_to_make_it_again()
    {
        using var lab = Lab.Create();
        lab.Run("New-CalicoEndpoint \"${p}web\" 10.65.0.2 -HostNetNamespace $h -MtuSize 1400 -NatOutgoing Disabled");

        var again = Assert.Single(lab.Run("""
            $old = Get-CalicoEndpoint "${p}web" -HostNetNamespace $h
            $old | Remove-CalicoEndpoint
            $old | New-CalicoEndpoint
            """).Output);

        Assert.Equal("10.65.0.2", again.Text("IPAddress"));
        Assert.Equal(1400, again.Get("MtuSize"));
        Assert.Equal("Disabled", again.Text("NatOutgoing"));
        Assert.Equal(lab.HostName, again.Text("HostNetNamespace"));
    }

    [Fact]
    public void A_namespace_that_exists_is_used_and_stays_when_its_endpoint_goes()
    {
        using var lab = Lab.Create();
        var name = lab.Sandbox.AddNamespace("theirs");

        lab.Run("""
            param($name)
            New-CalicoEndpoint "${p}web" 10.65.0.2 -HostNetNamespace $h -NetNamespace $name
            Remove-CalicoEndpoint "${p}web" -HostNetNamespace $h
            """, name);

        Assert.True(Netns.Exists(name));
        Assert.Null(Ip.In(name).Link("eth0"));
    }

    [Theory]
    [InlineData("New-CalicoEndpoint ''  10.65.0.9 -HostNetNamespace $h", "empty")]
    [InlineData("New-CalicoEndpoint '../../etc' 10.65.0.9 -HostNetNamespace $h", "../../etc")]
    [InlineData("New-CalicoEndpoint '.' 10.65.0.9 -HostNetNamespace $h", "'.'")]
    [InlineData("New-CalicoEndpoint \"${p}a b\" 10.65.0.9 -HostNetNamespace $h", "letters, digits")]
    [InlineData("New-CalicoEndpoint \"${p}$('x' * 128)\" 10.65.0.9 -HostNetNamespace $h", "128")]
    [InlineData("New-CalicoEndpoint \"${p}a\" 10.65.0.9 -WorkloadNamespace 'a/b' -HostNetNamespace $h", "a/b")]
    [InlineData("New-CalicoEndpoint \"${p}a\" 10.65.0.9 -InterfaceAlias 'sixteen-letters-' -HostNetNamespace $h", "15")]
    [InlineData("New-CalicoEndpoint \"${p}a\" 10.65.0.9 -InterfaceAlias 'a/b' -HostNetNamespace $h", "a/b")]
    [InlineData("New-CalicoEndpoint \"${p}a\" 127.0.0.1 -HostNetNamespace $h", "127.0.0.1")]
    [InlineData("New-CalicoEndpoint \"${p}a\" 224.0.0.1 -HostNetNamespace $h", "224.0.0.1")]
    [InlineData("New-CalicoEndpoint \"${p}a\" 0.0.0.0 -HostNetNamespace $h", "0.0.0.0")]
    [InlineData("New-CalicoEndpoint \"${p}a\" fe80::1 -HostNetNamespace $h", "fe80::1")]
    [InlineData("New-CalicoEndpoint \"${p}a\" 255.255.255.255 -HostNetNamespace $h", "broadcast")]
    [InlineData("New-CalicoEndpoint \"${p}a\" ::ffff:10.65.0.9 -HostNetNamespace $h", "Give '10.65.0.9'")]
    [InlineData("New-CalicoEndpoint \"${p}a\" 10.65.0.9, 2001:db8::9 -MtuSize 1279 -HostNetNamespace $h", "1280")]
    [InlineData("New-CalicoEndpoint \"${p}a\" 10.65.0.9 -Gateway 2001:db8::1 -HostNetNamespace $h", "2001:db8::1")]
    [InlineData("New-CalicoEndpoint \"${p}a\" 10.65.0.9 -Gateway 0.0.0.0 -HostNetNamespace $h", "unspecified")]
    [InlineData("New-CalicoEndpoint \"${p}a\" 10.65.0.9 -Gateway 10.65.0.9 -HostNetNamespace $h", "own address")]
    [InlineData("New-CalicoEndpoint \"${p}a\" 10.65.0.9 -NetNamespace $h -HostNetNamespace $h", "host's own network namespace")]
    public void What_is_no_name_and_no_workloads_address_is_an_invalid_argument(string script, string says)
    {
        using var lab = Lab.Create();

        var error = lab.Fails(script);

        Assert.Equal("InvalidArgument,CalicoNet.Commands.NewCalicoEndpointCommand", error.FullyQualifiedErrorId);
        Assert.Contains(says, error.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
        lab.AssertNoEndpoints();
    }

    [Theory]
    [InlineData("New-CalicoEndpoint \"${p}a\" 10.2.0.300 -HostNetNamespace $h", "10.2.0.300")]
    [InlineData("New-CalicoEndpoint \"${p}a\" 10.2.0.1/33 -HostNetNamespace $h", "10.2.0.1/33")]
    [InlineData("New-CalicoEndpoint \"${p}a\" 'fe80::1%eth0' -HostNetNamespace $h", "fe80::1%eth0")]
    [InlineData("New-CalicoEndpoint \"${p}a\" 10.65.0.9 -MacAddress 02:00 -HostNetNamespace $h", "02:00")]
    [InlineData("New-CalicoEndpoint \"${p}a\" 10.65.0.9 -NatOutgoing Perhaps -HostNetNamespace $h", "Perhaps")]
    [InlineData("New-CalicoEndpoint \"${p}a\" 10.65.0.9 -MtuSize 10 -HostNetNamespace $h", "10")]
    public void What_is_no_address_no_mac_and_no_mtu_does_not_bind_and_the_value_is_named(string script, string says)
    {
        using var lab = Lab.Create();

        var error = lab.Fails(script);

        Assert.Contains("NewCalicoEndpointCommand", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(says, error.ToString(), StringComparison.Ordinal);
        lab.AssertNoEndpoints();
    }

    [Fact]
    public void An_endpoint_that_exists_is_an_error_and_stays_as_it_is()
    {
        using var lab = Lab.Create();
        lab.Run("New-CalicoEndpoint \"${p}web\" 10.65.0.2 -HostNetNamespace $h");
        var before = KernelState.Of(lab.HostName);

        var error = lab.Fails("New-CalicoEndpoint \"${p}web\" 10.65.0.3 -HostNetNamespace $h");

        Assert.Equal("ResourceExists,CalicoNet.Commands.NewCalicoEndpointCommand", error.FullyQualifiedErrorId);
        Assert.Equal(System.Management.Automation.ErrorCategory.ResourceExists, error.CategoryInfo.Category);
        Assert.Contains(lab.Prefix + "web", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, KernelState.Of(lab.HostName));
    }

    [Fact]
    public void An_address_that_is_in_use_names_who_uses_it_and_nothing_is_left_behind()
    {
        using var lab = Lab.Create();
        lab.Run("New-CalicoEndpoint \"${p}web\" 10.65.0.2 -HostNetNamespace $h");

        var error = lab.Fails("New-CalicoEndpoint \"${p}other\" 10.65.0.2 -HostNetNamespace $h");

        Assert.Equal("ResourceExists,CalicoNet.Commands.NewCalicoEndpointCommand", error.FullyQualifiedErrorId);
        Assert.Contains(lab.Prefix + "web", error.ToString(), StringComparison.Ordinal);
        Assert.Equal([lab.Prefix + "web"], lab.Workloads());
        Assert.Equal("Ready", Assert.Single(lab.Run("Get-CalicoEndpoint -HostNetNamespace $h").Output).Text("Status"));
        Assert.Equal(["10.65.0.2"], lab.NatAddresses());
    }

    [Fact]
    public void A_foreign_interface_of_its_name_is_not_ours()
    {
        using var lab = Lab.Create();
        var link = Lab.LinkOf(lab.Prefix + "web");
        Ip.In(lab.HostName).Run($"link add {link} mtu 1300 type veth peer name theirs");

        var error = lab.Fails("New-CalicoEndpoint \"${p}web\" 10.65.0.2 -HostNetNamespace $h");

        Assert.Equal("NotOurs,CalicoNet.Commands.NewCalicoEndpointCommand", error.FullyQualifiedErrorId);
        Assert.Contains(link, error.ToString(), StringComparison.Ordinal);
        Assert.Equal(1300, Ip.In(lab.HostName).Link(link)!.Mtu);
        Assert.Empty(lab.Workloads());
    }

    [Fact]
    public void A_host_namespace_that_does_not_exist_is_not_found()
    {
        using var lab = Lab.Create();

        var error = lab.Fails("New-CalicoEndpoint \"${p}web\" 10.65.0.2 -HostNetNamespace \"${p}nowhere\"");

        Assert.Equal("ObjectNotFound,CalicoNet.Commands.NewCalicoEndpointCommand", error.FullyQualifiedErrorId);
        Assert.Contains(lab.Prefix + "nowhere", error.ToString(), StringComparison.Ordinal);
        lab.AssertNoEndpoints();
    }

    [Fact]
    public void One_bad_item_of_many_does_not_keep_the_others_from_being_made()
    {
        using var lab = Lab.Create();

        var result = lab.Host.Run("'web1', 'bad name', 'web3' | New-CalicoEndpoint -Name { $p + $_ } -IPAddress { if ($_ -eq 'web1') { '10.65.0.1' } else { '10.65.0.3' } } -HostNetNamespace $h");

        Assert.Equal([lab.Prefix + "web1", lab.Prefix + "web3"], result.Output.Texts("Name"));
        Assert.StartsWith("InvalidArgument", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(result.WasEnded);
        Assert.Equal(2, lab.EndpointLinks().Count);
    }

    [Fact]
    public void Force_makes_an_endpoint_of_which_there_is_only_the_record()
    {
        using var lab = Lab.Create();
        lab.Run("New-CalicoEndpoint \"${p}web\" 10.65.0.2 -HostNetNamespace $h");
        Ip.In(lab.HostName).Run($"link del dev {Lab.LinkOf(lab.Prefix + "web")}");
        Assert.Equal("Missing", Assert.Single(lab.Run("Get-CalicoEndpoint -HostNetNamespace $h").Output).Text("Status"));

        Assert.Equal("Ready", Assert.Single(lab.Run("New-CalicoEndpoint \"${p}web\" 10.65.0.2 -HostNetNamespace $h -Force").Output).Text("Status"));
    }

    [Fact]
    public void Force_takes_an_equal_endpoint_and_makes_nothing()
    {
        using var lab = Lab.Create();
        lab.Run("New-CalicoEndpoint \"${p}web\" 10.65.0.2, 2001:db8:65::2 -HostNetNamespace $h");
        var before = KernelState.Of(lab.HostName);

        var taken = Assert.Single(lab.Run("New-CalicoEndpoint \"${p}web\" 2001:db8:65::2, 10.65.0.2 -HostNetNamespace $h -Force").Output);

        Assert.Equal("Ready", taken.Text("Status"));
        Assert.Equal(lab.Prefix + "web", taken.Text("Name"));
        Assert.Equal(before, KernelState.Of(lab.HostName));
    }

    [Theory]
    [InlineData("10.65.0.3", "its addresses are 10.65.0.2")]
    [InlineData("10.65.0.2 -MtuSize 1400", "MTU")]
    [InlineData("10.65.0.2 -NatOutgoing Disabled", "outgoing NAT")]
    [InlineData("10.65.0.2 -InterfaceAlias net1", "interface")]
    [InlineData("10.65.0.2 -Gateway 169.254.9.9", "gateway")]
    [InlineData("10.65.0.2 -MacAddress 02:00:00:00:00:99", "MAC")]
    [InlineData("10.65.0.2 -StaticNeighbor Enabled", "static neighbor")]
    public void Force_does_not_take_a_different_endpoint_and_says_what_differs(string arguments, string says)
    {
        using var lab = Lab.Create();
        lab.Run("New-CalicoEndpoint \"${p}web\" 10.65.0.2 -HostNetNamespace $h");
        var before = KernelState.Of(lab.HostName);

        var error = lab.Fails($"New-CalicoEndpoint \"${{p}}web\" {arguments} -HostNetNamespace $h -Force");

        Assert.Equal("ResourceExists,CalicoNet.Commands.NewCalicoEndpointCommand", error.FullyQualifiedErrorId);
        Assert.Contains(says, error.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, KernelState.Of(lab.HostName));
    }

    [Fact]
    public void Nothing_outside_the_hosts_namespace_and_the_workloads_is_changed()
    {
        using var lab = Lab.Create();
        var (machine, outside) = (KernelState.OfMachine(), KernelState.Of(lab.Sandbox.OutsideName));

        lab.Run("1..5 | New-CalicoEndpoint -Name { \"${p}web$_\" } -IPAddress { \"10.65.0.$_\" } -HostNetNamespace $h");
        Assert.Equal(machine, KernelState.OfMachine());
        lab.Run("Get-CalicoEndpoint -HostNetNamespace $h | Remove-CalicoEndpoint");

        Assert.Equal(machine, KernelState.OfMachine());
        Assert.Equal(outside, KernelState.Of(lab.Sandbox.OutsideName));
        lab.AssertNoEndpoints();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(40)]
    [InlineData(120)]
    public void Stopping_in_the_middle_of_many_leaves_whole_endpoints_only(int after)
    {
        using var lab = Lab.Create();
        using var other = lab.Beside();

        var stopper = new Thread(() =>
        {
            SpinWait.SpinUntil(() => Netns.Exists($"{lab.Prefix}web{after}"), Exec.Timeout);
            _ = lab.Host.StopAsync();
        });
        stopper.Start();
        var result = lab.Host.Run("1..300 | New-CalicoEndpoint -Name { \"${p}web$_\" } -IPAddress { \"10.65.$([int][math]::Floor($_ / 250)).$($_ % 250 + 1)\" } -HostNetNamespace $h");
        stopper.Join();

        var left = other.Run("Get-CalicoEndpoint -HostNetNamespace $h").Output;
        Assert.InRange(left.Count, after - 1, 299);
        Assert.True(result.WasEnded);
        Assert.All(left, endpoint => Assert.Equal("Ready", endpoint.Text("Status")));
        Assert.Equal(left.Texts("Name").Order(StringComparer.Ordinal), lab.Workloads().Order(StringComparer.Ordinal));
        Assert.Equal(left.Texts("HostInterfaceAlias").Order(StringComparer.Ordinal), lab.EndpointLinks().Select(link => link.Name).Order(StringComparer.Ordinal));
        Assert.Equal(left.Texts("IPAddress").Order(StringComparer.Ordinal), lab.NatAddresses());
    }

    [Fact]
    public void A_host_without_default_route_is_warned_about_once_because_it_answers_no_ARP()
    {
        using var lab = Lab.Create();
        Ip.In(lab.HostName).Run("route del default");

        Assert.Contains("169.254.1.1", Assert.Single(lab.Run("1..3 | New-CalicoEndpoint -Name { \"${p}web$_\" } -IPAddress { \"10.65.0.$_\" } -HostNetNamespace $h").Warnings), StringComparison.Ordinal);
        Assert.Empty(lab.Run("$null = New-CalicoEndpoint \"${p}static\" 10.65.0.9 -StaticNeighbor Enabled -HostNetNamespace $h; $null = New-CalicoEndpoint \"${p}six\" fd00:65::9 -HostNetNamespace $h").Warnings);
        Ip.In(lab.HostName).Run($"route add default via {CalicoNet.Testing.Sandbox.Gateway}");
        Assert.Empty(lab.Run("$null = New-CalicoEndpoint \"${p}last\" 10.65.0.10 -HostNetNamespace $h").Warnings);
    }
}

using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Commands;

public class HostRouteTests : CommandTest
{
    private RouteRow? Row(string destination) => HostIp.Routes().SingleOrDefault(route => route.Destination == destination);

    [Fact]
    public void Add_routes_each_address_of_a_pair_onto_its_host_end()
    {
        AddPair("10.2.0.1, 2001:db8:2::1");

        var added = Run("$pair | Add-HostRoute").Output;

        Assert.Equal(["10.2.0.1/32", "2001:db8:2::1/128"], added.Select(route => route.Text("DestinationPrefix")));
        Assert.Equal(("v-cali-peer", "link", null), (Row("10.2.0.1")!.Device, Row("10.2.0.1")!.Scope, Row("10.2.0.1")!.Gateway));
        Assert.Equal("v-cali-peer", Row("2001:db8:2::1")!.Device);
        Assert.Equal("1024", added[1].Text("RouteMetric"));
    }

    [Fact]
    public void Add_says_what_differs_and_Force_takes_an_equal_one()
    {
        AddPair();
        Run("$pair | Add-HostRoute");

        Fails("$pair | Add-HostRoute", "ResourceExists");
        Assert.Single(Run("$pair | Add-HostRoute -Force").Output);
        var error = Assert.Single(Fails("Add-HostRoute 10.2.0.1 -InterfaceAlias up0 -NetNamespace $h -Force", "ResourceExists").Errors);
        Assert.Contains("v-cali-peer", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Add_without_address_says_NoAddress()
    {
        Run("$pair = New-VethPair $w -HostNetNamespace $h");
        Fails("$pair | Add-HostRoute", "NoAddress");
    }

    [Fact]
    public void Add_with_host_bits_names_the_network_that_may_be_meant()
    {
        var error = Assert.Single(Fails("Add-HostRoute 10.7.0.1/16 -InterfaceAlias up0 -NetNamespace $h", "InvalidArgument").Errors);
        Assert.Contains("10.7.0.0/16", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Get_shows_what_ip_shows()
    {
        HostIp.RunBatch(
            "route add 10.7.0.0/16 via 192.0.2.254 metric 50", "route add blackhole 10.8.0.0/16", "route add 10.9.0.0/16 dev up0 table 1000", "route add 10.10.0.1 dev up0 src 192.0.2.1");

        var found = Run("Get-HostRoute -NetNamespace $h -AddressFamily IPv4").Output;

        Assert.Equal(
            HostIp.Routes(4).Select(r => (Length(r.Destination), r.Gateway ?? "0.0.0.0", r.Device ?? "", $"{r.Metric ?? 0}", r.PreferredSource ?? "")).Order(),
            found.Select(r => (r.Text("DestinationPrefix"), r.Text("NextHop"), r.Text("InterfaceAlias"), r.Text("RouteMetric"), r.Text("PreferredSource"))).Order());
        Assert.Equal("Blackhole", One("Get-HostRoute 10.8.0.0/16 -NetNamespace $h").Text("RouteType"));
        Assert.Equal("1000", One("Get-HostRoute -NetNamespace $h -Table 1000").Text("Table"));
        Assert.Contains(Run("Get-HostRoute -NetNamespace $h -Table all").Output, r => r.Text("DestinationPrefix") == "10.9.0.0/16");
        Assert.All(Run("Get-HostRoute -NetNamespace $h -Table local").Output, r => Assert.Equal("local", r.Text("Table")));
    }

    [Fact]
    public void Get_filters_by_interface_and_destination_and_by_pair()
    {
        AddPair();
        Run("$pair | Add-HostRoute");

        Assert.Equal("10.2.0.1/32", One("Get-HostRoute -InterfaceAlias v-* -AddressFamily IPv4 -NetNamespace $h").Text("DestinationPrefix"));
        Assert.Equal("10.2.0.1/32", One("$pair | Get-HostRoute -AddressFamily IPv4").Text("DestinationPrefix"));
        Assert.Equal("up0", One("Get-HostRoute 0.0.0.0/0 -NetNamespace $h").Text("InterfaceAlias"));
        Assert.Equal("2001:db8::fe", One("Get-HostInterface up0 -NetNamespace $h | Get-HostRoute ::/0").Text("NextHop"));
        Fails("Get-HostRoute 10.99.0.0/16 -NetNamespace $h", "ObjectNotFound");
        Fails("Get-HostRoute -InterfaceAlias nosuch -NetNamespace $h", "ObjectNotFound");
        Assert.Empty(Run("Get-HostRoute -InterfaceAlias nosuch* -NetNamespace $h; Get-HostRoute -InterfaceAlias lo -NetNamespace $h -AddressFamily IPv4").Output);
        Fails("Get-HostRoute -NetNamespace $h -Table nosuch", "InvalidArgument");
    }

    [Fact]
    public void Remove_by_pair_removes_the_routes_of_its_addresses_and_no_other()
    {
        AddPair("10.2.0.1, 2001:db8:2::1");
        Run("$pair | Add-HostRoute; Add-HostRoute 10.3.0.0/16 -InterfaceAlias v-cali-peer -NetNamespace $h");

        Assert.Empty(Run("$pair | Remove-HostRoute").Output);

        Assert.Equal("10.3.0.0/16", Assert.Single(HostIp.Routes(4), r => r.Device == "v-cali-peer").Destination);
        Fails("$pair | Remove-HostRoute", "ObjectNotFound", "ObjectNotFound");
    }

    [Theory]
    [InlineData("10.7.0.0/16 via 192.0.2.254 metric 50 proto static")]
    [InlineData("10.7.0.0/16 dev up0 proto 80")]
    [InlineData("10.7.0.0/16 dev up0 table 1000")]
    [InlineData("blackhole 10.7.0.0/16")]
    [InlineData("unreachable 10.7.0.0/16 metric 5")]
    [InlineData("10.7.0.0/16 nexthop via 192.0.2.254 nexthop via 192.0.2.253")]
    [InlineData("2001:db8:7::/48 via 2001:db8::fe metric 50")]
    [InlineData("blackhole 2001:db8:7::/48")]
    public void Remove_takes_whatever_Get_gives(string route)
    {
        HostIp.Run($"route add {route}");
        var destination = route.Contains("2001", StringComparison.Ordinal) ? "2001:db8:7::/48" : "10.7.0.0/16";

        Run($"Get-HostRoute {destination} -NetNamespace $h -Table all | Remove-HostRoute");

        Fails($"Get-HostRoute {destination} -NetNamespace $h -Table all", "ObjectNotFound");
    }

    [Fact]
    public void Remove_removes_the_very_route_that_an_object_shows()
    {
        HostIp.RunBatch("route add 10.7.0.0/16 dev up0 metric 50", "route add 10.7.0.0/16 dev up0 metric 60");
        Run("Get-HostRoute 10.7.0.0/16 -NetNamespace $h | Where-Object RouteMetric -eq 60 | Remove-HostRoute");
        Assert.Equal(50, Row("10.7.0.0/16")!.Metric);
    }

    [Fact]
    public void Remove_by_parameters_removes_what_fits()
    {
        HostIp.RunBatch("route add 10.7.0.0/16 dev up0 metric 50", "route add 10.7.0.0/16 via 192.0.2.254 metric 60", "route add 10.7.0.0/16 via 192.0.2.253 metric 70");

        Run("Remove-HostRoute 10.7.0.0/16 -NextHop 192.0.2.254 -NetNamespace $h");
        Assert.Equal([50, 70], HostIp.Routes(4).Where(r => r.Destination == "10.7.0.0/16").Select(r => r.Metric!.Value).Order());
        Run("Remove-HostRoute 10.7.0.0/16 -NextHop 0.0.0.0 -NetNamespace $h");
        Assert.Equal(70, Row("10.7.0.0/16")!.Metric);
        Fails("Remove-HostRoute 10.7.0.0/16 -RouteMetric 71 -NetNamespace $h", "ObjectNotFound");
        Run("Remove-HostRoute 10.7.0.0/16 -InterfaceAlias up0 -NetNamespace $h");
        Fails("Remove-HostRoute 10.7.0.0/16, 10.6.0.0/16 -NetNamespace $h", "ObjectNotFound", "ObjectNotFound");
    }

    [Fact]
    public void Find_asks_the_kernel_which_way_packets_go()
    {
        AddPair();
        Run("$pair | Add-HostRoute");

        var found = Run($"'{Sandbox.OutsideAddress}', '10.2.0.1', '{Sandbox.OutsideAddressV6}' | Find-HostRoute -NetNamespace $h").Output;

        Assert.Equal([(Sandbox.Gateway, "up0", Sandbox.HostAddress), ("0.0.0.0", "v-cali-peer", Sandbox.HostAddress), (Sandbox.GatewayV6, "up0", Sandbox.HostAddressV6)],
            found.Select(r => (r.Text("NextHop"), r.Text("InterfaceAlias"), r.Text("PreferredSource"))));
        Assert.Equal("Local", One($"Find-HostRoute {Sandbox.HostAddress} -NetNamespace $h").Text("RouteType"));
    }

    [Fact]
    public void Find_says_of_each_address_to_which_no_way_leads_that_it_is_unreachable()
    {
        HostIp.RunBatch("route add blackhole 10.8.0.0/16", "route add prohibit 10.9.0.0/16", "route add unreachable 10.10.0.0/16", "route add blackhole 2001:db8:8000::/48");

        var result = Fails(
            "'10.8.0.1', '10.9.0.1', '10.10.0.1', '2001:db8:8000::1', '192.0.2.1' | Find-HostRoute -NetNamespace $h; Find-HostRoute 203.0.113.1, 2001:db8::1 -NetNamespace $w",
            [.. Enumerable.Repeat("NetworkUnreachable", 6)]);

        Assert.Single(result.Output);
        Assert.Contains("blackhole", result.Errors[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Find_goes_on_after_a_text_that_is_no_address()
        => Assert.Single(Fails($"'zz', '{Sandbox.OutsideAddress}' | Find-HostRoute -NetNamespace $h", "ParameterArgumentTransformationError").Output);

    private static string Length(string destination)
        => destination == "default" ? "0.0.0.0/0" : destination.Contains('/', StringComparison.Ordinal) ? destination : destination + "/32";
}

using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Commands;

public sealed class LinkLocalGatewayTests : CommandTest
{
    private IEnumerable<string> Routes(int family = 4) => WorkloadIp.Routes(family).Where(route => route.Protocol != "kernel").Select(route => $"{route.Destination} via {route.Gateway ?? "-"} {route.Scope}");

    [Fact]
    public void Set_makes_it_the_way_out_of_the_workload()
    {
        AddPair();

        var gateway = One("$pair | Set-LinkLocalGateway");

        Assert.Equal(["default via 169.254.1.1 global", "169.254.1.1 via - link"], Routes());
        Assert.Equal(("169.254.1.1", "", "v-cali", "Disabled"), (gateway.Text("Gateway"), gateway.Text("IPv6Gateway"), gateway.Text("InterfaceAlias"), gateway.Text("StaticNeighbor")));
        Assert.DoesNotContain(WorkloadIp.Neighbors(), neighbor => neighbor.State == "PERMANENT");
    }

    [Fact]
    public void Set_leads_IPv6_through_the_host_ends_link_local_address()
    {
        AddPair("10.2.0.1, 2001:db8:2::1");

        var gateway = One("$pair | Set-LinkLocalGateway -StaticNeighbor");

        var address = HostIp.Addresses().Single(address => address.Device == "v-cali-peer" && address.Scope == "link").Address;
        Assert.Equal([$"default via {address} global"], Routes(6));
        Assert.Equal((address, "Enabled"), (gateway.Text("IPv6Gateway"), gateway.Text("StaticNeighbor")));
        var mac = HostIp.Link("v-cali-peer")!.Mac;
        Assert.Equal(
            [$"169.254.1.1 {mac}", $"{address} {mac}"],
            WorkloadIp.Neighbors().Where(neighbor => neighbor.State == "PERMANENT").Select(neighbor => $"{neighbor.Address} {neighbor.Mac}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Set_takes_another_gateway_and_the_old_way_out_goes()
    {
        AddPair();
        Run("$null = $pair | Set-LinkLocalGateway");

        Assert.Equal("169.254.7.7", One("$pair | Set-LinkLocalGateway -Gateway 169.254.7.7").Text("Gateway"));

        Assert.Equal(["default via 169.254.7.7 global", "169.254.7.7 via - link"], Routes());
    }

    [Theory]
    [InlineData("10.2.0.254")]
    [InlineData("0.0.0.0")]   // the kernel would make a default route without any gateway of it
    public void Set_refuses_what_is_not_link_local_and_changes_nothing(string gateway)
    {
        AddPair();
        var before = KernelState.Of(Workload);

        var refused = Assert.Single(Fails($"$pair | Set-LinkLocalGateway -Gateway {gateway}", "InvalidArgument").Errors);

        Assert.Contains($"'{gateway}'", refused.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, KernelState.Of(Workload));
    }

    [Fact]
    public void A_second_run_changes_nothing_and_is_no_error()
    {
        AddPair("10.2.0.1, 2001:db8:2::1");
        Run("$null = $pair | Set-LinkLocalGateway -StaticNeighbor");
        var before = KernelState.Of(Workload);

        Assert.Empty(Module.Run("$pair | Set-LinkLocalGateway -StaticNeighbor -WhatIf").PreviewLines());
        Run("$null = $pair | Set-LinkLocalGateway -StaticNeighbor");

        Assert.Equal(before, KernelState.Of(Workload));
    }

    [Fact]
    public void A_refused_step_leaves_the_old_way_out()
    {
        AddPair("10.2.0.1/24");
        WorkloadIp.Run("route add default via 10.2.0.254");
        // A route of that very destination elsewhere: the new one to the gateway is refused after the old default route has gone.
        // Without link-local addresses, which the kernel would give them when it comes to it.
        WorkloadIp.RunBatch(
            "link add other type veth peer name other1", "link set other1 addrgenmode none", "link set other addrgenmode none", "link set other1 up", "link set other up",
            "route add 169.254.1.1 dev other scope link");
        var before = KernelState.Of(Workload);

        Fails("$pair | Set-LinkLocalGateway", "ResourceExists");

        Assert.Equal(before, KernelState.Of(Workload));
    }

    [Fact]
    public void Get_finds_it_by_namespace_and_by_pair()
    {
        AddPair();
        Assert.Empty(Run("Get-LinkLocalGateway $w; $pair | Get-LinkLocalGateway").Output);
        WorkloadIp.RunBatch("route add 169.254.1.1 dev v-cali scope link", "route add default via 169.254.1.1 dev v-cali");

        Assert.Equal("169.254.1.1", One("Get-LinkLocalGateway $w").Text("Gateway"));
        Assert.Equal("169.254.1.1", One("Get-NetNamespace $w | Get-LinkLocalGateway").Text("Gateway"));
        Assert.Equal("v-cali-peer", One("$pair | Get-LinkLocalGateway | Get-VethPair").Text("HostInterfaceAlias"));
    }

    [Fact]
    public void Remove_takes_routes_and_neighbors_away_and_nothing_else()
    {
        AddPair("10.2.0.1, 2001:db8:2::1");
        WorkloadIp.RunBatch("route add 10.9.0.0/16 dev v-cali", "neigh add 10.9.0.1 lladdr ee:00:00:00:00:09 dev v-cali nud permanent");
        var before = KernelState.Of(Workload);
        Run("$null = $pair | Set-LinkLocalGateway -StaticNeighbor");

        Assert.Empty(Run("$pair | Get-LinkLocalGateway | Remove-LinkLocalGateway").Output);

        Assert.Equal(before, KernelState.Of(Workload));
        Fails("$pair | Remove-LinkLocalGateway", "ObjectNotFound");
    }

    [Theory]
    [InlineData("$pair | Set-LinkLocalGateway -Gateway 2001:db8::1", "InvalidArgument")]
    [InlineData("New-VethPair $w -HostNetNamespace $h -WhatIf | Set-LinkLocalGateway", "PlannedObject")]
    [InlineData("$pair | Remove-VethPair; $pair | Set-LinkLocalGateway", "StaleObject")]
    [InlineData("Get-LinkLocalGateway no-such-namespace", "ObjectNotFound")]
    public void What_cannot_be_is_an_error(string script, string id)
    {
        AddPair();
        Fails(script, id);
    }

    [Fact]
    public void A_gateway_that_is_no_address_is_refused_by_its_value()
    {
        AddPair();
        Assert.Contains("169.254.1.300", Assert.Single(Module.Run("$pair | Set-LinkLocalGateway -Gateway 169.254.1.300").Errors).ToString(), StringComparison.Ordinal);
    }
}

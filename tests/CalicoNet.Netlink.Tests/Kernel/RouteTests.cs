using System.Text.Json;
using CalicoNet.Testing;

namespace CalicoNet.Netlink.Tests.Kernel;

public sealed class RouteTests : KernelTest
{
    private static Route To(string destination, int index) => new(IPPrefix.Parse(destination), index);

    [Fact]
    public void Routes_are_added_as_they_are_written()
    {
        var index = Cable().Host.Index;
        Host.Addresses.Add(new InterfaceAddress(index, IPPrefix.Parse("10.65.0.1/32")));
        Host.Addresses.Add(new InterfaceAddress(index, IPPrefix.Parse("2001:db8:65::1/128")) { Flags = AddressFlags.NoDuplicateDetection });
        Route[] made =
        [
            To("10.65.0.2/32", index) with { Scope = RouteScope.Link },
            To("10.66.0.0/16", index) with { Scope = RouteScope.Link, Metric = 7, PreferredSource = IPAddr.Parse("10.65.0.1"), Protocol = RouteProtocol.Static },
            To("10.66.0.0/16", index) with { Scope = RouteScope.Link, Metric = 8 },
            To("10.67.0.0/16", index) with { Gateway = IPAddr.Parse("169.254.1.1"), OnLink = true },
            To("10.68.0.0/16", index) with { Gateway = IPAddr.Parse("10.65.0.2") },
            To("10.69.0.0/16", 0) with { Type = RouteType.Blackhole },
            To("10.70.0.0/16", 0) with { Type = RouteType.Unreachable, Table = 200 },
            To("10.71.0.0/16", 0) with { Type = RouteType.Prohibit, Table = 256 },
            To("10.72.0.0/16", 0) with { Type = RouteType.Throw, Table = 4_000_000_000 },
            To("0.0.0.0/0", index) with { Table = 70_000, Scope = RouteScope.Link },
            To("2001:db8:65::2/128", index) with { Metric = 1024 },
            To("2001:db8:66::/48", index) with { Gateway = IPAddr.Parse("fe80::2"), Metric = 5, Table = 70_000 },
            To("2001:db8:67::/48", index) with { Metric = 1024, PreferredSource = IPAddr.Parse("2001:db8:65::1") },
            To("::/0", index) with { Table = 300, Metric = 1024 },
        ];

        Assert.All(made, Host.Routes.Add);

        var theirs = made.Select(route => route.Table).Distinct().SelectMany(table => HostIp.Routes(table: table == Route.MainTable ? "main" : $"{table}"))
            .Where(row => row.Device != Sandbox.Uplink).Select(Describe).ToHashSet();
        Assert.All(made, route => Assert.Contains(Describe(route), theirs));
        Assert.All(made, route => Assert.Contains(route, Host.Routes.List(route.Family, route.Table)));
        Assert.Equal(made.Length, Host.Routes.List(table: 0).Intersect(made).Count());
        Assert.All(made, route => Assert.True(Host.Routes.Remove(route)));
        Assert.All(made, route => Assert.False(Host.Routes.Remove(route)));
        Assert.Empty(Host.Routes.List(table: 0).Intersect(made));
    }

    [Fact]
    public void Routes_of_iproute2_read_as_it_shows_them()
    {
        var index = Cable().Host.Index;
        HostIp.RunBatch(
            "address add 10.65.0.1/24 dev cali1", "address add 2001:db8:65::1/64 dev cali1 nodad", "route add 10.66.0.0/16 via 10.65.0.9 metric 100 proto static",
            "route add 10.67.0.0/16 via 169.254.1.1 dev cali1 onlink src 10.65.0.1", "route add blackhole 10.68.0.0/16", "route add prohibit 10.69.0.7", "route add throw 10.70.0.0/16 table 77",
            "route add 2001:db8:66::/48 via fe80::9 dev cali1 metric 3 proto 80", "route add unreachable 2001:db8:67::1", "route add 2001:db8:68::/48 dev cali1 table 100000 src 2001:db8:65::1");

        foreach (var (table, name) in new[] { (Route.MainTable, "main"), (Route.LocalTable, "local"), (77u, "77"), (100_000u, "100000") })
        {
            var theirs = HostIp.Routes(table: name);
            Assert.NotEmpty(theirs);
            Assert.Equal(theirs.Select(Describe).Order(), Host.Routes.List(table: table).Select(Describe).Order());
        }

        Assert.Equal(
            HostIp.Routes(4).Where(row => row.Device == "cali1").Select(Describe).Order(), Host.Routes.List(IPFamily.IPv4, interfaceIndex: index).Select(Describe).Order());
        Assert.Empty(Host.Routes.List(table: 4711));
        Assert.Empty(Host.Routes.List(interfaceIndex: 4711));
    }

    [Fact]
    public void A_route_with_several_next_hops_has_no_interface()
    {
        Cable();
        HostIp.RunBatch("address add 10.65.0.1/24 dev cali1", "route add 10.66.0.0/16 nexthop via 10.65.0.8 nexthop via 10.65.0.9");

        var route = Assert.Single(Host.Routes.List(IPFamily.IPv4), route => route.Destination.ToString() == "10.66.0.0/16");

        Assert.Equal((0, true), (route.InterfaceIndex, route.Gateway.IsNone));
    }

    [Fact]
    public void An_IPv4_route_may_lead_through_an_IPv6_gateway()
    {
        var index = Cable().Host.Index;
        var route = To("10.66.0.0/16", index) with { Gateway = IPAddr.Parse("fe80::9") };

        Host.Routes.Add(route);

        var shown = HostIp.Json("-4 route show 10.66.0.0/16")[0].GetProperty("via");
        Assert.Equal(("inet6", "fe80::9"), (shown.GetProperty("family").GetString(), shown.GetProperty("host").GetString()));
        Assert.Contains(route, Host.Routes.List(IPFamily.IPv4));
        Assert.True(Host.Routes.Remove(route));
    }

    [Fact]
    public void A_route_that_is_there_is_EEXIST_with_another_metric_it_is_another_route()
    {
        var index = Cable().Host.Index;
        var route = To("10.66.0.0/16", index) with { Scope = RouteScope.Link };
        Host.Routes.Add(route);

        var error = Assert.Throws<NetlinkException>(() => Host.Routes.Add(route));
        Assert.Equal(Errno.EEXIST, error.Errno);
        Assert.Contains($"add route 10.66.0.0/16 through interface {index}", error.Message, StringComparison.Ordinal);

        Host.Routes.Add(route with { Metric = 1 });
        Assert.True(Host.Routes.Remove(route with { Metric = 1 }));
        Assert.Contains(route, Host.Routes.List());
    }

    [Fact]
    public void A_gateway_that_cannot_be_reached_is_ENETUNREACH()
    {
        var index = Cable().Host.Index;

        Assert.Equal(Errno.ENETUNREACH, ErrnoOf(() => Host.Routes.Add(To("10.66.0.0/16", index) with { Gateway = IPAddr.Parse("169.254.1.1") })));
        Assert.Equal(Errno.EHOSTUNREACH, ErrnoOf(() => Host.Routes.Add(To("2001:db8:66::/48", index) with { Gateway = IPAddr.Parse("2001:db8:99::1") })));
    }

    [Theory]
    [InlineData(Sandbox.OutsideAddress)]
    [InlineData(Sandbox.Gateway)]
    [InlineData(Sandbox.HostAddress)]
    [InlineData("192.0.2.255")]
    [InlineData("127.0.0.1")]
    [InlineData(Sandbox.OutsideAddressV6)]
    [InlineData(Sandbox.HostAddressV6)]
    [InlineData("fe80::fe")]
    public void The_way_to_an_address_is_the_one_ip_finds(string address)
    {
        var found = Host.Routes.Find(IPAddr.Parse(address));

        var theirs = HostIp.Json($"route get {address}")[0];
        var links = Host.Links.List().ToDictionary(link => link.Index, link => link.Name);
        Assert.Equal(
            (address, Text("gateway") ?? "", Text("dev"), Text("prefsrc") ?? "", Text("type") ?? "unicast"),
            (found.Destination.Address.ToString(), found.Gateway.ToString(), links[found.InterfaceIndex], found.PreferredSource.ToString(), found.Type.ToString().ToLowerInvariant()));
        Assert.True(found.Destination.IsHost);

        string? Text(string name) => theirs.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
    }

    [Fact]
    public void Where_no_way_leads_is_ENETUNREACH()
    {
        Assert.Equal(Errno.ENETUNREACH, ErrnoOf(() => Other.Routes.Find(IPAddr.Parse("192.0.2.1"))));
        Assert.Equal(Errno.ENETUNREACH, ErrnoOf(() => Other.Routes.Find(IPAddr.Parse("2001:db8::1"))));
        HostIp.Run("route add unreachable 10.66.0.0/16");
        Assert.Equal(Errno.EHOSTUNREACH, ErrnoOf(() => Host.Routes.Find(IPAddr.Parse("10.66.0.1"))));
    }

    [Fact]
    public void A_namespace_without_IPv6_routes_lists_none()
    {
        Assert.Empty(Other.Routes.List());
        Assert.Empty(Other.Routes.List(table: 0));
    }

    private static string Describe(RouteRow row)
        => $"{row.Family} {row.Type} {row.Destination} via {row.Gateway} dev {row.Device} table {row.Table} proto {row.Protocol} scope {(row.Family == 6 ? "" : row.Scope)} metric {(row.Metric is 0 ? null : row.Metric)} src {row.PreferredSource} {row.IsOnLink}";

    private string Describe(Route route)
    {
        var destination = route.Destination.IsDefault ? "default" : route.Destination.IsHost ? route.Destination.Address.ToString() : route.Destination.ToString();
        var device = route.InterfaceIndex == 0 ? "" : Host.Links.Find(route.InterfaceIndex)!.Name;
        var table = route.Table switch { Route.MainTable => "main", Route.LocalTable => "local", _ => $"{route.Table}" };
        var protocol = route.Protocol == RouteProtocol.Felix ? "80" : route.Protocol.ToString().ToLowerInvariant();
        var scope = route.Family == IPFamily.IPv6 ? "" : route.Scope == RouteScope.Universe ? "global" : route.Scope.ToString().ToLowerInvariant();
        return $"{(route.Family == IPFamily.IPv4 ? 4 : 6)} {route.Type.ToString().ToLowerInvariant()} {destination} via {route.Gateway} dev {device} table {table} proto {protocol} scope {scope} metric {(route.Metric == 0 ? "" : route.Metric)} src {route.PreferredSource} {route.OnLink}";
    }
}

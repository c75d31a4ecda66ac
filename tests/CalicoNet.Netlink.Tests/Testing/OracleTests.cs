using CalicoNet.Testing;

namespace CalicoNet.Netlink.Tests.Testing;

public sealed class OracleTests : IDisposable
{
    private readonly Sandbox _sandbox = Sandbox.Create();

    private Ip Host => Ip.In(_sandbox.HostName);

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void Ip_reads_links()
    {
        Host.RunBatch(
            "link add cali1 group 211881984 address ee:ee:ee:ee:ee:ee mtu 1450 numtxqueues 1 type veth peer name eth0",
            "link set cali1 alias 'caliconet:default/web one'",
            "link set cali1 addrgenmode none");

        var link = Host.Link("cali1");

        Assert.NotNull(link);
        Assert.Equal(("ee:ee:ee:ee:ee:ee", 1450, "veth", "eth0"), (link.Mac, link.Mtu, link.Kind, link.PeerName));
        Assert.Equal((0x0ca11000u, "caliconet:default/web one", "none"), (link.Group, link.Alias, link.AddressGeneration));
        Assert.Equal((false, "DOWN", 1), (link.IsUp, link.State, link.TxQueues));
        Assert.NotNull(Host.Link(Sandbox.Uplink)!.PeerIndex);
        Assert.Null(Host.Link("nothing"));
    }

    [Fact]
    public void Ip_reads_addresses()
    {
        Host.Run("address add 10.65.0.1 peer 10.65.0.2/32 dev up0");

        Assert.Contains(Host.Addresses(), a => a is { Device: Sandbox.Uplink, Family: 4, Prefix: "192.0.2.1/24", Scope: "global", IsPermanent: true });
        Assert.Contains(Host.Addresses(), a => a is { Device: Sandbox.Uplink, Family: 6, Prefix: "2001:db8::1/64", IsTentative: false });
        Assert.Contains(Host.Addresses(), a => a is { Address: "10.65.0.1", Peer: "10.65.0.2", PrefixLength: 32 });
    }

    [Fact]
    public void Ip_reads_routes_of_a_family_and_a_table()
    {
        Host.RunBatch("route add 10.65.0.2 dev up0 scope link", "route add unreachable 10.66.0.0/16 table 77");

        Assert.Contains(Host.Routes(4), r => r is { Destination: "10.65.0.2", Device: Sandbox.Uplink, Scope: "link", Type: "unicast", Table: "main" });
        Assert.Contains(Host.Routes(6), r => r is { Destination: "default", Gateway: Sandbox.GatewayV6 });
        Assert.Equal(2, Host.Routes().Count(r => r.Destination == "default"));
        Assert.Equal(("10.66.0.0/16", "unreachable"), Host.Routes(4, "77").Select(r => (r.Destination, r.Type)).Single());
        Assert.Contains(Host.Routes(table: "local"), r => r is { Type: "local", Destination: Sandbox.HostAddressV6 });
    }

    [Fact]
    public void Ip_reads_neighbors_and_rules()
    {
        Host.RunBatch("neighbor add 10.65.0.2 lladdr 02:00:00:00:00:02 dev up0 nud permanent", "rule add from 10.65.0.0/16 table 77 priority 100");

        Assert.Contains(new NeighborRow("up0", "10.65.0.2", "02:00:00:00:00:02", "PERMANENT"), Host.Neighbors());
        Assert.Contains(Host.Rules(4), r => r is { Priority: 100, Source: "10.65.0.0", Table: "77" });
        Assert.Contains(Host.Rules(6), r => r is { Priority: 32766, Source: "all", Table: "main" });
    }

    [Fact]
    public void An_empty_namespace_reads_as_empty_lists()
    {
        var empty = Ip.In(_sandbox.AddNamespace("empty"));

        Assert.Equal("lo", Assert.Single(empty.Links()).Name);
        Assert.Empty(empty.Addresses());
        Assert.Empty(empty.Routes());
        Assert.Empty(empty.Routes(table: "77"));
        Assert.Empty(empty.Neighbors());
        Assert.Empty(Nft.In(_sandbox.HostName).Ruleset());
    }

    [Fact]
    public void A_namespace_is_given_by_its_name_or_by_its_path()
    {
        Assert.Equal(Host.Links(), Ip.In(_sandbox.HostPath).Links());
        Assert.Equal(Netns.CookieOf(_sandbox.HostName), Netns.CookieOf(_sandbox.HostPath));
    }

    [Fact]
    public void A_command_that_fails_shows_itself_and_what_it_said()
    {
        var error = Assert.Throws<ExecException>(() => Host.Run("link set nothing up"));

        Assert.Contains("ip link set nothing up", error.Message, StringComparison.Ordinal);
        Assert.Contains("Cannot find device \"nothing\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nft_reads_what_a_script_made()
    {
        var nft = Nft.In(_sandbox.HostName);
        nft.RunScript("""
            table inet caliconet {
              set pools { type ipv4_addr; flags interval; elements = { 10.65.0.0/16 } }
              chain postrouting { type nat hook postrouting priority srcnat; ip saddr @pools counter masquerade; }
            }
            """);

        Assert.Equal(["inet caliconet"], nft.Tables());
        Assert.Equal("pools", nft.Objects("set").Single().GetProperty("name").GetString());
        Assert.Equal("postrouting", nft.Objects("rule").Single().GetProperty("chain").GetString());
        Assert.Contains("masquerade", nft.Text(), StringComparison.Ordinal);

        nft.Run("delete table inet caliconet");
        Assert.Empty(nft.Tables());
        Assert.Throws<ExecException>(() => nft.Run("delete table inet caliconet"));
    }

    [Fact]
    public void Sysctl_reads_and_writes_inside_the_namespace_only()
    {
        Host.Run("link add eth0.100 type veth peer name other");
        var sysctl = Sysctl.In(_sandbox.HostName);

        sysctl.Write("net/ipv4/conf/eth0.100/proxy_arp", "1");

        Assert.Equal("1", sysctl.Read("net/ipv4/conf/eth0.100/proxy_arp"));
        Assert.Equal("0", sysctl.Read("net.ipv4.conf.up0.proxy_arp"));
        Assert.True(sysctl.Exists("net.ipv4.conf.up0.proxy_arp"));
        Assert.False(Sysctl.In(_sandbox.OutsideName).Exists("net.ipv4.conf.up0.proxy_arp"));
    }

    [Fact]
    public void A_namespace_that_is_not_there_is_said_by_name()
    {
        var name = _sandbox.NewName("nothing");

        Assert.Contains(name, Assert.ThrowsAny<Exception>(() => Sysctl.In(name).Read("net.ipv4.ip_forward")).Message, StringComparison.Ordinal);
        Assert.Contains(name, Assert.Throws<ExecException>(() => Ip.In(name).Links()).Message, StringComparison.Ordinal);
    }
}

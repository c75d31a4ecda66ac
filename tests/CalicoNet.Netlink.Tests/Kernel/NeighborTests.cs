using CalicoNet.Testing;

namespace CalicoNet.Netlink.Tests.Kernel;

public sealed class NeighborTests : KernelTest
{
    private static readonly LinkLayerAddress s_mac = LinkLayerAddress.ParseMac("02:00:00:00:00:09");

    [Theory]
    [InlineData("10.65.0.2")]
    [InlineData("2001:db8:65::2")]
    public void A_permanent_neighbor_is_added_replaced_and_removed(string address)
    {
        var neighbor = new NeighborEntry(Cable().Host.Index, IPAddr.Parse(address), s_mac, NeighborState.Permanent);

        Host.Neighbors.Add(neighbor);
        Assert.Contains(new NeighborRow("cali1", address, "02:00:00:00:00:09", "PERMANENT"), HostIp.Neighbors());
        Assert.Contains(neighbor, Host.Neighbors.List());
        Assert.Equal(Errno.EEXIST, ErrnoOf(() => Host.Neighbors.Add(neighbor)));

        Host.Neighbors.Replace(neighbor with { LinkLayerAddress = LinkLayerAddress.ParseMac("02:00:00:00:00:10") });
        Assert.Contains(new NeighborRow("cali1", address, "02:00:00:00:00:10", "PERMANENT"), HostIp.Neighbors());

        Assert.True(Host.Neighbors.Remove(neighbor));
        Assert.DoesNotContain(HostIp.Neighbors(), row => row.Address == address && row.State == "PERMANENT");
        Assert.False(Host.Neighbors.Remove(neighbor with { Address = IPAddr.Parse("10.65.0.77") }));
    }

    [Fact]
    public void A_neighbor_may_be_set_where_none_was()
    {
        var neighbor = new NeighborEntry(Cable().Host.Index, IPAddr.Parse("10.65.0.2"), s_mac, NeighborState.Permanent);

        Host.Neighbors.Replace(neighbor);

        Assert.Contains(neighbor, Host.Neighbors.List(IPFamily.IPv4));
    }

    [Fact]
    public void Neighbors_of_iproute2_read_as_it_shows_them()
    {
        var index = Cable().Host.Index;
        foreach (var (number, state) in new[] { (2, "permanent"), (3, "reachable"), (4, "stale"), (5, "noarp") })
            HostIp.RunBatch($"neighbor add 10.65.0.{number} lladdr 02:00:00:00:00:0{number} dev cali1 nud {state}", $"neighbor add 2001:db8:65::{number} lladdr 02:00:00:00:00:0{number} dev cali1 nud {state}");
        HostIp.RunBatch("neighbor add 10.65.0.6 dev cali1 nud failed", "neighbor add 10.65.0.7 dev up0 nud permanent lladdr 02:00:00:00:00:07", "neighbor add proxy 10.65.0.8 dev cali1");

        // Stale entries may be asked for again, and multicast ones are the kernel's own: only those made here are compared.
        var ours = Host.Neighbors.List(interfaceIndex: index).Where(IsMade).ToList();
        var all = HostIp.Json("neighbor show nud all dev cali1").EnumerateArray()
            .Select(row => $"{row.GetProperty("dst")} {(row.TryGetProperty("lladdr", out var mac) ? mac : "")} {row.GetProperty("state")[0]}")
            .Where(row => row.StartsWith("10.65.", StringComparison.Ordinal) || row.StartsWith("2001:db8:65:", StringComparison.Ordinal));
        Assert.Equal(all.Order(StringComparer.Ordinal), ours.Select(Describe).Order(StringComparer.Ordinal));
        Assert.Equal(9, ours.Count);
        Assert.Equal((NeighborState.Failed, true), ours.Where(neighbor => neighbor.Address.ToString() == "10.65.0.6").Select(neighbor => (neighbor.State, neighbor.LinkLayerAddress.IsNone)).Single());
        Assert.Equal(5, Host.Neighbors.List(IPFamily.IPv4, index).Count(IsMade));
        Assert.Equal(4, Host.Neighbors.List(IPFamily.IPv6, index).Count(IsMade));
        Assert.Equal(10, Host.Neighbors.List().Count(IsMade));
        Assert.DoesNotContain(Other.Neighbors.List(), IsMade);

        static string Describe(NeighborEntry neighbor) => $"{neighbor.Address} {neighbor.LinkLayerAddress} {neighbor.State.ToString().ToUpperInvariant()}";
        static bool IsMade(NeighborEntry neighbor) => IPPrefix.Parse("10.65.0.0/24").Contains(neighbor.Address) || IPPrefix.Parse("2001:db8:65::/64").Contains(neighbor.Address);
    }

    [Fact]
    public void A_neighbor_nobody_answers_for_becomes_FAILED_one_that_answers_REACHABLE()
    {
        Cable();
        HostIp.Run("address add 10.65.0.1/24 dev cali1");
        OtherIp.Run("address add 10.65.0.2/24 dev eth0");
        Sysctl.In(Sandbox.HostName).Write("net/ipv4/neigh/cali1/retrans_time_ms", "20");
        var options = new EchoOptions { Count = 1, Timeout = TimeSpan.FromSeconds(30) };

        Assert.Single(Host.Ping(IPAddr.Parse("10.65.0.2"), options, TestContext.Current.CancellationToken));
        Assert.Single(Host.Ping(IPAddr.Parse("10.65.0.3"), options, TestContext.Current.CancellationToken));

        var neighbors = Host.Neighbors.List(IPFamily.IPv4).ToDictionary(neighbor => neighbor.Address.ToString());
        Assert.Equal((NeighborState.Reachable, Other.Links.Find("eth0")!.Address), (neighbors["10.65.0.2"].State, neighbors["10.65.0.2"].LinkLayerAddress));
        Assert.Equal((NeighborState.Failed, true), (neighbors["10.65.0.3"].State, neighbors["10.65.0.3"].LinkLayerAddress.IsNone));
    }

    [Fact]
    public void Limits_are_the_machines_in_every_namespace()
    {
        var limits = Other.Neighbors.Limits().ToDictionary(limit => limit.Family);

        Assert.Equal([IPFamily.IPv4, IPFamily.IPv6], limits.Keys.Order());
        foreach (var (family, folder) in new[] { (IPFamily.IPv4, "ipv4"), (IPFamily.IPv6, "ipv6") })
        {
            var (one, two, three) = (limits[family].Threshold1, limits[family].Threshold2, limits[family].Threshold3);
            Assert.Equal([Proc(folder, 1), Proc(folder, 2), Proc(folder, 3)], [one, two, three]);
        }

        Assert.Equal(limits.Values.Select(limit => limit with { Entries = 0 }), Host.Neighbors.Limits().Select(limit => limit with { Entries = 0 }));

        static uint Proc(string folder, int number) => uint.Parse(File.ReadAllText($"/proc/sys/net/{folder}/neigh/default/gc_thresh{number}"), null);
    }

    [Fact]
    public void Parameters_are_each_interfaces_own()
    {
        var link = Cable().Host;
        Sysctl.In(Sandbox.HostName).Write($"net/ipv4/neigh/{link.Name}/proxy_delay", "70");

        var delays = Host.Neighbors.Parameters().ToDictionary(of => (of.Family, of.InterfaceIndex), of => of.ProxyDelay);

        Assert.Equal(TimeSpan.FromMilliseconds(700), delays[(IPFamily.IPv4, link.Index)]);
        Assert.Equal(TimeSpan.FromMilliseconds(800), delays[(IPFamily.IPv6, link.Index)]);   // the kernel's default
        Assert.Equal(Host.Links.List().Select(of => of.Index).Order(), delays.Keys.Where(of => of.Family == IPFamily.IPv4).Select(of => of.InterfaceIndex).Order());
    }

    [Theory]
    [InlineData(IPFamily.IPv4, "ipv4")]
    [InlineData(IPFamily.IPv6, "ipv6")]
    public void The_proxy_delay_of_one_interface_is_set(IPFamily family, string folder)
    {
        var index = Cable().Host.Index;
        var sysctl = Sysctl.In(Sandbox.HostName);
        var before = sysctl.Read($"net/{folder}/neigh/{Sandbox.Uplink}/proxy_delay");

        NeighborWire.SetProxyDelay(Host.Batch, family, index, TimeSpan.FromMilliseconds(250));
        Assert.Empty(Host.Flush());

        Assert.Equal("25", sysctl.Read($"net/{folder}/neigh/cali1/proxy_delay"));   // in hundredths of a second
        Assert.Equal(before, sysctl.Read($"net/{folder}/neigh/{Sandbox.Uplink}/proxy_delay"));

        NeighborWire.SetProxyDelay(Host.Batch, family, index, TimeSpan.Zero);
        Assert.Empty(Host.Flush());
        Assert.Equal("0", sysctl.Read($"net/{folder}/neigh/cali1/proxy_delay"));
    }

    [Fact]
    public void A_table_that_takes_many_datagrams_is_read_whole()
    {
        const int count = 3000;
        var index = Cable().Host.Index;
        for (var i = 0; i < count; i++)
        {
            NeighborWire.Add(Host.Batch, new NeighborEntry(index, IPAddr.FromBits(IPFamily.IPv4, 0x0a410000u + (uint)i), s_mac, NeighborState.Permanent));
            if (Host.Batch.IsFull || i == count - 1)
                Assert.Empty(Host.Flush());
        }

        Assert.Equal(Enumerable.Range(0, count), Host.Neighbors.List(IPFamily.IPv4, index).Select(neighbor => (int)(neighbor.Address.Bits() - 0x0a410000)).Order());
    }
}

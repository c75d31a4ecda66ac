using CalicoNet.Testing;

namespace CalicoNet.Netlink.Tests.Kernel;

public sealed class LinkTests : KernelTest
{
    [Fact]
    public void A_veth_pair_is_made_with_its_ends_in_two_namespaces()
    {
        var made = Host.Links.AddVeth(
            new VethSpec("cali1", "eth0")
            {
                Mtu = 1450,
                Address = LinkLayerAddress.ParseMac("ee:ee:ee:ee:ee:ee"),
                PeerAddress = LinkLayerAddress.ParseMac("02:00:00:00:00:01"),
                Group = 0x0ca11000,
            },
            Other);

        var (here, there) = (HostIp.Link("cali1")!, OtherIp.Link("eth0")!);
        Assert.Equal((made.Index, made.PeerIndex), (here.Index, there.Index));
        Assert.Equal((there.Index, here.Index), (here.PeerIndex, there.PeerIndex));
        Assert.Equal(("veth", "ee:ee:ee:ee:ee:ee", 1450, 0x0ca11000u, 1, 1, false), (here.Kind, here.Mac, here.Mtu, here.Group, here.TxQueues, here.RxQueues, here.IsUp));
        Assert.Equal(("veth", "02:00:00:00:00:01", 1450, 0u, 1, 1, false), (there.Kind, there.Mac, there.Mtu, there.Group, there.TxQueues, there.RxQueues, there.IsUp));
        Assert.Equal(made, Host.Links.Find("cali1"));
        Assert.Equal(Host.NamespaceIdOf(NetNamespaceRef.Parse(OtherName)), made.PeerNamespaceId);
    }

    [Fact]
    public void Unset_parts_of_a_veth_pair_are_the_kernels_choice()
    {
        var made = Host.Links.AddVeth(new VethSpec("cali1", "eth0"), Other);

        Assert.Equal((1500, true, 0u), (made.Mtu, made.Address.IsUnicastMac, made.Group));
    }

    [Fact]
    public void A_veth_pair_within_one_namespace_has_no_peer_elsewhere()
    {
        var made = Host.Links.AddVeth(new VethSpec("one", "two"), Host);

        Assert.Null(made.PeerNamespaceId);
        Assert.Equal("two", Host.Links.Find(made.PeerIndex)!.Name);
        Assert.Equal("two", HostIp.Link("one")!.PeerName);
    }

    [Theory]
    [InlineData(Sandbox.Uplink, "eth0")]
    [InlineData("cali1", "lo")]
    public void A_taken_name_of_either_end_is_EEXIST_and_nothing_is_made(string name, string peer)
    {
        var before = (HostIp.Links().Count, OtherIp.Links().Count);

        var error = Assert.Throws<NetlinkException>(() => Host.Links.AddVeth(new VethSpec(name, peer), Other));

        Assert.Equal((Errno.EEXIST, NetlinkFault.Refused), (error.Errno, error.Fault));
        Assert.Contains($"add veth pair '{name}' with peer '{peer}'", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, (HostIp.Links().Count, OtherIp.Links().Count));
    }

    [Theory]
    [InlineData("eth%d")]
    [InlineData("a/b")]
    [InlineData("cali0123456789ab")]
    public void A_name_that_is_none_never_reaches_the_kernel(string name)
    {
        Assert.Throws<ArgumentException>(() => Host.Links.AddVeth(new VethSpec(name, "eth0"), Other));
        Assert.Throws<ArgumentException>(() => Host.Links.AddVeth(new VethSpec("cali1", name), Other));
        Assert.Throws<ArgumentException>(() => Host.Links.SetName(1, name));
        Assert.Single(Other.Links.List());
        Host.Links.SetAlias(NetworkStack.LoopbackIndex, "a broken request leaves nothing in the batch");
    }

    [Fact]
    public void What_is_set_ip_shows()
    {
        var index = Cable().Host.Index;

        Host.Links.SetMtu(index, 1234);
        Host.Links.SetAddress(index, LinkLayerAddress.ParseMac("02:00:00:00:00:07"));
        Host.Links.SetAlias(index, "größer als 'zwei'");
        Host.Links.SetState(index, up: false);
        Host.Links.SetName(index, "renamed");

        var link = HostIp.Link("renamed")!;
        Assert.Equal((index, 1234, "02:00:00:00:00:07", "größer als 'zwei'", false), (link.Index, link.Mtu, link.Mac, link.Alias, link.IsUp));
        Assert.Null(HostIp.Link("cali1"));

        Host.Links.SetState(index, up: true);
        Host.Links.SetAlias(index, "");
        link = HostIp.Link("renamed")!;
        Assert.Equal((true, null), (link.IsUp, link.Alias));
        Assert.Null(Host.Links.Find(index)!.Alias);
    }

    [Fact]
    public void Settings_are_set_together_and_left_alone_when_not_given()
    {
        var index = Cable().Host.Index;
        var sysctl = Sysctl.In(Sandbox.HostName);

        Host.Links.Configure(index, new LinkSettings
        {
            Alias = "caliconet:default/web",
            Group = 7,
            IPv4 = [(IPv4Setting.ProxyArp, 1), (IPv4Setting.ReversePathFilter, 1), (IPv4Setting.Forwarding, 1), (IPv4Setting.RouteLocalnet, 1)],
            AddressGeneration = AddressGeneration.Eui64,
        });
        Host.Links.Configure(index, new LinkSettings { IPv4 = [(IPv4Setting.RouteLocalnet, 0)] });
        Host.Links.Configure(index, new LinkSettings());

        var link = HostIp.Link("cali1")!;
        Assert.Equal(("caliconet:default/web", 7u, "eui64"), (link.Alias, link.Group, link.AddressGeneration));
        foreach (var (setting, name, value) in new[]
                 {
                     (IPv4Setting.ProxyArp, "proxy_arp", 1), (IPv4Setting.ReversePathFilter, "rp_filter", 1), (IPv4Setting.Forwarding, "forwarding", 1),
                     (IPv4Setting.RouteLocalnet, "route_localnet", 0),
                 })
        {
            Assert.Equal($"{value}", sysctl.Read($"net/ipv4/conf/cali1/{name}"));
            Assert.Equal(value, Host.Links.Find(index)!.Setting(setting));
        }
    }

    [Theory]
    [InlineData(IPv6Setting.Forwarding, "forwarding", 1)]
    [InlineData(IPv6Setting.AcceptRouterAdvertisements, "accept_ra", 2)]
    [InlineData(IPv6Setting.ProxyNdp, "proxy_ndp", 1)]
    [InlineData(IPv6Setting.AcceptDuplicateAddressDetection, "accept_dad", 2)]
    [InlineData(IPv6Setting.Disabled, "disable_ipv6", 1)]
    public void IPv6_settings_are_those_of_proc(IPv6Setting setting, string name, int value)
    {
        var index = Cable().Host.Index;
        Assert.NotEqual(value, Host.Links.Find(index)!.Setting(setting));

        Sysctl.In(Sandbox.HostName).Write($"net/ipv6/conf/cali1/{name}", $"{value}");

        Assert.Equal(value, Host.Links.Find(index)!.Setting(setting));
    }

    [Fact]
    public void With_address_generation_off_no_link_local_address_appears()
    {
        var made = Host.Links.AddVeth(new VethSpec("cali1", "eth0"), Other);
        Host.Links.Configure(made.Index, new LinkSettings { AddressGeneration = AddressGeneration.None });
        Other.Links.SetState(made.PeerIndex, up: true);
        Host.Links.SetState(made.Index, up: true);

        Assert.DoesNotContain(HostIp.Addresses(), address => address.Device == "cali1");
        Assert.Contains(OtherIp.Addresses(), address => address is { Device: "eth0", Family: 6 });
    }

    [Fact]
    public void Links_of_iproute2_read_as_it_shows_them()
    {
        Cable();
        HostIp.RunBatch(
            "link set cali1 mtu 1400", "link set cali1 alias 'an alias'", "link set cali1 group 4711", "link set up0 down",
            "link add dotted.100 address 02:00:00:00:00:09 type veth peer name other9 address 02:00:00:00:00:10", "link set dotted.100 up", "link set other9 addrgenmode random");
        OtherIp.Run("link set eth0 down");

        // The kernel's link watch follows a carrier a moment later.
        Assert.True(Deadline.Until(() => HostIp.Links().Count(link => link.State == "LOWERLAYERDOWN") == 2, TimeSpan.FromSeconds(30)));

        foreach (var (stack, ip) in new[] { (Host, HostIp), (Other, OtherIp) })
        {
            var theirs = ip.Links();
            Assert.Equal(theirs.Select(Describe), stack.Links.List().Select(Describe));
            foreach (var link in theirs)
            {
                Assert.Equal(Describe(link), Describe(stack.Links.Find(link.Name)!));
                Assert.Equal(Describe(link), Describe(stack.Links.Find(link.Index)!));
            }
        }

        Assert.Equal(OperationalState.LowerLayerDown, Host.Links.Find("cali1")!.OperationalState);

        static object Describe(object link) => link switch
        {
            LinkRow row => (row.Index, row.Name, row.IsUp, row.State, row.Mtu, row.Mac, row.Kind, row.Group, row.Alias, row.AddressGeneration),
            Link own => (own.Index, own.Name, own.IsUp, own.OperationalState.ToString().ToUpperInvariant(), own.Mtu, (string?)own.Address.ToString(), own.Kind, own.Group, own.Alias,
                own.AddressGeneration?.ToString().ToLowerInvariant()),
            _ => throw new ArgumentException("no link", nameof(link)),
        };
    }

    [Fact]
    public void A_link_that_is_not_there_is_null_or_ENODEV()
    {
        Assert.Null(Host.Links.Find("nothing"));
        Assert.Null(Host.Links.Find(4711));
        Assert.False(Host.Links.Remove(4711));
        Assert.Equal(Errno.ENODEV, ErrnoOf(() => Host.Links.SetState(4711, up: true)));
    }

    [Fact]
    public void Removing_takes_both_ends_and_says_whether_there_was_one()
    {
        var index = Cable().Host.Index;

        Assert.True(Host.Links.Remove(index));

        Assert.Null(HostIp.Link("cali1"));
        Assert.Null(OtherIp.Link("eth0"));
        Assert.False(Host.Links.Remove(index));
    }

    /// <summary>On a machine where thousands of links go, a request waits for its turn longer than anybody would have set as a limit.</summary>
    [Fact]
    public async Task Removing_does_not_give_up_while_its_request_is_under_way()
    {
        var index = Cable().Host.Index;
        using var go = new ManualResetEventSlim();
        try
        {
            for (var lane = 0; lane < BarrierLanes.MaxLanes; lane++)
            {
                BarrierLanes.Post(go.Wait);
            }

            var removal = Task.Run(() => LinkReaper.Remove(Host, index));
            Assert.NotSame(removal, await Task.WhenAny(removal, Task.Delay(TimeSpan.FromSeconds(6), TestContext.Current.CancellationToken)));
            Assert.NotNull(HostIp.Link("cali1"));
            go.Set();
            Assert.True(await removal);
            Assert.Null(HostIp.Link("cali1"));
        }
        finally
        {
            go.Set();
        }
    }

    [Fact]
    public void An_alias_has_at_most_255_bytes()
    {
        Host.Links.SetAlias(NetworkStack.LoopbackIndex, new string('x', Names.MaxAlias));
        Assert.Equal(Names.MaxAlias, HostIp.Link("lo")!.Alias!.Length);

        Assert.Throws<NetlinkException>(() => Host.Links.SetAlias(NetworkStack.LoopbackIndex, new string('x', Names.MaxAlias + 1)));
        Assert.Equal(Names.MaxAlias, HostIp.Link("lo")!.Alias!.Length);
    }

    [Fact]
    public void A_flush_reports_each_failure_and_does_the_rest()
    {
        var index = Cable().Host.Index;
        LinkWire.SetMtu(Host.Batch, index, 1300);
        LinkWire.SetMtu(Host.Batch, 4711, 1300);
        LinkWire.SetAlias(Host.Batch, index, "done");
        LinkWire.SetName(Host.Batch, index, Sandbox.Uplink);
        LinkWire.SetGroup(Host.Batch, index, 3);

        var errors = Host.Flush();

        Assert.Equal([(1, Errno.ENODEV), (3, Errno.EEXIST)], errors.Select(error => (error.Request, error.Errno)));
        var link = HostIp.Link("cali1")!;
        Assert.Equal((1300, "done", 3u), (link.Mtu, link.Alias, link.Group));
        Assert.Equal(0, Host.Batch.Count);
    }

    [Fact]
    public void A_flush_hands_out_the_links_that_the_kernel_echoes()
    {
        var links = new List<(int, string)>();
        LinkWire.AddVeth(Host.Batch, new VethSpec("cali1", "one"), Other);
        LinkWire.AddVeth(Host.Batch, new VethSpec("cali2", "two"), Other);

        Assert.Empty(Host.Flush((request, link) => links.Add((request, link.Name))));

        Assert.Equal([(0, "cali1"), (1, "cali2")], links);
    }
}

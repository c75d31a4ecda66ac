using CalicoNet.Netlink;
using CsCheck;

namespace CalicoNet.Core.Tests.Ipam;

public sealed class AllocatorTests
{
    private static readonly IPAMConfig Default = IPAMConfig.Create();

    [Fact]
    public void The_nodes_own_blocks_come_first_in_the_order_of_their_keys_then_a_new_one()
    {
        var world = IpamWorld.With("small 10.99.0.0/28 30");
        Assert.Equal(["10.99.0.8", "10.99.0.9", "10.99.0.10", "10.99.0.11", "10.99.0.12"], world.Assign(world.Request("node-a", "h1", 5) with { Start = _ => 2 }));
        world.Release(new ReleaseRequest { Addresses = [new AddressRelease(IPAddr.Parse("10.99.0.9"))] });

        // "10.99.0.12-30" is before "10.99.0.8-30".
        Assert.Equal(["10.99.0.13", "10.99.0.14", "10.99.0.15", "10.99.0.9", "10.99.0.0"], world.Assign("node-a", "h2", 5));
        world.CheckRest();
    }

    [Fact]
    public void Reserved_addresses_are_skipped_in_place_and_wholly_reserved_blocks_not_taken()
    {
        var world = IpamWorld.With("small 10.99.0.0/28 30");
        world.Reserve("10.99.0.0/31", "10.99.0.2/31", "10.99.0.4", "10.99.0.6");

        Assert.Equal(["10.99.0.5", "10.99.0.7", "10.99.0.8"], world.Assign("node-a", "h", 3));
        Assert.Equal([0, 2], world.Block("10.99.0.4/30")!.Unallocated);
        Assert.Null(world.Block("10.99.0.0/30"));
    }

    [Fact]
    public void A_node_at_its_limit_gets_an_error_that_names_it_and_borrows_nothing()
    {
        var world = IpamWorld.With("small 10.99.0.0/28 30", "other 10.98.0.0/28 30");
        world.Configure(Default with { StrictAffinity = true, MaxBlocksPerHost = 2 });
        world.Assign(world.Request("node-b", "b", 1) with { Pools = ["small"] });
        world.Assign(world.Request("node-a", "a", 8) with { Pools = ["small"] });

        var refused = world.Refused(world.Request("node-a", "a2", 1) with { Pools = ["small"] });

        Assert.Equal(CalicoFault.BlockLimit, refused.Fault);
        Assert.Contains("may have 2", refused.Message, StringComparison.Ordinal);
        // Counted in the pools of the request alone.
        Assert.Equal(["10.98.0.0"], world.Assign(world.Request("node-a", "a2", 1) with { Pools = ["other"] }));
        world.CheckRest();
    }

    [Fact]
    public void Twenty_blocks_are_the_limit_where_none_is_set()
    {
        var world = IpamWorld.With("pool 10.65.0.0/16 30");
        world.Assign("node-a", "a", 80);

        Assert.Equal(CalicoFault.BlockLimit, world.Refused(world.Request("node-a", "b", 1)).Fault);
        world.Configure(new IPAMConfig { AutoAllocateBlocks = true, MaxBlocksPerHost = 21 });
        Assert.Equal(["10.65.0.80"], world.Assign("node-a", "b"));
    }

    [Fact]
    public void Without_automatic_blocks_the_nodes_own_serve_and_nothing_else()
    {
        var world = IpamWorld.With("small 10.99.0.0/28 30");
        world.Assign("node-a", "a", 3);
        world.Assign("node-b", "b", 1);
        world.Configure(new IPAMConfig { AutoAllocateBlocks = false });

        Assert.Equal(["10.99.0.3"], world.Assign("node-a", "c"));
        var refused = world.Refused(world.Request("node-a", "d", 1));
        Assert.Equal(CalicoFault.BlockLimit, refused.Fault);
        Assert.Contains("auto_allocate_blocks", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(59, false)]
    [InlineData(60, true)]
    public void Where_no_place_is_free_an_empty_block_of_another_node_is_taken_over_once_it_is_a_minute_old(int seconds, bool takesOver)
    {
        var world = IpamWorld.With("small 10.99.0.0/29 30");
        world.Assign("node-b", "b1", 5);
        world.Release("b1");
        world.Assign("node-b", "b2", 1);
        var before = world.Block("10.99.0.4/30")!;
        Assert.True(before.IsEmpty);
        world.Now += TimeSpan.FromSeconds(seconds);

        if (takesOver)
        {
            Assert.Equal(["10.99.0.4"], world.Assign("node-a", "a"));
            Assert.Equal("node-a", world.Block("10.99.0.4/30")!.Node);
            Assert.True(world.Block("10.99.0.4/30")!.SequenceNumber > before.SequenceNumber);
            Assert.Null(world.Affinity("node-b", "10.99.0.4/30"));
            Assert.True(world.Affinity("node-a", "10.99.0.4/30")!.IsConfirmed);
        }
        else
        {
            // Borrowed: of the first block there is, and the other stays its owner's.
            Assert.Equal(["10.99.0.1"], world.Assign("node-a", "a"));
            Assert.Equal("node-b", world.Block("10.99.0.0/30")!.Node);
        }

        world.CheckRest();
    }

    [Fact]
    public void A_block_without_claim_time_is_taken_over_at_once_and_a_virtual_owners_never_used()
    {
        var world = IpamWorld.With("small 10.99.0.0/29 30");
        world.Store.Put(new BlockKey(IPPrefix.Parse("10.99.0.0/30")), IPAMBlock.Create(IPPrefix.Parse("10.99.0.0/30"), "x", world.Now) with { Affinity = "virtual:load-balancer", AffinityClaimTime = null });
        world.Store.Put(new BlockKey(IPPrefix.Parse("10.99.0.4/30")), IPAMBlock.Create(IPPrefix.Parse("10.99.0.4/30"), "node-b", world.Now) with { AffinityClaimTime = null });

        Assert.Equal(["10.99.0.4", "10.99.0.5", "10.99.0.6", "10.99.0.7"], world.Assign("node-a", "a", 4));
        Assert.Equal("node-a", world.Block("10.99.0.4/30")!.Node);
        Assert.Equal(CalicoFault.NoFreeAddress, world.Refused(world.Request("node-a", "b", 1)).Fault);
        Assert.Equal(CalicoFault.NotAllowed, world.Refused(world.Request("node-a", "b") with { Addresses = [IPAddr.Parse("10.99.0.1")] }).Fault);
    }

    [Fact]
    public void Strict_affinity_borrows_nothing()
    {
        var world = IpamWorld.With("small 10.99.0.0/30 30");
        world.Assign("node-b", "b");
        world.Configure(Default with { StrictAffinity = true });

        var refused = world.Refused(world.Request("node-a", "a", 1));

        Assert.Equal(CalicoFault.NoFreeAddress, refused.Fault);
        Assert.Contains("Strict affinity", refused.Message, StringComparison.Ordinal);
        Assert.Equal(CalicoFault.NotAllowed, world.Refused(world.Request("node-a", "a") with { Addresses = [IPAddr.Parse("10.99.0.3")] }).Fault);
        world.Configure(Default);
        Assert.Equal(["10.99.0.1"], world.Assign("node-a", "a"));
        Assert.Equal(["10.99.0.3"], world.Assign(world.Request("node-a", "a") with { Addresses = [IPAddr.Parse("10.99.0.3")] }));
        world.CheckRest();
    }

    [Theory]
    [InlineData(BlockAffinity.Pending)]
    [InlineData(BlockAffinity.PendingDeletion)]
    public void A_claim_that_is_not_confirmed_is_confirmed_with_the_assignment(string state)
    {
        var world = IpamWorld.With("small 10.99.0.0/29 30");
        world.Assign("node-a", "a");
        var before = world.Block("10.99.0.0/30")!.SequenceNumber;
        world.Store.Put(new BlockAffinityKey("node-a", IPPrefix.Parse("10.99.0.0/30")), new BlockAffinity { State = state });

        Assert.Equal(["10.99.0.1"], world.Assign("node-a", "b"));

        Assert.Equal(BlockAffinity.Confirmed, world.Affinity("node-a", "10.99.0.0/30")!.State);
        Assert.Equal(before + 1, world.Block("10.99.0.0/30")!.SequenceNumber);
    }

    [Fact]
    public void A_claim_without_block_gets_one_and_a_claim_to_anothers_block_is_dropped()
    {
        var world = IpamWorld.With("small 10.99.0.0/28 30");
        world.Assign("node-b", "b");
        world.Store.Put(new BlockAffinityKey("node-a", IPPrefix.Parse("10.99.0.0/30")), BlockAffinity.Create());
        world.Store.Put(new BlockAffinityKey("node-a", IPPrefix.Parse("10.99.0.12/30")), new BlockAffinity { State = BlockAffinity.Pending });

        Assert.Equal(["10.99.0.12", "10.99.0.13", "10.99.0.14", "10.99.0.15", "10.99.0.4"], world.Assign("node-a", "a", 5));

        Assert.Null(world.Affinity("node-a", "10.99.0.0/30"));
        world.CheckRest();
    }

    [Fact]
    public void What_cannot_be_read_is_in_the_way_and_of_no_use()
    {
        var world = IpamWorld.With("small 10.99.0.0/28 30");
        world.Store.Put(new BlockKey(IPPrefix.Parse("10.99.0.0/30")).Text, "{");
        world.Store.Put(new BlockKey(IPPrefix.Parse("10.99.0.4/31")).Text, "no block of this pool's size");
        world.Store.Put("/calico/ipam/v2/assignment/ipv4/block/nonsense", "x");
        world.Store.Put("/calico/resources/v3/projectcalico.org/ippools/other", "{");

        Assert.Equal("10.99.0.8", world.Assign("node-a", "a", 8)[0]);
        Assert.Equal(CalicoFault.NoFreeAddress, world.Refused(world.Request("node-a", "b", 1)).Fault);
        Assert.Contains("10.99.0.0-30", Assert.Throws<CorruptDocumentException>(() => world.Assign(world.Request("node-a", "b") with { Addresses = [IPAddr.Parse("10.99.0.1")] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pools_serve_in_the_order_of_their_names_those_that_select_node_and_namespace_and_allow_the_use()
    {
        var world = IpamWorld.With("a-disabled 10.1.0.0/28 30 \"disabled\":true", "b-manual 10.2.0.0/28 30");
        world.Store.Put("/calico/resources/v3/projectcalico.org/ippools/b-manual", world.Store.Get("/calico/resources/v3/projectcalico.org/ippools/b-manual")!.Text.Replace("Automatic", "Manual", StringComparison.Ordinal));
        Pool("c-east", "10.3.0.0/30 30", "zone == 'east'");
        Pool("d-namespace", "10.4.0.0/30 30 \"namespaceSelector\":\"team == 'x'\"", "all()");
        Pool("e-broken", "10.5.0.0/30 30", "zone = 'east'");
        Pool("f-all", "10.6.0.0/30 30", "all()");
        world.AddPool("g-tunnel 10.7.0.0/30 30");
        world.Store.Put("/calico/resources/v3/projectcalico.org/ippools/g-tunnel", world.Store.Get("/calico/resources/v3/projectcalico.org/ippools/g-tunnel")!.Text.Replace("\"Workload\",", "", StringComparison.Ordinal));
        world.AddNode("east-1", ("zone", "east"));

        Assert.Equal(["10.6.0.0"], world.Assign("west-1", "1"));
        Assert.Equal(["10.3.0.0"], world.Assign("east-1", "2"));
        Assert.Equal(["10.4.0.0"], world.Assign(world.Request("west-2", "3", 1) with { NamespaceLabels = StringMap.Of(("team", "x")) }));
        Assert.Equal(["10.7.0.0", "10.7.0.1"], world.Assign(world.Request("west-1", "4", 2) with { Pools = ["g-tunnel"], Use = "Tunnel" }));

        // Named ones: exactly these, in their order, selectors and mode ignored.
        Assert.Equal(["10.2.0.0"], world.Assign(world.Request("west-3", "5", 1) with { Pools = ["b-manual", "f-all"] }));
        Assert.Equal(["10.5.0.0"], world.Assign(world.Request("west-4", "6", 1) with { Pools = ["10.5.0.0/30", "b-manual"] }));
        // A node's own blocks come before any pool's new one.
        Assert.Equal(["10.2.0.1", "10.2.0.2", "10.2.0.3"], world.Assign(world.Request("west-3", "7", 3) with { Pools = ["f-all", "b-manual"] }));

        Assert.Equal(CalicoFault.NotFound, world.Refused(world.Request("west-1", "7", 1) with { Pools = ["nowhere"] }).Fault);
        Assert.Equal(CalicoFault.NotAllowed, world.Refused(world.Request("west-1", "7", 1) with { Pools = ["a-disabled"] }).Fault);
        Assert.Equal(CalicoFault.NotAllowed, world.Refused(world.Request("west-1", "7", 1) with { Pools = ["g-tunnel"] }).Fault);
        Assert.Equal(CalicoFault.NoPool, world.Refused(world.Request("west-1", "7", 0, 1)).Fault);
        world.CheckRest();

        void Pool(string name, string rest, string selector)
        {
            world.AddPool($"{name} {rest}");
            var key = $"/calico/resources/v3/projectcalico.org/ippools/{name}";
            world.Store.Put(key, world.Store.Get(key)!.Text.Replace("\"nodeSelector\":\"all()\"", $"\"nodeSelector\":\"{selector}\"", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Both_families_are_had_or_neither()
    {
        var world = IpamWorld.With("four 10.99.0.0/30 30", "six fd00:65::/126 126");
        Assert.Equal(["10.99.0.0", "fd00:65::", "fd00:65::1"], world.Assign(world.Request("node-a", "a", 1, 2)));
        Assert.Equal(2, world.Handle("a")!.CountOf(IPPrefix.Parse("fd00:65::/126")));

        Assert.Equal(CalicoFault.NoFreeAddress, world.Refused(world.Request("node-a", "b", 1, 3)).Fault);
        Assert.Equal(["10.99.0.3", "fd00:65::3", "10.99.0.1"], world.Assign(world.Request("node-a", "b", 1) with { Addresses = [IPAddr.Parse("10.99.0.3"), IPAddr.Parse("fd00:65::3")] }));
        world.CheckRest();
    }

    [Fact]
    public void A_named_address_is_had_once_of_an_enabled_pool_that_allows_it()
    {
        var world = IpamWorld.With("off 10.98.0.0/28 30 \"disabled\":true", "small 10.99.0.0/28 30");
        world.Reserve("10.99.0.7");
        world.Configure(Default with { StrictAffinity = true, MaxBlocksPerHost = 1 });
        var request = world.Request("node-a", "a");

        // Limits do not apply: a second block.
        Assert.Equal(["10.99.0.5", "10.99.0.9"], world.Assign(request with { Addresses = [IPAddr.Parse("10.99.0.5"), IPAddr.Parse("10.99.0.9")] }));

        Assert.Equal(CalicoFault.AddressInUse, world.Refused(request with { Addresses = [IPAddr.Parse("10.99.0.5")] }).Fault);
        Assert.Equal(CalicoFault.AddressInUse, world.Refused(request with { Addresses = [IPAddr.Parse("10.99.0.6"), IPAddr.Parse("10.99.0.6")] }).Fault);
        Assert.Equal(CalicoFault.AddressReserved, world.Refused(request with { Addresses = [IPAddr.Parse("10.99.0.7")] }).Fault);
        Assert.Equal(CalicoFault.NotAllowed, world.Refused(request with { Addresses = [IPAddr.Parse("10.98.0.1")] }).Fault);
        Assert.Equal(CalicoFault.NotFound, world.Refused(request with { Addresses = [IPAddr.Parse("192.0.2.1")] }).Fault);
        Assert.Equal(CalicoFault.NotAllowed, world.Refused(request with { Addresses = [IPAddr.Parse("10.99.0.6")], Use = "LoadBalancer" }).Fault);
        world.CheckRest();
    }

    [Fact]
    public void Nothing_is_changed_while_the_datastore_is_locked()
    {
        var world = IpamWorld.With("small 10.99.0.0/28 30");
        world.Assign("node-a", "a");
        var key = "/calico/resources/v3/projectcalico.org/clusterinformations/default";
        world.Store.Put(key, world.Store.Get(key)!.Text.Replace("true", "false", StringComparison.Ordinal));

        Assert.Equal(CalicoFault.NotReady, world.Refused(world.Request("node-a", "b", 1)).Fault);
        Assert.Equal(CalicoFault.NotReady, Assert.Throws<CalicoException>(() => world.Release("a")).Fault);
        Assert.Equal(CalicoFault.NotReady, Assert.Throws<CalicoException>(() => Operation<bool>.Run(world.Store, view => Surrender.Decide(view, "node-a", IPPrefix.Parse("10.99.0.0/30"), false))).Fault);
    }

    [Fact]
    public void The_record_is_written_with_the_addresses_and_one_that_is_there_is_an_error()
    {
        var world = IpamWorld.With("small 10.99.0.0/28 30");
        var record = WorkloadEndpoint.Create("default", "node-a", "web", "eth0", world.Now);
        var request = world.Request("node-a", "net1.web", 2) with
        {
            Record = new RecordWrite(record.Key, addresses => record with { Spec = record.Spec! with { IPNetworks = [.. addresses.Select(assigned => assigned.Address.ToPrefix())] } }),
        };

        world.Assign(request);
        Assert.Equal(["10.99.0.0", "10.99.0.1"], world.Store.Read(record.Key)!.Addresses.Select(address => address.ToString()));

        Assert.Equal(CalicoFault.Exists, world.Refused(request).Fault);
        world.Assign(request with { Record = request.Record with { Replaces = true } });
        Assert.Equal(["10.99.0.2", "10.99.0.3"], world.Store.Read(record.Key)!.Addresses.Select(address => address.ToString()));
    }

    [Fact]
    public void What_an_address_needs_beside_its_block_is_made_where_it_is_absent_and_never_touched_where_it_is_not()
    {
        var world = new IpamWorld();
        world.AddPool("small 10.99.0.0/28 30");
        world.AddNode("node-b", ("zone", "east"));
        var node = world.Store.Get("/calico/resources/v3/projectcalico.org/nodes/node-b");

        world.Assign(world.Request("node-a", "a", 1) with { Absent = [AbsentDocument.Of(CalicoNetConfigKey.Instance, new CalicoNetConfig())] });
        world.Assign("node-b", "b");

        Assert.Equal("node-a", world.Store.Read(new ResourceKey<Node>("node-a"))!.Name);
        Assert.Same(node, world.Store.Get("/calico/resources/v3/projectcalico.org/nodes/node-b"));
        Assert.True(world.Store.Read(ClusterInformation.Key)!.Spec!.DatastoreReady);
        Assert.NotNull(world.Store.Read(KubeControllersConfiguration.Key));
        Assert.Equal("""{"auto_allocate_blocks":true,"kubeVirtVMAddressPersistence":"Enabled"}""", world.Store.Get(IPAMConfigKey.Instance.Text)!.Text);
        Assert.All((string[])[ClusterInformation.Key.Text, KubeControllersConfiguration.Key.Text, IPAMConfigKey.Instance.Text, CalicoNetConfigKey.Instance.Text], key => Assert.Equal(1, world.Store.Get(key)!.Version));
    }

    [Fact]
    public void A_released_address_cools_down_where_that_is_configured_unless_it_is_named()
    {
        var world = IpamWorld.With("small 10.99.0.0/29 30");
        world.Store.Put(CalicoNetConfigKey.Instance, new CalicoNetConfig { CoolDownSeconds = 30 });
        world.Assign("node-a", "a", 8);
        world.Release(new ReleaseRequest { Handle = "a", Time = world.Now });
        world.Now += TimeSpan.FromSeconds(29);

        var refused = world.Refused(world.Request("node-a", "b", 1));
        Assert.Equal(CalicoFault.NoFreeAddress, refused.Fault);
        Assert.Contains("cool-down", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["10.99.0.6"], world.Assign(world.Request("node-a", "b") with { Addresses = [IPAddr.Parse("10.99.0.6")] }));
        Assert.Null(world.Store.Read(new ReleasedAddressKey(IPAddr.Parse("10.99.0.6"))));

        world.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(["10.99.0.0", "10.99.0.1"], world.Assign("node-a", "c", 2));
        Assert.Equal(5, world.Store.List(ReleasedAddressKey.Prefix).Count);
        world.CheckRest();
    }

    [Fact]
    public void No_block_is_taken_for_addresses_that_all_cool_down()
    {
        var world = IpamWorld.With("ones 10.99.0.0/30 32");
        world.Store.Put(CalicoNetConfigKey.Instance, new CalicoNetConfig { CoolDownSeconds = 30 });
        world.Store.Put(new ReleasedAddressKey(IPAddr.Parse("10.99.0.0")), new ReleasedAddress { ReleasedAt = world.Now });
        world.Store.Put(new ReleasedAddressKey(IPAddr.Parse("10.99.0.2")), new ReleasedAddress { ReleasedAt = world.Now });

        Assert.Equal(["10.99.0.1", "10.99.0.3"], world.Assign("node-a", "a", 2));
        Assert.Null(world.Block("10.99.0.0/32"));
        world.CheckRest();
    }

    [Fact]
    public void A_sticky_endpoint_gets_its_addresses_again_while_they_are_free_and_others_when_not()
    {
        var world = IpamWorld.With("small 10.99.0.0/28 30", "six fd00:65::/124 126");
        var web = EndpointName.Create("default", "web");
        var request = world.Request("node-a", "web.1", 1, 1) with { Sticky = web };
        world.Assign("node-a", "before");
        Assert.Equal(["10.99.0.1", "fd00:65::"], world.Assign(request));
        world.Release("before");
        world.Release("web.1");

        Assert.Equal(["10.99.0.1", "fd00:65::"], world.Assign(request with { Handle = "web.2" }));
        world.Release("web.2");
        world.Assign(world.Request("node-a", "thief") with { Addresses = [IPAddr.Parse("10.99.0.1")] });
        Assert.Equal(["10.99.0.2", "fd00:65::"], world.Assign(request with { Handle = "web.3" }));
        Assert.Equal(["10.99.0.2", "fd00:65::"], world.Store.Read(new StickyAddressesKey(web))!.Addresses!.Select(address => address.ToString()));
        world.CheckRest();
    }

    [Fact]
    public void A_sticky_endpoints_address_of_a_family_it_is_not_given_this_time_stays_noted()
    {
        var world = IpamWorld.With("small 10.99.0.0/28 30", "six fd00:65::/124 126");
        var web = EndpointName.Create("default", "web");
        var request = world.Request("node-a", "web.1", 1, 1) with { Sticky = web };
        world.Assign(request);
        world.Release("web.1");

        Assert.Equal(["10.99.0.0"], world.Assign(request with { Handle = "web.2", IPv6Count = 0 }));
        world.Release("web.2");
        world.Assign("node-a", "between", 2);
        Assert.Equal(["10.99.0.0", "fd00:65::"], world.Assign(request with { Handle = "web.3" }));
        world.CheckRest();
    }

    [Fact]
    public void An_assignment_costs_three_reads_and_a_commit_however_many_are_in_use()
    {
        var world = IpamWorld.With("pool 10.65.0.0/16 26", "six fd00:65::/48 122");
        foreach (var node in Enumerable.Range(0, 10))
            world.Assign(world.Request($"node-{node}", $"many-{node}", 1000));
        var reads = new List<ReadKeys>();

        Operation<IReadOnlyList<AssignedAddress>>.Run(world.Store, view => Log(Allocator.Decide(view, world.Request("node-3", "one", 1))), out var visits);

        Assert.Equal(4, visits);
        // No block is read but the node's own, and no list of blocks, handles or records.
        Assert.DoesNotContain(reads, read => read.Range.Kind != KeyRangeKind.Key && (read.Range.Start.Contains("/assignment/", StringComparison.Ordinal) || read.Range.Start.Contains("/handle", StringComparison.Ordinal)));
        Assert.Equal(16, reads.Count(read => read.Range.Start.Contains("/assignment/", StringComparison.Ordinal)));

        Decision<IReadOnlyList<AssignedAddress>> Log(Decision<IReadOnlyList<AssignedAddress>> decision)
        {
            if (decision is Decision<IReadOnlyList<AssignedAddress>>.Read read)
                reads.AddRange(read.Reads);
            return decision;
        }
    }

    [Fact]
    public void A_new_block_is_searched_for_by_keys_alone()
    {
        var world = IpamWorld.With("pool 10.65.0.0/16 26");
        world.Assign(world.Request("node-b", "b", 640));
        var reads = new List<ReadKeys>();

        Operation<IReadOnlyList<AssignedAddress>>.Run(world.Store, view =>
        {
            var decision = Allocator.Decide(view, world.Request("node-a", "a", 1));
            reads.AddRange((decision as Decision<IReadOnlyList<AssignedAddress>>.Read)?.Reads ?? []);
            return decision;
        });

        var search = Assert.Single(reads, read => read.Range.Start.Contains("/assignment/", StringComparison.Ordinal));
        Assert.True(search.KeysOnly);
        Assert.Equal("/calico/ipam/v2/assignment/ipv4/block/10.65.", search.Range.Start);
    }

    [Theory]
    [InlineData("10.99.0.0/28", "10.99.0.")]
    [InlineData("10.0.0.0/8", "10.")]
    [InlineData("10.64.0.0/10", "10.")]
    [InlineData("0.0.0.0/0", "")]
    [InlineData("10.99.0.3/32", "10.99.0.")]
    [InlineData("fd00:65::/48", "fd00:65:")]
    [InlineData("fd00:65:1:2::/64", "fd00:65:1:2:")]
    [InlineData("fd00:65:0:6d15::/64", "fd00:65:")]
    [InlineData("fd00:65:1:2:3:4:5:6/128", "fd00:65:1:2:3:4:5:")]
    [InlineData("2001:db8::/33", "2001:db8:")]
    public void The_keys_of_a_pools_blocks_begin_as_the_text_of_all_its_addresses_does(string cidr, string text)
    {
        var prefix = IPPrefix.Parse(cidr);
        var pool = new AddressPool(IPPool.Create("p", new IPPoolSpec { Cidr = prefix, BlockSize = prefix.Address.BitCount }, IpamWorld.Time), Seen.Nothing("p"));

        Assert.Equal(BlockKey.Prefix(prefix.Family) + text, pool.BlockKeyPrefix);
        Gen.ULong.Sample(bits =>
        {
            var host = ((UInt128)bits << 64 | (bits * 31)) & (prefix.Last.Bits() - prefix.First.Bits());
            Assert.StartsWith(pool.BlockKeyPrefix, new BlockKey(IPAddr.FromBits(prefix.Family, prefix.First.Bits() + host).ToPrefix()).Text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void What_is_decided_follows_from_the_request_and_the_state_alone() => Gen.Select(Gen.Int[1, 6], Gen.Int[0, 3], Gen.Long).Sample((count, start, seed) =>
    {
        var world = IpamWorld.With("small 10.99.0.0/28 30", "ones 10.98.0.0/30 32");
        world.AddNode("node-a");
        var request = world.Request("node-a", "h", count) with { Start = start == 3 ? null : _ => (UInt128)start, Seed = seed, Pools = start == 1 ? ["ones", "small"] : ["small"] };
        var clone = new IpamWorld { Store = world.Store.Clone() };
        Assert.Equal(world.Assign(request), clone.Assign(request));
        Assert.Equal(world.Store.ToString(), clone.Store.ToString());
    });
}

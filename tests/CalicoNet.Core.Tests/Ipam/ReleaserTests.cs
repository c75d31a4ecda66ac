using CalicoNet.Netlink;

namespace CalicoNet.Core.Tests.Ipam;

public sealed class ReleaserTests
{
    [Fact]
    public void A_release_takes_address_handle_and_record_at_once_and_again_is_success()
    {
        var world = IpamWorld.With("small 10.99.0.0/28 30");
        var record = WorkloadEndpoint.Create("default", "node-a", "web", "eth0", world.Now);
        world.Assign(world.Request("node-a", "net1.web", 1) with
        {
            Record = new RecordWrite(record.Key, addresses => record with { Spec = record.Spec! with { IPNetworks = [.. addresses.Select(assigned => assigned.Address.ToPrefix())] } }),
        });
        // Another interface of the container: the same handle, its own record.
        world.Assign("node-a", "net1.web");
        var removal = new ReleaseRequest { Record = new RecordRemoval(record.Key, "net1.web", "web") };

        Assert.Empty(world.Release(new ReleaseRequest { Record = new RecordRemoval(record.Key, "net1.web", "newer") }).Addresses);
        Assert.NotNull(world.Store.Read(record.Key));
        Assert.Equal(["10.99.0.0"], world.Release(removal).Addresses.Select(address => address.ToString()));
        Assert.Null(world.Store.Read(record.Key));
        Assert.Equal(1, world.Handle("net1.web")!.CountOf(IPPrefix.Parse("10.99.0.0/30")));
        Assert.Empty(world.Release(removal).Addresses);
        world.CheckRest();
    }

    [Fact]
    public void A_record_whose_handle_is_gone_still_tells_its_addresses()
    {
        var world = IpamWorld.With("small 10.99.0.0/28 30");
        var record = WorkloadEndpoint.Create("default", "node-a", "web", "eth0", world.Now);
        world.Assign(world.Request("node-a", "net1.web", 1) with
        {
            Record = new RecordWrite(record.Key, addresses => record with { Spec = record.Spec! with { IPNetworks = [.. addresses.Select(assigned => assigned.Address.ToPrefix())] } }),
        });
        world.Store.Set(new HandleKey("net1.web").Text, world.Store.Get(new HandleKey("net1.web").Text)!.ModRevision, null);

        Assert.Single(world.Release(new ReleaseRequest { Handle = "net1.web", Record = new RecordRemoval(record.Key, "net1.web") }).Addresses);
        Assert.Null(world.Handle("net1.web"));
        world.CheckRest();
    }

    [Fact]
    public void What_is_anothers_by_now_is_left_alone()
    {
        var world = IpamWorld.With("small 10.99.0.0/28 30");
        world.Assign("node-a", "old");
        world.Release("old");
        world.Assign(world.Request("node-a", "new") with { Addresses = [IPAddr.Parse("10.99.0.0")] });

        var result = world.Release(new ReleaseRequest { Addresses = [new AddressRelease(IPAddr.Parse("10.99.0.0"), "old")] });

        Assert.Equal("10.99.0.0", Assert.Single(result.Others).ToString());
        Assert.Empty(result.Addresses);
        world.CheckRest();
    }

    [Fact]
    public void A_handle_that_counts_too_high_stays_as_far_as_it_does()
    {
        // An assignment of Calico's may be between its two writes.
        var world = IpamWorld.With("small 10.99.0.0/28 30");
        world.Assign("node-a", "h", 2);
        world.Store.Put(new HandleKey("h"), world.Handle("h")!.Add(IPPrefix.Parse("10.99.0.0/30"), 1).Add(IPPrefix.Parse("10.99.0.12/30"), 1));

        Assert.Equal(2, world.Release("h").Addresses.Count);

        Assert.Equal(1, world.Handle("h")!.CountOf(IPPrefix.Parse("10.99.0.0/30")));
        Assert.Equal(1, world.Handle("h")!.CountOf(IPPrefix.Parse("10.99.0.12/30")));
    }

    [Fact]
    public void An_empty_block_goes_when_it_is_nobodys_or_its_pool_no_longer_selects_its_node_and_else_stays()
    {
        var world = IpamWorld.With("small 10.99.0.0/28 30");
        world.AddNode("node-a", ("zone", "east"));
        world.Assign("node-a", "stays");
        world.Release("stays");
        Assert.True(world.Block("10.99.0.0/30")!.IsEmpty);

        world.Assign("node-a", "goes");
        world.AddPool("small 10.99.0.0/28 30");
        var key = "/calico/resources/v3/projectcalico.org/ippools/small";
        world.Store.Put(key, world.Store.Get(key)!.Text.Replace("all()", "zone == 'west'", StringComparison.Ordinal));
        world.Release("goes");
        Assert.Null(world.Block("10.99.0.0/30"));
        Assert.Null(world.Affinity("node-a", "10.99.0.0/30"));

        // Of a node without document it is not known whether it is selected.
        world.Assign(world.Request("node-x", "x", 1) with { Pools = ["small"] });
        world.Store.Set("/calico/resources/v3/projectcalico.org/nodes/node-x", world.Store.Get("/calico/resources/v3/projectcalico.org/nodes/node-x")!.ModRevision, null);
        world.Release("x");
        Assert.NotNull(world.Block("10.99.0.0/30"));
        world.CheckRest();
    }

    [Fact]
    public void A_block_that_is_given_up_is_deleted_when_empty_and_nobodys_until_its_last_release_when_not()
    {
        var world = IpamWorld.With("small 10.99.0.0/28 30");
        var cidr = IPPrefix.Parse("10.99.0.0/30");
        world.Assign("node-a", "a");

        Assert.False(GiveUp("node-a", onlyEmpty: true));
        Assert.True(GiveUp("node-a", onlyEmpty: false));
        Assert.Null(world.Block("10.99.0.0/30")!.Affinity);
        Assert.Null(world.Affinity("node-a", "10.99.0.0/30"));
        world.Release("a");
        Assert.Null(world.Block("10.99.0.0/30"));

        world.Assign("node-b", "b");
        world.Store.Put(new BlockAffinityKey("node-a", cidr), BlockAffinity.Create());
        Assert.True(GiveUp("node-a", onlyEmpty: false));
        Assert.Equal("node-b", world.Block("10.99.0.0/30")!.Node);
        world.CheckRest();

        bool GiveUp(string node, bool onlyEmpty) => Operation<bool>.Run(world.Store, view => Surrender.Decide(view, node, cidr, onlyEmpty));
    }
}

using CalicoNet.Netlink;
using CalicoNet.Testing;

namespace CalicoNet.Core.Tests.Ipam;

/// <summary>Pools, settings and nodes are changed by their rules, all of a change or nothing.</summary>
public sealed class IPPoolsTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly Datastore _store;
    private readonly DateTimeOffset _now = DateTimeOffset.UtcNow;

    public IPPoolsTests() => _store = Datastore.Open(new SqliteAddress(_folder.File("caliconet.db")));

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Pools_made_at_once_never_overlap()
    {
        var faults = new List<Exception>();
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 16 }, i =>
        {
            try
            {
                new IPPools(_store).Create($"pool-{i}", new IPPoolSpec { Cidr = IPPrefix.Parse("10.65.0.0/16") }, _now);
            }
            catch (ArgumentException fault)
            {
                lock (faults)
                {
                    faults.Add(fault);
                }
            }
        });

        Assert.Single(IpamSurvey.Take(_store).Pools);
        Assert.Equal(15, faults.Count);
        Assert.All(faults, fault => Assert.Contains("10.65.0.0/16", fault.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_preview_checks_all_and_stores_nothing()
    {
        var pools = new IPPools(_store);
        pools.Create("a", new IPPoolSpec { Cidr = IPPrefix.Parse("10.65.0.0/16") }, _now, isPreview: true);
        Assert.Empty(IpamSurvey.Take(_store).Pools);

        pools.Create("a", new IPPoolSpec { Cidr = IPPrefix.Parse("10.65.0.0/16") }, _now);
        Assert.Throws<ArgumentException>(() => pools.Create("b", new IPPoolSpec { Cidr = IPPrefix.Parse("10.65.7.0/24") }, _now, isPreview: true));
        Assert.True(pools.Change("a", spec => spec with { NatOutgoing = true }, isPreview: true).Spec!.NatOutgoing);
        Assert.False(Assert.Single(IpamSurvey.Take(_store).Pools).Spec!.NatOutgoing);
    }

    [Fact]
    public void A_pools_addresses_never_change()
    {
        var pools = new IPPools(_store);
        pools.Create("a", new IPPoolSpec { Cidr = IPPrefix.Parse("10.65.0.0/16") }, _now);

        Assert.Throws<ArgumentException>(() => pools.Change("a", spec => spec with { Cidr = IPPrefix.Parse("10.66.0.0/16") }));
        Assert.Equal("10.65.0.0/16", Assert.Single(IpamSurvey.Take(_store).Pools).Cidr.ToString());
    }

    [Fact]
    public void Settings_that_contradict_each_other_are_refused_and_an_unknown_field_stays()
    {
        _store.Transact([], [KeyOperation.Put(IPAMConfigKey.Instance.Text, """{"auto_allocate_blocks":true,"kubeVirtVMAddressPersistence":"Enabled","new_field":7}""")], []);

        Assert.Throws<ArgumentException>(() => IpamSettings.Change(_store, seen => seen with { Calico = seen.Calico with { AutoAllocateBlocks = false } }));
        Assert.Throws<ArgumentException>(() => IpamSettings.Change(_store, seen => seen with { Calico = seen.Calico with { MaxBlocksPerHost = 2 } }));
        IpamSettings.Change(_store, seen => seen with { Calico = seen.Calico with { MaxBlocksPerHost = 2, StrictAffinity = true }, CalicoNet = seen.CalicoNet with { CoolDownSeconds = 30 } });

        Assert.Equal(
            """{"strict_affinity":true,"auto_allocate_blocks":true,"maxBlocksPerHost":2,"kubeVirtVMAddressPersistence":"Enabled","new_field":7}""",
            _store.Range(IPAMConfigKey.Instance.Text).Entry!.Text);
        Assert.Equal(30, IpamSettings.Read(_store).CalicoNet.CoolDownSeconds);
    }

    [Fact]
    public void A_node_that_goes_gives_its_blocks_up_and_not_its_addresses()
    {
        new IPPools(_store).Create("a", new IPPoolSpec { Cidr = IPPrefix.Parse("10.65.0.0/16") }, _now);
        var address = new Assignments(_store).Assign(new AddressRequest("node-a", "net1.a", _now) { IPv4Count = 1 })[0].Address;
        var nodes = new CalicoNodes(_store);

        Assert.Equal(CalicoFault.NotAllowed, Assert.Throws<CalicoException>(() => nodes.Unregister("node-a", force: false)).Fault);
        Assert.NotEmpty(IpamSurvey.Take(_store).Affinities);
        nodes.Unregister("node-a", force: true);

        var survey = IpamSurvey.Take(_store);
        Assert.Empty(survey.Affinities);
        Assert.Empty(survey.Nodes);
        Assert.Null(Assert.Single(survey.Blocks.Values).Affinity);
        Assert.Equal([address], survey.Allocations().Select(allocation => allocation.Address));
        Assert.Equal(CalicoFault.NotFound, Assert.Throws<CalicoException>(() => nodes.Unregister("node-a", force: false)).Fault);
    }
}

using System.Text;
using System.Text.RegularExpressions;
using CalicoNet.Netlink;
using CalicoNet.Testing;

namespace CalicoNet.Core.Tests.Ipam;

/// <summary>What is wrong with address management is found, told apart, and mended by nothing but what was meant.</summary>
public sealed partial class IpamCheckTests : IDisposable
{
    private const string Node = "node-a";

    private readonly TempDirectory _folder = new();
    private readonly Datastore _store;
    private readonly IPAddr _address;
    private readonly DateTimeOffset _now = DateTimeOffset.UtcNow;
    private readonly IPPrefix _block;

    /// <summary>A pool of blocks of four, and an endpoint with an address of it.</summary>
    public IpamCheckTests()
    {
        _store = Datastore.Open(new SqliteAddress(_folder.File("caliconet.db")));
        new IPPools(_store).Create("small", new IPPoolSpec { Cidr = IPPrefix.Parse("10.99.0.0/28"), BlockSize = 30 }, _now);
        var record = Record("web", "caliweb");
        var assigned = new Assignments(_store).Assign(new AddressRequest(Node, "net1.web", _now)
        {
            IPv4Count = 1,
            Start = _ => 1,
            Record = new RecordWrite(record.Key, given => record with { Spec = record.Spec! with { IPNetworks = [.. given.Select(one => one.Address.ToPrefix())] } }),
        });
        (_address, _block) = (assigned[0].Address, assigned[0].Block);
        Assert.Empty(Find());
    }

    /// <summary>A fault by its name, which a test plants.</summary>
    public static TheoryData<IpamProblemKind> Kinds => [.. Enum.GetValues<IpamProblemKind>()];

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    /// <summary>calicoctl's own check of the same data (calico/calicoctl/*ipam-check*, calico/datastore).</summary>
    [Theory]
    [InlineData("14-ipam-check", "14-add-k8s-hwaddr")]
    [InlineData("18-ipam-check", "18-ipam-release-ip")]
    [InlineData("29-ipam-check", "29-small-exhausted")]
    [InlineData("36-ipam-check-leak", "36-leaked-address")]
    [InlineData("37-ipam-check", "37-pool-deleted")]
    public void What_calicoctl_finds_in_a_recorded_datastore_is_found_and_nothing_else(string check, string stage)
    {
        var text = File.ReadAllText(Requires.Golden("calico", "calicoctl", $"{check}.txt"));
        var store = new MemoryStore();
        foreach (var entry in GoldenStore.Stage(stage))
        {
            store.Put(entry.Key, entry.Value);
        }

        var found = IpamCheck.Find(new IpamSurvey(store.Entries)).Select(problem => $"{problem.Kind} {problem.Address}").Order(StringComparer.Ordinal).ToList();

        Assert.Equal(
            Leaked().Matches(text).Select(match => $"{IpamProblemKind.AllocatedNotInUse} {match.Groups[1].Value}")
                .Concat(Outside().Matches(text).Select(match => $"{IpamProblemKind.InUseOutsidePools} {match.Groups[1].Value}"))
                .Concat(Missing().Matches(text).Select(match => $"{IpamProblemKind.InUseNotAllocated} {match.Groups[1].Value}")).Order(StringComparer.Ordinal),
            found);
        Assert.Equal(int.Parse(Total().Match(text).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), found.Count);
    }

    [Fact]
    public void An_address_of_an_endpoint_that_is_there_without_its_record_is_not_given_away()
    {
        new Assignments(_store).Assign(new AddressRequest(Node, "caliconet.default.lone", _now) { IPv4Count = 1 });
        _links.Add(new Link { Index = 7, Name = "calilone", Group = Ownership.Group, Alias = "caliconet:default/lone own,nat" });

        Assert.Equal((IpamProblemKind.InterfaceWithoutRecord, false), (Assert.Single(Find()).Kind, Find()[0].IsMendable));

        _links.RemoveAt(_links.Count - 1);
        Assert.Equal(IpamProblemKind.AllocatedNotInUse, Assert.Single(Find()).Kind);
    }

    [Fact]
    public void A_reservation_and_rules_that_cannot_be_read_are_named()
    {
        var reservation = new ResourceKey<IPReservation>("keep-out");
        _store.Transact([],
        [
            KeyOperation.Put(reservation.Text, """{"kind":"IPReservation","apiVersion":"projectcalico.org/v3","metadata":{"name":"keep-out"},"spec":{"reservedCIDRs":["10.99.0.0/290"]}}"""),
            KeyOperation.Put(IPAMConfigKey.Instance.Text, "[]"),
            KeyOperation.Put(CalicoNetConfigKey.Instance.Text, "x"),
        ], []);

        Assert.All(Find(), problem => Assert.Equal(IpamProblemKind.CorruptDocument, problem.Kind));
        Assert.Equal([IPAMConfigKey.Instance.Text, reservation.Text, CalicoNetConfigKey.Instance.Text], Find().Select(problem => problem.Key).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_planted_fault_is_found_as_what_it_is_and_mending_it_leaves_nothing_to_find(IpamProblemKind kind)
    {
        Plant(kind);
        var survey = IpamSurvey.Take(_store);
        var problem = Assert.Single(Find(survey));
        Assert.Equal(kind, problem.Kind);

        if (!problem.IsMendable)
        {
            var before = Dump();
            Assert.Throws<ArgumentException>(() => IpamRepair.Mend(_store, survey, problem, _now));
            Assert.Equal(before, Dump());
            Assert.Empty(IpamRepair.Lasting([problem], [problem]));
            return;
        }

        Assert.True(IpamRepair.Mend(_store, survey, problem, _now));

        Assert.Empty(Find());
        Assert.Equal([_address], IpamSurvey.Take(_store).Allocations().Select(allocation => allocation.Address));
        Workload.CheckRest(_store);
    }

    [Theory]
    [InlineData(IpamProblemKind.OrphanedHandle)]
    [InlineData(IpamProblemKind.MissingHandle)]
    [InlineData(IpamProblemKind.WrongHandleCount)]
    [InlineData(IpamProblemKind.BlockWithoutAffinity)]
    [InlineData(IpamProblemKind.AffinityWithoutBlock)]
    [InlineData(IpamProblemKind.UnconfirmedAffinity)]
    [InlineData(IpamProblemKind.UnownedEmptyBlock)]
    public void What_has_changed_since_it_was_looked_at_is_left_alone(IpamProblemKind kind)
    {
        Plant(kind);
        var survey = IpamSurvey.Take(_store);
        var problem = Assert.Single(Find(survey));

        // Whoever was at work there goes on: each key that it rests on is written once more, as it is.
        foreach (var entry in All().Where(entry => !entry.Key.Contains("resources", StringComparison.Ordinal)))
        {
            _store.Transact([], [KeyOperation.Put(entry.Key, entry.Value)], []);
        }

        var before = Dump();
        Assert.False(IpamRepair.Mend(_store, survey, problem, _now));
        Assert.Equal(before, Dump());
        Assert.Empty(IpamRepair.Lasting([problem], Find()));
    }

    [Fact]
    public void An_address_that_was_given_anew_since_is_left_alone()
    {
        Plant(IpamProblemKind.AllocatedNotInUse);
        var survey = IpamSurvey.Take(_store);
        var problem = Assert.Single(Find(survey));
        var assignments = new Assignments(_store);
        assignments.Release([new ReleaseRequest { Handle = "net1.lost" }]);
        assignments.Assign(new AddressRequest(Node, "net1.lost", _now) { Addresses = [problem.Address] });

        Assert.False(IpamRepair.Mend(_store, survey, problem, _now));
        Assert.Empty(IpamRepair.Lasting([problem], Find()));
        Assert.Contains(problem.Address, IpamSurvey.Take(_store).Allocations().Select(allocation => allocation.Address));
    }

    [Fact]
    public void What_other_allocations_do_to_its_block_does_not_make_a_lost_address_any_newer()
    {
        Plant(IpamProblemKind.AllocatedNotInUse);
        var problem = Assert.Single(Find());
        new Assignments(_store).Assign(new AddressRequest(Node, "net1.kept", _now) { IPv4Count = 1, Attributes = StringMap.Of((AllocationAttribute.RequestedKey, "true")) });

        Assert.Equal([problem], IpamRepair.Lasting([problem], Find()));
    }

    [Fact]
    public void Addresses_that_were_asked_for_by_themselves_and_load_balancers_blocks_are_not_lost()
    {
        new Assignments(_store).Assign(new AddressRequest(Node, "net1.kept", _now) { IPv4Count = 1, Attributes = StringMap.Of((AllocationAttribute.RequestedKey, "true")) });
        var cidr = IPPrefix.Parse("10.99.0.12/30");
        var block = IPAMBlock.Create(cidr, Node, _now) with { Affinity = "virtual:load-balancer" };
        Put(new BlockKey(cidr), block.Assign(1, new AllocationAttribute { HandleId = "lb-1" }, _ => false).Block);

        Assert.Empty(Find());
    }

    [Fact]
    public void A_nodes_tunnel_has_its_address()
    {
        var address = new Assignments(_store).Assign(new AddressRequest(Node, "vxlan-tunnel-addr-node-a", _now) { IPv4Count = 1 })[0].Address;
        Assert.Equal(IpamProblemKind.AllocatedNotInUse, Assert.Single(Find()).Kind);

        _store.Transact([], [KeyOperation.Put(new ResourceKey<Node>(Node).Text, $$$"""{"kind":"Node","apiVersion":"projectcalico.org/v3","metadata":{"name":"node-a"},"spec":{"ipv4VXLANTunnelAddr":"{{{address}}}"}}""")], []);

        Assert.Empty(Find());
    }

    [Fact]
    public void A_locked_datastore_is_not_mended()
    {
        Plant(IpamProblemKind.OrphanedHandle);
        _store.Transact([], [KeyOperation.Put(ClusterInformation.Key.Text, """{"kind":"ClusterInformation","apiVersion":"projectcalico.org/v3","metadata":{"name":"default"},"spec":{"datastoreReady":false}}""")], []);
        var survey = IpamSurvey.Take(_store);

        var refused = Assert.Throws<CalicoException>(() => IpamRepair.Mend(_store, survey, Assert.Single(Find(survey)), _now));
        Assert.Equal(CalicoFault.NotReady, refused.Fault);
    }

    private void Plant(IpamProblemKind kind)
    {
        var other = IPPrefix.Parse("10.99.0.12/30");
        var affinity = new BlockAffinityKey(Node, _block);
        switch (kind)
        {
            case IpamProblemKind.AllocatedNotInUse:
                new Assignments(_store).Assign(new AddressRequest(Node, "net1.lost", _now) { IPv4Count = 1 });
                break;
            case IpamProblemKind.InUseNotAllocated:
                PutRecord("other", IPAddr.Parse("10.99.0.13"));
                break;
            case IpamProblemKind.InUseOutsidePools:
                PutRecord("other", IPAddr.Parse("192.0.2.77"));
                break;
            case IpamProblemKind.InUseTwice:
                PutRecord("other", _address);
                break;
            case IpamProblemKind.OrphanedHandle:
                Put(new HandleKey("net1.gone"), IPAMHandle.Create().Add(_block, 1));
                break;
            case IpamProblemKind.MissingHandle:
                Delete(new HandleKey("net1.web"));
                break;
            case IpamProblemKind.WrongHandleCount:
                Put(new HandleKey("net1.web"), IPAMHandle.Create().Add(_block, 1).Add(other, 2));
                break;
            case IpamProblemKind.BlockWithoutAffinity:
                Delete(affinity);
                break;
            case IpamProblemKind.AffinityWithoutBlock:
                Put(new BlockAffinityKey(Node, other), BlockAffinity.Create());
                break;
            case IpamProblemKind.UnconfirmedAffinity:
                Put(affinity, new BlockAffinity { State = BlockAffinity.Pending });
                break;
            case IpamProblemKind.UnownedEmptyBlock:
                Put(new BlockKey(other), IPAMBlock.Create(other, Node, _now) with { Affinity = null, AffinityClaimTime = null });
                break;
            case IpamProblemKind.MisalignedBlock:
                var large = IPPrefix.Parse("10.99.0.8/29");
                Put(new BlockKey(large), IPAMBlock.Create(large, Node, _now));
                Put(new BlockAffinityKey(Node, large), BlockAffinity.Create());
                break;
            case IpamProblemKind.CorruptDocument:
                _store.Transact([], [KeyOperation.Put(new BlockKey(other).Text, """{"cidr":"10.99.0.12/30","allocations":[null],"unallocated":[0]}""")], []);
                break;
            case IpamProblemKind.RecordWithoutInterface:
                PutRecord("other", null, "caligone");
                break;
            case IpamProblemKind.InterfaceWithoutRecord:
                _links.Add(new Link { Index = 7, Name = "cali0", Group = Ownership.Group, Alias = "caliconet:default/x" });
                break;
        }
    }

    private readonly List<Link> _links =
    [
        new() { Index = 1, Name = "lo" }, new() { Index = 2, Name = "caliweb", Group = Ownership.Group, Alias = "caliconet:default/web" },
        new() { Index = 3, Name = "calimade", Group = Ownership.Group }, new() { Index = 4, Name = "califoreign" },
    ];

    private IReadOnlyList<IpamProblem> Find(IpamSurvey? survey = null) => IpamCheck.Find(survey ?? IpamSurvey.Take(_store), Node, _links);

    private WorkloadEndpoint Record(string container, string link)
    {
        var record = WorkloadEndpoint.Create("default", Node, container, "eth0", _now);
        return record with { Spec = record.Spec! with { InterfaceName = link } };
    }

    private void PutRecord(string container, IPAddr? address, string link = "caliweb")
    {
        var record = Record(container, link);
        Put(record.Key, record with { Spec = record.Spec! with { IPNetworks = address is { } one ? [one.ToPrefix()] : [] } });
    }

    private void Put<T>(DatastoreKey<T> key, T document)
        where T : Document
        => _store.Transact([], [KeyOperation.Put(key.Text, key.Write(document))], []);

    private void Delete(DatastoreKey key) => _store.Transact([], [KeyOperation.Delete(key.Text)], []);

    private IReadOnlyList<KeyValue> All() => _store.Range(KeyRange.Prefix("")).Entries;

    private string Dump() => string.Join('\n', All().Select(entry => $"{entry.Key} {entry.ModRevision} {Encoding.UTF8.GetString(entry.Value.Span)}"));

    [GeneratedRegex(@"^  (\S+) leaked;", RegexOptions.Multiline)]
    private static partial Regex Leaked();

    [GeneratedRegex(@"^  (\S+) in use by \S+ is not in any active IP pool", RegexOptions.Multiline)]
    private static partial Regex Outside();

    [GeneratedRegex(@"^  (\S+) in use by \S+ and in active IPAM pool but has no IPAM allocation", RegexOptions.Multiline)]
    private static partial Regex Missing();

    [GeneratedRegex(@"found (\d+) problems")]
    private static partial Regex Total();
}

using System.Collections.Concurrent;
using System.Diagnostics;
using CalicoNet.Netlink;
using CalicoNet.Testing;

namespace CalicoNet.Core.Tests.Ipam;

/// <summary>Assignments in a real datastore, with real threads. One suite for every driver.</summary>
public abstract class AssignmentTests(ITestOutputHelper output) : IDisposable
{
    private readonly List<Datastore> _open = [];

    private Datastore Shared => field ??= Empty();

    public void Dispose()
    {
        _open.ForEach(datastore => datastore.Dispose());
        Close();
        GC.SuppressFinalize(this);
    }

    private protected abstract Datastore Connect();

    protected virtual void Close()
    {
    }

    [Fact]
    public void Addresses_are_handed_out_and_taken_back_and_nothing_is_left()
    {
        Pools("four 10.99.0.0/26 28", "six fd00:65::/120 124");
        var assignments = new Assignments(Shared);
        var request = new AddressRequest("node-a", "net1.a", DateTimeOffset.UtcNow) { IPv4Count = 2, IPv6Count = 1 };

        var assigned = assignments.Assign(request);
        Assert.Equal([IPFamily.IPv4, IPFamily.IPv4, IPFamily.IPv6], assigned.Select(one => one.Address.Family));
        Assert.Equal(["four", "four", "six"], assigned.Select(one => one.Pool));

        // By address, whoever has it; again, which is success and takes nothing.
        var release = new ReleaseRequest { Addresses = [new AddressRelease(assigned[0].Address)] };
        Assert.Equal([assigned[0].Address], assignments.Release([release]).Addresses);
        Assert.Empty(assignments.Release([release]).Addresses);
        Assert.Equal([assigned[1].Address], assignments.Release([new ReleaseRequest { Addresses = [new AddressRelease(assigned[1].Address, "net1.b")] }]).Others);
        Assert.Equal(2, assignments.Release([new ReleaseRequest { Handle = "net1.a" }]).Addresses.Count);
        Workload.Drain(Shared);
    }

    [Fact]
    public void A_thousand_releases_go_at_once()
    {
        Pools("four 10.64.0.0/16 26");
        var assignments = new Assignments(Shared);
        for (var i = 0; i < 1000; i++)
            assignments.Assign(new AddressRequest($"node-{i % 7}", $"net1.{i}", DateTimeOffset.UtcNow) { IPv4Count = 1 });
        Workload.CheckRest(Shared);

        var released = assignments.Release([.. Enumerable.Range(0, 1000).Select(i => new ReleaseRequest { Handle = $"net1.{i}" })]);

        Assert.Equal(1000, released.Addresses.Count);
        Workload.Drain(Shared);
    }

    [Fact]
    public void A_node_in_upper_case_is_refused()
        => Assert.Contains("'Node-A'", Assert.Throws<ArgumentException>(() => new Assignments(Shared).Assign(new AddressRequest("Node-A", "h", DateTimeOffset.UtcNow))).Message, StringComparison.Ordinal);

    [Fact]
    public void Eight_threads_at_random_neither_double_nor_lose_an_address()
    {
        Pools("a 10.98.0.0/26 30", "b 10.99.0.0/26 28", "six fd00:65::/120 124");
        var workers = Enumerable.Range(0, 8).Select(i => (Store: i % 2 == 0 ? Shared : Open(), Number: i)).Select(worker => (worker.Store, worker.Number, Load: new Workload(worker.Store, $"{worker.Number}", $"node-{worker.Number % 3}"))).ToList();

        Parallel(workers, worker => worker.Load.Run(150, seed: worker.Number));

        Workload.Check(Shared, workers.SelectMany(worker => worker.Load.Held));
        Workload.CheckRest(Shared);
        Workload.Drain(Shared);
        var attempts = workers.SelectMany(worker => worker.Load.Attempts).ToList();
        output.WriteLine($"{attempts.Count} operations, {attempts.Average():0.00} attempts each, {attempts.Max()} at most");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sixty_four_at_once_all_get_an_address(bool isOneProcess)
    {
        Pools("a 10.98.0.0/24 26");
        var attempts = new ConcurrentQueue<int>();
        var waits = new ConcurrentQueue<TimeSpan>();
        var options = new AssignmentOptions { Patience = TimeSpan.FromSeconds(60), Attempted = attempts.Enqueue };
        var one = new Assignments(Shared, options);
        // Those of many processes know nothing of each other: a connection and a queue each.
        var all = Enumerable.Range(0, 64).Select(i => isOneProcess ? one : new Assignments(Connected(), options)).ToList();
        // Compiled before it is timed.
        var first = new Assignments(Shared);
        first.Assign(new AddressRequest("node-a", "first", DateTimeOffset.UtcNow) { IPv4Count = 1 });
        first.Release([new ReleaseRequest { Handle = "first" }]);
        using var start = new Barrier(all.Count);

        Workers.Run(all.Count, i =>
        {
            start.SignalAndWait();
            var started = Stopwatch.GetTimestamp();
            var assigned = all[i].Assign(new AddressRequest("node-a", $"h{i}", DateTimeOffset.UtcNow) { IPv4Count = 1 });
            waits.Enqueue(Stopwatch.GetElapsedTime(started));
            return assigned;
        });

        output.WriteLine($"64 at once, {(isOneProcess ? "one process" : "as many processes")}: {waits.Max().TotalMilliseconds:0} ms the longest, {attempts.Average():0.0} attempts each, {attempts.Max()} at most");
        Assert.Equal(64, attempts.Count);
        Workload.CheckRest(Shared);
        Workload.Drain(Shared);
    }

    [Fact]
    public void Beside_a_writer_of_Calicos_kind_neither_doubles_nor_loses_an_address()
    {
        Pools("small 10.99.0.0/27 30", "six fd00:65::/120 124");
        var space = new BlockSpace(IPPrefix.Parse("10.99.0.0/27"), 30);
        var ours = Enumerable.Range(0, 4).Select(i => new Workload(Shared, $"{i}", $"node-{i % 2}")).ToList();
        var theirs = new ConcurrentDictionary<string, List<IPAddr>>();
        var work = ours.Select((load, i) => (Action)(() => load.Run(150, seed: i, most: 2)))
            .Concat(Enumerable.Range(0, 2).Select(i => (Action)(() => RunCalico($"node-{i}", i))));

        Parallel(work, one => one());

        Workload.Check(Shared, ours.SelectMany(load => load.Held).Concat(theirs));
        Workload.CheckRest(Shared, onlyOurs: false);

        void RunCalico(string node, int seed)
        {
            var random = new Random(seed);
            var writer = new CalicoWriter(new DatastoreKeyValues(Shared), node, space, () => DateTimeOffset.UtcNow);
            var mine = new List<(string Handle, IPAddr Address)>();
            for (var i = 0; i < 100; i++)
            {
                if (mine.Count > 0 && (mine.Count > 3 || random.Next(2) == 0))
                {
                    var (handle, address) = mine[random.Next(mine.Count)];
                    Play(writer.Release(address, handle));
                    mine.Remove((handle, address));
                    theirs.TryRemove(handle, out _);
                }
                else
                {
                    Play(writer.Assign($"net1.{seed}-{i}", strict: false));
                    if (writer.Assigned is { } address)
                    {
                        mine.Add(($"net1.{seed}-{i}", address));
                        theirs[$"net1.{seed}-{i}"] = [address];
                    }
                }
            }
        }
    }

    [Fact]
    public void A_reply_lost_after_the_commit_neither_loses_nor_doubles_an_address()
    {
        Pools("a 10.98.0.0/26 30", "six fd00:65::/120 124");
        using var lossy = new LossyDatastore(Shared);
        var workers = Enumerable.Range(0, 4).Select(i => (Number: i, Load: new Workload(lossy, $"{i}", $"node-{i % 2}", losesReplies: true))).ToList();

        Parallel(workers, worker => worker.Load.Run(100, seed: worker.Number));

        Assert.InRange(lossy.Lost, 20, int.MaxValue);
        Workload.Check(Shared, workers.SelectMany(worker => worker.Load.Held));
        Workload.Drain(Shared);
    }

    [Fact]
    public void AShared_that_cannot_be_asked_after_a_lost_reply_leaves_the_outcome_unknown()
    {
        Pools("a 10.98.0.0/26 30");
        using var lossy = new LossyDatastore(Shared) { FailsAfterLoss = true };
        var assignments = new Assignments(lossy);

        var unknown = Assert.Throws<DatastoreException>(() =>
        {
            for (var i = 0; i < 100; i++)
                assignments.Assign(new AddressRequest("node-a", $"h{i}", DateTimeOffset.UtcNow) { IPv4Count = 1 });
        });

        Assert.Equal(DatastoreFault.OutcomeUnknown, unknown.Fault);
    }

    [Fact]
    public void Two_families_whose_blocks_do_not_fit_in_one_transaction_are_given_in_two_and_the_first_is_undone_when_the_second_fails()
    {
        Pools("four 10.99.0.0/20 20", "six fd00:65::/116 116");
        IPAMBlock[] blocks = [AddBlockOfPods("10.99.0.0/20"), AddBlockOfPods("fd00:65::/116")];
        Assert.InRange(blocks.Max(block => block.Key.Write(block).Length), Transaction.MaxBytes / 2, Transaction.MaxBytes * 3 / 4);
        var assignments = new Assignments(Shared);
        var record = WorkloadEndpoint.Create("default", "node-a", "web", "eth0", IpamWorld.Time);
        var made = new List<int>();
        var request = new AddressRequest("node-a", "web", DateTimeOffset.UtcNow)
        {
            OfEachFamily = true,
            Sticky = EndpointName.Create("default", "web"),
            Record = new RecordWrite(record.Key, given =>
            {
                made.Add(given.Count);
                if (made.Count == 2)
                {
                    // The first family is given already. Now another host writes the record.
                    Assert.Equal(1, Used("web"));
                    Shared.Transact([], [KeyOperation.Put(record.Key.Text, record.Key.Write(record))], []);
                }

                return record with { Spec = record.Spec! with { IPNetworks = [.. given.Select(one => one.Address.ToPrefix())] } };
            }),
        };

        Assert.Equal(CalicoFault.Exists, Assert.Throws<CalicoException>(() => assignments.Assign(request)).Fault);
        Assert.Equal(0, Used("web"));
        Assert.Empty(Shared.Range(new HandleKey("web").Text).Entries);
        Assert.Equal(record, record.Key.Read(Assert.Single(Shared.Range(record.Key.Text).Entries).Value.Span));

        Shared.Transact([], [KeyOperation.Delete(record.Key.Text)], []);
        var assigned = assignments.Assign(request with { Time = DateTimeOffset.UtcNow });
        Assert.Equal(["four", "six"], assigned.Select(one => one.Pool));
        Assert.Equal(2, Used("web"));
        Assert.Equal(assigned.Select(one => one.Address), record.Key.Read(Assert.Single(Shared.Range(record.Key.Text).Entries).Value.Span).Addresses);
        Assert.Equal(assigned.Select(one => one.Address).Order(), new StickyAddressesKey(request.Sticky).Read(Assert.Single(Shared.Range(KeyRange.Prefix(StickyAddressesKey.Prefix)).Entries).Value.Span).Addresses!.Order());
        Assert.All(made, count => Assert.Equal(2, count));

        int Used(string handle) => blocks.Sum(block => block.Key.Read(Assert.Single(Shared.Range(block.Key.Text).Entries).Value.Span).AddressesOf(attribute => attribute.HandleId == handle).Count());
    }

    [Fact]
    public void A_pool_that_is_removed_leaves_addresses_in_use_until_they_are_released()
    {
        Pools("keep 10.98.0.0/28 30", "gone 10.99.0.0/28 30");
        var assignments = new Assignments(Shared);
        var used = assignments.Assign(new AddressRequest("node-a", "used", DateTimeOffset.UtcNow) { IPv4Count = 1, Pools = ["gone"] })[0];
        assignments.Assign(new AddressRequest("node-b", "released", DateTimeOffset.UtcNow) { IPv4Count = 1, Pools = ["gone"] });
        assignments.Assign(new AddressRequest("node-b", "kept", DateTimeOffset.UtcNow) { IPv4Count = 1, Pools = ["keep"] });
        assignments.Release([new ReleaseRequest { Handle = "released" }]);

        assignments.RemovePool("gone");

        Assert.Equal(CalicoFault.NotFound, Assert.Throws<CalicoException>(() => assignments.RemovePool("gone")).Fault);
        Assert.Equal(CalicoFault.NotFound, Assert.Throws<CalicoException>(() => assignments.Assign(new AddressRequest("node-a", "x", DateTimeOffset.UtcNow) { Addresses = [used.Address] })).Fault);
        var left = Assert.Single(Shared.Range(KeyRange.Prefix("/calico/ipam/v2/assignment/ipv4/block/10.99.")).Entries);
        Assert.Null(new BlockKey(used.Block).Read(left.Value.Span).Affinity);
        Workload.CheckRest(Shared);

        // By address alone: no pool tells its block any more.
        Assert.Equal([used.Address], assignments.Release([new ReleaseRequest { Addresses = [new AddressRelease(used.Address)] }]).Addresses);
        Assert.Empty(Shared.Range(KeyRange.Prefix("/calico/ipam/v2/assignment/ipv4/block/10.99.")).Entries);
        Workload.CheckRest(Shared);
    }

    [Fact]
    public void Threads_that_ask_for_the_same_address_get_it_once()
    {
        Pools("small 10.99.0.0/28 30");
        var got = 0;

        Parallel(Enumerable.Range(0, 8), i =>
        {
            try
            {
                new Assignments(Shared).Assign(new AddressRequest($"node-{i}", $"h{i}", DateTimeOffset.UtcNow) { Addresses = [IPAddr.Parse("10.99.0.5")] });
                Interlocked.Increment(ref got);
            }
            catch (CalicoException taken) when (taken.Fault == CalicoFault.AddressInUse)
            {
            }
        });

        Assert.Equal(1, got);
        Workload.CheckRest(Shared);
    }

    private static void Play(IEnumerable<int> steps)
    {
        foreach (var _ in steps)
        {
        }
    }

    private static void Parallel<T>(IEnumerable<T> work, Action<T> run)
    {
        var all = work.ToList();
        Workers.Run(all.Count, number =>
        {
            run(all[number]);
            return number;
        });
    }

    private Datastore Open()
    {
        _open.Add(Connect());
        return _open[^1];
    }

    private Datastore Connected()
    {
        var datastore = Open();
        datastore.Range("/");
        return datastore;
    }

    private Datastore Empty()
    {
        var datastore = Open();
        datastore.Transact([], [KeyOperation.Delete(KeyRange.Prefix("/"))], []);
        return datastore;
    }

    /// <summary>Adds a block of node-a with 4,096 addresses, all but a few in use by pods of long names.</summary>
    private IPAMBlock AddBlockOfPods(string cidr)
    {
        var empty = IPAMBlock.Create(IPPrefix.Parse(cidr), "node-a", IpamWorld.Time);
        var handle = $"pods.{empty.Cidr.Family}";
        var used = empty.Size - 8;
        var pods = Enumerable.Range(0, used).Select(i => new AllocationAttribute
        {
            HandleId = handle,
            Secondary = StringMap.Empty.With("namespace", "default").With("node", "node-a").With("pod", $"{i}-{new string('x', 120)}").With("timestamp", "2026-11-23 12:57:46.71942553 +0000 UTC"),
        });
        var block = empty with
        {
            Allocations = [.. Enumerable.Range(0, empty.Size).Select(i => i < used ? i : default(int?))],
            Unallocated = [.. Enumerable.Range(used, empty.Size - used)],
            Attributes = [.. pods],
        };
        var (affinity, counts) = (new BlockAffinityKey("node-a", block.Cidr), new HandleKey(handle));
        Shared.Transact(
            [],
            [
                KeyOperation.Put(block.Key.Text, block.Key.Write(block)),
                KeyOperation.Put(affinity.Text, affinity.Write(new BlockAffinity { State = BlockAffinity.Confirmed })),
                KeyOperation.Put(counts.Text, counts.Write(IPAMHandle.Create().Add(block.Cidr, used))),
            ],
            []);
        return block;
    }

    private void Pools(params string[] pools)
    {
        foreach (var entry in IpamWorld.With(pools).Store.Entries)
            Shared.Transact([], [KeyOperation.Put(entry.Key, entry.Value)], []);
    }
}

public sealed class SqliteAssignmentTests(ITestOutputHelper output) : AssignmentTests(output)
{
    private readonly TempDirectory _directory = new();

    private protected override Datastore Connect() => Datastore.Open(new SqliteAddress(_directory.File("caliconet.db")) { Timeout = TimeSpan.FromSeconds(60) });

    protected override void Close() => _directory.Dispose();
}

public sealed class EtcdAssignmentTests(SharedEtcd etcd, ITestOutputHelper output) : AssignmentTests(output), IClassFixture<SharedEtcd>
{
    private protected override Datastore Connect() => (EtcdAddress.Parse(etcd.Server.Endpoints) with { Timeout = TimeSpan.FromSeconds(60) }).Open();
}

using System.Collections.Concurrent;
using CalicoNet.Netlink;
using CalicoNet.Testing;

namespace CalicoNet.Core.Tests.Ipam;

/// <summary>Assignments on SQLite, with real threads.</summary>
public sealed class AssignmentTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly Datastore _datastore;
    private readonly ITestOutputHelper _output;

    public AssignmentTests(ITestOutputHelper output)
    {
        _output = output;
        _datastore = Open();
    }

    public void Dispose()
    {
        _datastore.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Addresses_are_handed_out_and_taken_back_and_nothing_is_left()
    {
        Pools("four 10.99.0.0/26 28", "six fd00:65::/120 124");
        var assignments = new Assignments(_datastore);
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
        Workload.Drain(_datastore);
    }

    [Fact]
    public void A_thousand_releases_go_at_once()
    {
        Pools("four 10.64.0.0/16 26");
        var assignments = new Assignments(_datastore);
        for (var i = 0; i < 1000; i++)
            assignments.Assign(new AddressRequest($"node-{i % 7}", $"net1.{i}", DateTimeOffset.UtcNow) { IPv4Count = 1 });
        Workload.CheckRest(_datastore);

        var released = assignments.Release([.. Enumerable.Range(0, 1000).Select(i => new ReleaseRequest { Handle = $"net1.{i}" })]);

        Assert.Equal(1000, released.Addresses.Count);
        Workload.Drain(_datastore);
    }

    [Fact]
    public void A_node_in_upper_case_is_refused()
        => Assert.Contains("'Node-A'", Assert.Throws<ArgumentException>(() => new Assignments(_datastore).Assign(new AddressRequest("Node-A", "h", DateTimeOffset.UtcNow))).Message, StringComparison.Ordinal);

    [Fact]
    public void Eight_threads_at_random_neither_double_nor_lose_an_address()
    {
        Pools("a 10.98.0.0/26 30", "b 10.99.0.0/26 28", "six fd00:65::/120 124");
        var workers = Enumerable.Range(0, 8).Select(i => (Store: i % 2 == 0 ? _datastore : Open(), Number: i)).Select(worker => (worker.Store, worker.Number, Load: new Workload(worker.Store, $"{worker.Number}", $"node-{worker.Number % 3}"))).ToList();

        Parallel(workers, worker => worker.Load.Run(150, seed: worker.Number));

        Workload.Check(_datastore, workers.SelectMany(worker => worker.Load.Held));
        Workload.CheckRest(_datastore);
        Workload.Drain(_datastore);
        var attempts = workers.SelectMany(worker => worker.Load.Attempts).ToList();
        _output.WriteLine($"{attempts.Count} operations, {attempts.Average():0.00} attempts each, {attempts.Max()} at most");
        foreach (var worker in workers.Where(worker => worker.Store != _datastore))
            worker.Store.Dispose();
    }

    [Fact]
    public void Beside_a_writer_of_Calicos_kind_neither_doubles_nor_loses_an_address()
    {
        Pools("small 10.99.0.0/27 30", "six fd00:65::/120 124");
        var space = new BlockSpace(IPPrefix.Parse("10.99.0.0/27"), 30);
        var ours = Enumerable.Range(0, 4).Select(i => new Workload(_datastore, $"{i}", $"node-{i % 2}")).ToList();
        var theirs = new ConcurrentDictionary<string, List<IPAddr>>();
        var work = ours.Select((load, i) => (Action)(() => load.Run(150, seed: i, most: 2)))
            .Concat(Enumerable.Range(0, 2).Select(i => (Action)(() => RunCalico($"node-{i}", i))));

        Parallel(work, one => one());

        Workload.Check(_datastore, ours.SelectMany(load => load.Held).Concat(theirs));
        Workload.CheckRest(_datastore, onlyOurs: false);

        void RunCalico(string node, int seed)
        {
            var random = new Random(seed);
            var writer = new CalicoWriter(new DatastoreKeyValues(_datastore), node, space, () => DateTimeOffset.UtcNow);
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
    public void Threads_that_ask_for_the_same_address_get_it_once()
    {
        Pools("small 10.99.0.0/28 30");
        var got = 0;

        Parallel(Enumerable.Range(0, 8), i =>
        {
            try
            {
                new Assignments(_datastore).Assign(new AddressRequest($"node-{i}", $"h{i}", DateTimeOffset.UtcNow) { Addresses = [IPAddr.Parse("10.99.0.5")] });
                Interlocked.Increment(ref got);
            }
            catch (CalicoException taken) when (taken.Fault == CalicoFault.AddressInUse)
            {
            }
        });

        Assert.Equal(1, got);
        Workload.CheckRest(_datastore);
    }

    private static void Play(IEnumerable<int> steps)
    {
        foreach (var _ in steps)
        {
        }
    }

    private static void Parallel<T>(IEnumerable<T> work, Action<T> run)
    {
        var failures = new ConcurrentQueue<Exception>();
        var threads = work.Select(one => new Thread(() =>
        {
            try
            {
                run(one);
            }
            catch (Exception failure)
            {
                failures.Enqueue(failure);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        if (!failures.IsEmpty)
            throw new AggregateException(failures);
    }

    private Datastore Open() => Datastore.Open(new SqliteAddress(_directory.File("caliconet.db")) { Timeout = TimeSpan.FromSeconds(60) });

    private void Pools(params string[] pools)
    {
        foreach (var entry in IpamWorld.With(pools).Store.Entries)
            _datastore.Transact([], [KeyOperation.Put(entry.Key, entry.Value)], []);
    }
}

using CalicoNet.Netlink;
using CalicoNet.Testing;

namespace CalicoNet.Core.Tests.Ipam;

/// <summary>
/// Processes that allocate and release at random in one datastore, each killed (SIGKILL) somewhere in the middle of its work and followed by
/// another of its name: no address twice, none lost, every invariant at the end. A few by default; with
/// <c>CALICONET_CONTENTION=16x1000</c> so many processes and operations each, and with <c>16x1000x0</c> none of them killed.
/// </summary>
public abstract class ContentionTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(30);

    private static string Program => Path.Combine(AppContext.BaseDirectory, "CalicoNet.NativeSmoke.dll");

    private protected abstract Datastore Connect();

    [Fact]
    public void Processes_that_are_killed_at_random_neither_double_nor_lose_an_address()
    {
        var (processes, operations, kills) = Size();
        using var store = Connect();
        store.Transact([], [KeyOperation.Delete(KeyRange.Prefix("/"))], []);
        foreach (var entry in IpamWorld.With("a 10.98.0.0/25 30", "b 10.99.0.0/25 28", "six fd00:65::/120 124").Store.Entries)
            store.Transact([], [KeyOperation.Put(entry.Key, entry.Value)], []);
        using var folder = new TempDirectory();
        var seed = Environment.TickCount;
        var started = System.Diagnostics.Stopwatch.GetTimestamp();

        var ends = Workers.Run(processes, number => Run(store.Address, number, operations, kills, new Random(seed + number), folder));

        var attempts = ends.SelectMany(end => end.Attempts).ToList();
        output.WriteLine($"{processes} processes x {operations} operations, each killed {kills} times, seed {seed}: {System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s; "
            + $"of those told of, {attempts.Average():0.00} attempts each, {attempts.Max()} at most; "
            + string.Join(", ", attempts.CountBy(count => count).OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}: {pair.Value}")));
        Workload.Check(store, ends.SelectMany(end => end.Held));
        // What the killed ones held, their followers hold: nobody else has anything.
        Assert.Equal(
            ends.SelectMany(end => end.Held.Keys).Order(StringComparer.Ordinal),
            store.Range(KeyRange.Prefix(HandleKey.Prefix), keysOnly: true).Entries.Select(entry => entry.Key[HandleKey.Prefix.Length..]).Order(StringComparer.Ordinal));
        Workload.CheckRest(store);
        Workload.Drain(store);
    }

    /// <summary>One worker's work, by as many processes as it is killed times, and one.</summary>
    private static End Run(DatastoreAddress address, int number, int operations, int kills, Random random, TempDirectory folder)
    {
        for (var left = operations; ; kills--)
        {
            string[] arguments = ["exec", Program, "addresses", $"{address}", $"{number}", $"node-{number % 4}", $"{left}", $"{random.Next()}"];
            using var worker = ProcessRunner.Start(ProcessRunner.DotnetHost, arguments, ProcessRunner.ToBeKilled(folder));
            if (kills == 0)
                return End.Parse(worker.WaitForExit(Bound).OrThrow().Output);

            // It goes on while it is killed: somewhere in what follows the operation that it told of.
            var done = random.Next(1, Math.Max(2, left / kills));
            worker.WaitForOutput($"done {done}.", Bound);
            worker.Kill();
            worker.WaitForExit();
            left = Math.Max(1, left - done);
        }
    }

    private static (int Processes, int Operations, int Kills) Size()
    {
        var size = (Environment.GetEnvironmentVariable("CALICONET_CONTENTION") ?? "2x40").Split('x').Select(part => int.Parse(part, null)).ToArray();
        return (size[0], size[1], size.Length > 2 ? size[2] : 1);
    }

    /// <summary>What a worker said at its end.</summary>
    private sealed record End(IReadOnlyDictionary<string, List<IPAddr>> Held, IReadOnlyList<int> Attempts)
    {
        public static End Parse(string output)
        {
            var lines = output.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 0).ToList();
            return new End(
                lines.Where(words => words[0] == "held").ToDictionary(words => words[1], words => words[2..].Select(IPAddr.Parse).ToList()),
                [.. lines.Single(words => words[0] == "attempts")[1..].Select(word => int.Parse(word, null))]);
        }
    }
}

public sealed class SqliteContentionTests(ITestOutputHelper output) : ContentionTests(output), IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private protected override Datastore Connect() => Datastore.Open(new SqliteAddress(_directory.File("caliconet.db")) { Timeout = TimeSpan.FromSeconds(60) });
}

public sealed class EtcdContentionTests(SharedEtcd etcd, ITestOutputHelper output) : ContentionTests(output), IClassFixture<SharedEtcd>
{
    private protected override Datastore Connect() => (EtcdAddress.Parse(etcd.Server.Endpoints) with { Timeout = TimeSpan.FromSeconds(60) }).Open();
}

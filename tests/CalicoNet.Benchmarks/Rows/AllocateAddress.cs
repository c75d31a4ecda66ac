using System.Diagnostics;
using CalicoNet.Core;
using CalicoNet.Netlink;
using CalicoNet.Testing;

namespace CalicoNet.Benchmarks.Rows;

/// <summary>
/// One address of a pool of a million with 10,000 in use, spread over ten nodes, against with ten in use, each in a datastore of its own; in a
/// process that has allocated before, and so knows the blocks that are full.
/// </summary>
internal sealed class AllocateAddress : Row, IDisposable
{
    private const int Nodes = 10, Few = 10, Many = 10_000, Sample = 200;

    private readonly TempDirectory _folder = new();
    private readonly List<Datastore> _open = [];
    private Assignments? _few;
    private Assignments? _many;

    public override string Work => "allocate one address from a pool of a million with 10,000 in use";

    public override string Against => "with 10 in use";

    public override double? AtMost => 1.5;

    public override void WarmUp()
    {
        _few = Filled("few.db", Few);
        _many = Filled("many.db", Many);
        Measure(-1);
    }

    public override (double Ours, double Peer) Measure(int round) => (Time(_many!), Time(_few!));

    public override void CleanUp() => Dispose();

    public void Dispose()
    {
        _open.ForEach(store => store.Dispose());
        _folder.Dispose();
    }

    private Assignments Filled(string name, int count)
    {
        var store = new SqliteAddress(_folder.File(name)).Open();
        _open.Add(store);
        var pool = IPPool.Create("million", new IPPoolSpec { Cidr = IPPrefix.Parse("10.64.0.0/12"), BlockSize = 26 }, DateTimeOffset.UtcNow);
        var key = new ResourceKey<IPPool>("million");
        store.Transact([], [KeyOperation.Put(key.Text, key.Write(pool))], []);
        var assignments = new Assignments(store);
        for (var i = 0; i < count; i++)
        {
            assignments.Assign(Request(i, $"used.{i}"));
        }

        return assignments;
    }

    /// <summary>What was allocated is released uncounted, so that the number in use stays.</summary>
    private static double Time(Assignments assignments)
    {
        var watch = new Stopwatch();
        for (var i = 0; i < Sample; i++)
        {
            watch.Start();
            assignments.Assign(Request(i, "one.more"));
            watch.Stop();
            assignments.Release([new ReleaseRequest { Handle = "one.more" }]);
        }

        return watch.Elapsed.TotalMilliseconds / Sample;
    }

    private static AddressRequest Request(int number, string handle) => new($"node-{number % Nodes}", handle, DateTimeOffset.UtcNow) { IPv4Count = 1 };
}

using CalicoNet.Testing;

namespace CalicoNet.Netlink.Tests.Watching;

public sealed class WatchTests : IDisposable
{
    private const string Mac = "02:00:00:00:00:01";

    private readonly Sandbox _sandbox = Sandbox.Create();
    private readonly Ip _ip;
    private readonly NetworkStack _stack;

    // A stream that never ends must not hold a failing test.
    private readonly CancellationTokenSource _limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public WatchTests()
    {
        var name = _sandbox.AddNamespace("watched");
        _ip = Ip.In(name);
        _ip.RunBatch("link add one type veth peer name two", "link set one up", "link set two up");
        _stack = NetworkStack.Open(NetNamespaceRef.Parse(name));
        _limit.CancelAfter(TimeSpan.FromMinutes(1));
    }

    private int Index => _stack.Links.Find("one")!.Index;

    private CancellationToken Token => _limit.Token;

    public void Dispose()
    {
        _stack.Dispose();
        _limit.Dispose();
        _sandbox.Dispose();
    }

    [Fact]
    public void Neighbors_that_exist_come_first_then_what_happens_to_them()
    {
        _ip.Run($"neighbor add 10.65.0.2 lladdr {Mac} dev one nud permanent");
        using var watch = _stack.Neighbors.Watch(Token).GetEnumerator();

        Assert.Equal((ChangeKind.Existing, NeighborState.Permanent, Mac), Next(watch, "10.65.0.2"));

        _ip.Run($"neighbor add 2001:db8::2 lladdr {Mac} dev one nud reachable");
        Assert.Equal((ChangeKind.Changed, NeighborState.Reachable, Mac), Next(watch, "2001:db8::2"));

        _ip.Run("neighbor replace 10.65.0.2 lladdr 02:00:00:00:00:02 dev one nud permanent");
        Assert.Equal((ChangeKind.Changed, NeighborState.Permanent, "02:00:00:00:00:02"), Next(watch, "10.65.0.2"));

        _ip.Run("neighbor del 10.65.0.2 dev one");
        Assert.Equal(ChangeKind.Removed, NextBut(watch, "10.65.0.2", NeighborState.Failed).Kind);

        _ip.Run("link set one down");
        Assert.Equal(ChangeKind.Removed, NextBut(watch, "2001:db8::2", NeighborState.Failed).Kind);
    }

    [Fact]
    public void A_proxied_address_is_no_neighbor()
    {
        using var watch = _stack.Neighbors.Watch(Token).GetEnumerator();
        _ip.RunBatch("neighbor add proxy 10.65.0.9 dev one", "neighbor del proxy 10.65.0.9 dev one", $"neighbor add 10.65.0.10 lladdr {Mac} dev one");

        while (watch.MoveNext() && watch.Current.Value.Address.ToString() != "10.65.0.10")
            Assert.NotEqual("10.65.0.9", watch.Current.Value.Address.ToString());
    }

    [Fact]
    public void Links_that_exist_come_first_then_what_happens_to_them()
    {
        using var watch = _stack.Links.Watch(Token).GetEnumerator();
        var existing = Enumerable.Range(0, 3).Select(_ => Next(watch)).ToList();
        Assert.Equal([(ChangeKind.Existing, "lo"), (ChangeKind.Existing, "one"), (ChangeKind.Existing, "two")], existing.Select(change => (change.Kind, change.Value.Name)).Order());
        var index = existing.Single(change => change.Value.Name == "one").Value.Index;

        _ip.Run("link set one alias first");
        Assert.Equal((ChangeKind.Changed, index), Until(watch, link => link.Alias == "first"));

        _ip.Run("link set one name three");
        Assert.Equal((ChangeKind.Changed, index), Until(watch, link => link.Name == "three"));

        _ip.Run("link del three");
        var gone = new List<string>();
        for (var change = Next(watch); gone.Count < 2; change = gone.Count < 2 ? Next(watch) : change)
        {
            if (change.Kind == ChangeKind.Removed)
                gone.Add(change.Value.Name);
        }

        Assert.Equal(["three", "two"], gone.Order());

        // Carriers come and go a moment after what brought them about.
        static (ChangeKind, int) Until(IEnumerator<KernelChange<Link>> watch, Func<Link, bool> isMeant)
        {
            while (!isMeant(Next(watch).Value))
            {
            }

            return (watch.Current.Kind, watch.Current.Value.Index);
        }
    }

    [Fact]
    public void An_announcement_without_news_is_none()
    {
        var known = new Dictionary<int, Link>();
        foreach (var change in _stack.Links.Watch(Token))
        {
            Assert.NotEqual(known.GetValueOrDefault(change.Value.Index), change.Value);
            known[change.Value.Index] = change.Value;
            if (known.Count == 3 && change.Kind == ChangeKind.Existing)
                _ip.RunBatch("link set one alias x", "link set one alias x", "link set one mtu 1500", "link set one up", "link set one alias y");
            if (change.Value.Alias == "y")
                break;
        }

        Assert.Contains(known.Values, link => link.Alias == "y");
    }

    [Fact]
    public void After_lost_events_the_stream_goes_on_and_ends_up_with_what_is_there()
    {
        const int turns = 2000;
        const string last = "02:00:00:00:ff:ff";
        var index = Index;
        _ip.Run($"neighbor add 10.65.0.254 lladdr {Mac} dev one nud permanent");
        using var watch = Watcher<Neighbors.Watched, (int, IPAddr), NeighborEntry>.Run(_stack, queueBytes: 4096, Token).GetEnumerator();
        var known = new Dictionary<IPAddr, NeighborEntry>();
        Apply();   // from here on it is subscribed

        // One neighbor that changes all the time, some that stay, some that go: far more events than the queue holds, and nobody reads.
        var flapping = IPAddr.Parse("10.65.0.1");
        for (var turn = 0; turn < turns; turn++)
            _stack.Neighbors.Replace(Neighbor(flapping, $"02:00:00:00:{turn >> 8:x2}:{turn & 255:x2}"));
        for (var i = 2; i < 200; i++)
            _stack.Neighbors.Add(Neighbor(IPAddr.Parse($"10.65.0.{i}"), Mac));
        for (var i = 2; i < 100; i++)
            _stack.Neighbors.Remove(Neighbor(IPAddr.Parse($"10.65.0.{i}"), Mac));
        _stack.Neighbors.Replace(Neighbor(flapping, last));

        var seen = 0;
        while (!known.TryGetValue(flapping, out var now) || now.LinkLayerAddress.ToString() != last)
        {
            Apply();
            seen++;
        }

        Assert.True(seen < turns, $"{seen} changes of more than {turns}: nothing was lost, so nothing is proven");

        // It follows again, and nothing that lay in the queue comes after its successor.
        _stack.Neighbors.Add(Neighbor(IPAddr.Parse("10.65.0.250"), Mac));
        while (!known.ContainsKey(IPAddr.Parse("10.65.0.250")))
            Apply();
        Assert.Equal(
            _stack.Neighbors.List(IPFamily.IPv4).OrderBy(neighbor => neighbor.Address),
            known.Values.Where(neighbor => neighbor.Address.Family == IPFamily.IPv4).OrderBy(neighbor => neighbor.Address));

        NeighborEntry Neighbor(IPAddr address, string mac) => new(index, address, LinkLayerAddress.ParseMac(mac), NeighborState.Permanent);

        void Apply()
        {
            Assert.True(watch.MoveNext());
            var (kind, neighbor) = watch.Current;
            if (kind == ChangeKind.Removed)
                Assert.True(known.Remove(neighbor.Address));
            else
                known[neighbor.Address] = neighbor;
        }
    }

    [Fact]
    public void Cancelling_ends_the_wait_without_an_exception()
    {
        using var cancellation = new CancellationTokenSource();
        var count = 0;

        foreach (var _ in _stack.Links.Watch(cancellation.Token))
        {
            if (++count == 3)
                ThreadPool.QueueUserWorkItem(_ => cancellation.Cancel());
        }

        Assert.Equal(3, count);
    }

    [Fact]
    public void Cancelling_ends_the_stream_before_what_is_still_to_be_told()
    {
        using var cancellation = new CancellationTokenSource();
        var count = 0;

        foreach (var _ in _stack.Links.Watch(cancellation.Token))
        {
            count++;
            cancellation.Cancel();
        }

        Assert.Equal(1, count);
        Assert.Empty(_stack.Neighbors.Watch(cancellation.Token));
    }

    [Fact]
    public void Leaving_the_loop_closes_the_subscription()
    {
        var census = LeakCensus.Take(LeakScope.Of(_sandbox));

        foreach (var _ in _stack.Links.Watch(Token))
            break;

        census.AssertNothingLeft(LeakCensus.Take(LeakScope.Of(_sandbox)));
    }

    private static KernelChange<Link> Next(IEnumerator<KernelChange<Link>> watch)
    {
        Assert.True(watch.MoveNext());
        return watch.Current;
    }

    /// <summary>The next change of one address; the kernel adds neighbors (multicast groups) of its own.</summary>
    private static (ChangeKind, NeighborState, string) Next(IEnumerator<KernelChange<NeighborEntry>> watch, string address)
    {
        var change = NextBut(watch, address, NeighborState.None);
        return (change.Kind, change.Value.State, change.Value.LinkLayerAddress.ToString());
    }

    /// <summary>As above, past changes into a state: on its way out, an entry is FAILED for a moment.</summary>
    private static KernelChange<NeighborEntry> NextBut(IEnumerator<KernelChange<NeighborEntry>> watch, string address, NeighborState passing)
    {
        do
            Assert.True(watch.MoveNext());
        while (watch.Current.Value.Address.ToString() != address || (watch.Current.Kind != ChangeKind.Removed && watch.Current.Value.State == passing));
        return watch.Current;
    }
}

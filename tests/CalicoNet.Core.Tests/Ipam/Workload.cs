using CalicoNet.Netlink;

namespace CalicoNet.Core.Tests.Ipam;

/// <summary>
/// One worker's random allocations and releases on any datastore, and what must hold when all workers have ended. A worker keeps nothing but its
/// name: what it holds is told by its handles, so one that was killed is followed by one of the same name.
/// </summary>
/// <param name="datastore">The datastore, which others may use at the same time.</param>
/// <param name="name">The worker's name: its handles are <c>w.NAME.number</c>.</param>
/// <param name="node">The node it works on.</param>
/// <param name="losesReplies">Whether the datastore commits some transactions without telling.</param>
internal sealed class Workload(Datastore datastore, string name, string node, bool losesReplies = false)
{
    private readonly Dictionary<string, List<IPAddr>> _held = new(StringComparer.Ordinal);
    private int _serial;

    /// <summary>The transactions each operation took.</summary>
    public List<int> Attempts { get; } = [];

    /// <summary>What it holds, by handle.</summary>
    public IReadOnlyDictionary<string, List<IPAddr>> Held => _held;

    /// <summary>Does so many operations. A pool that is full, or whose blocks are all at their limit, is no failure.</summary>
    public void Run(int operations, int seed, int most = 8)
    {
        var random = new Random(seed);
        var assignments = new Assignments(datastore, new AssignmentOptions { Patience = TimeSpan.FromSeconds(60), Attempted = Attempts.Add });
        for (var i = 0; i < operations; i++)
        {
            if (_held.Count > 0 && (_held.Count >= most || random.Next(2) == 0))
            {
                var (handle, addresses) = _held.ElementAt(random.Next(_held.Count));
                var request = random.Next(3) == 0 ? new ReleaseRequest { Handle = handle } : new ReleaseRequest { Addresses = [.. addresses.Select(address => new AddressRelease(address, handle))] };
                var released = assignments.Release([request]);
                // After a lost reply the release is done, and there is nothing left to release.
                Assert.True(addresses.Order().SequenceEqual(released.Addresses.Order()) || losesReplies);
                _held.Remove(handle);
            }
            else
            {
                var handle = $"w.{name}.{_serial++}.{random.Next():x}";
                try
                {
                    var got = assignments.Assign(new AddressRequest(node, handle, DateTimeOffset.UtcNow) { IPv4Count = random.Next(1, 4), IPv6Count = random.Next(2) });
                    _held.Add(handle, [.. got.Select(assigned => assigned.Address)]);
                }
                catch (CalicoException full) when (full.Fault is CalicoFault.NoFreeAddress or CalicoFault.BlockLimit)
                {
                }
            }
        }
    }

    /// <summary>Checks what workers hold against what is stored: every address is in use by its holder's handle, and by nobody else.</summary>
    public static void Check(Datastore datastore, IEnumerable<KeyValuePair<string, List<IPAddr>>> held)
    {
        var used = Used(datastore);
        var all = held.SelectMany(pair => pair.Value.Select(address => (Address: address, Handle: pair.Key))).ToList();
        Assert.Equal(all.Count, all.Select(one => one.Address).Distinct().Count());
        Assert.All(all, one => Assert.Equal(one.Handle, used.GetValueOrDefault(one.Address)));
    }

    /// <summary>Releases everything by the handles there are, and checks that nothing is left: no address, no handle, no block in use.</summary>
    public static void Drain(Datastore datastore)
    {
        var assignments = new Assignments(datastore);
        var handles = datastore.Range(KeyRange.Prefix(HandleKey.Prefix), keysOnly: true).Entries.Select(entry => ((HandleKey)DatastoreKey.Parse(entry.Key)).Handle).ToList();
        assignments.Release([.. handles.Select(handle => new ReleaseRequest { Handle = handle })]);
        Assert.Empty(datastore.Range(KeyRange.Prefix(HandleKey.Prefix)).Entries);
        Assert.Empty(Used(datastore));
        CheckRest(datastore);
    }

    /// <summary>Checks every invariant of a datastore at rest.</summary>
    public static void CheckRest(Datastore datastore, bool onlyOurs = true)
    {
        var copy = new MemoryStore();
        foreach (var entry in datastore.Range(KeyRange.Prefix("/calico/ipam/")).Entries)
            copy.Put(entry.Key, entry.Text);
        new IpamWorld { Store = copy }.CheckRest(onlyOurs);
    }

    private static Dictionary<IPAddr, string> Used(Datastore datastore)
        => datastore.Range(KeyRange.Prefix("/calico/ipam/v2/assignment/")).Entries
            .Select(entry => ((BlockKey)DatastoreKey.Parse(entry.Key)).Read(entry.Value.Span))
            .SelectMany(block => Enumerable.Range(0, block.Size).Where(ordinal => block.Allocations[ordinal] is not null).Select(ordinal => (Address: block.AddressOf(ordinal), Handle: block.AttributeOf(ordinal)!.HandleId!)))
            .ToDictionary(use => use.Address, use => use.Handle);
}

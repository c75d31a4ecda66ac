using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.NativeSmoke;

/// <summary>
/// One worker's random allocations and releases on any datastore. It keeps nothing but its name: what it holds is told by its handles, so one
/// that was killed is followed by one of the same name, which takes over what is held.
/// </summary>
/// <param name="datastore">The datastore, which others may use at the same time.</param>
/// <param name="name">The worker's name: its handles are <c>w.NAME.number</c>.</param>
/// <param name="node">The node it works on.</param>
/// <param name="losesReplies">Whether the datastore commits some transactions without telling.</param>
public class AddressWorker(Datastore datastore, string name, string node, bool losesReplies = false)
{
    private readonly Dictionary<string, List<IPAddr>> _held = new(StringComparer.Ordinal);
    private int _serial;

    /// <summary>The transactions each operation took.</summary>
    public List<int> Attempts { get; } = [];

    /// <summary>What it holds, by handle.</summary>
    public IReadOnlyDictionary<string, List<IPAddr>> Held => _held;

    /// <summary>Takes over what a worker of this name held when it ended, however it ended.</summary>
    public void TakeOver()
    {
        foreach (var entry in datastore.Range(KeyRange.Prefix($"{HandleKey.Prefix}w.{name}.")).Entries)
        {
            var key = (HandleKey)DatastoreKey.Parse(entry.Key);
            _held[key.Handle] =
            [
                .. from cidr in key.Read(entry.Value.Span).Blocks!.Keys
                   let at = new BlockKey(cidr)
                   let block = at.Read(datastore.Range(at.Text).Entry!.Value.Span)
                   from ordinal in Enumerable.Range(0, block.Size)
                   where block.AttributeOf(ordinal)?.HandleId == key.Handle
                   select block.AddressOf(ordinal),
            ];
        }
    }

    /// <summary>Does so many operations. A pool that is full, or whose blocks are all at their limit, is no failure.</summary>
    /// <param name="operations">How many.</param>
    /// <param name="seed">What chance begins with.</param>
    /// <param name="most">The most handles it holds.</param>
    /// <param name="done">Told after each operation how many there have been.</param>
    /// <exception cref="InvalidOperationException">Something that it held was not its own any more.</exception>
    public void Run(int operations, int seed, int most = 8, Action<int>? done = null)
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
                if (!losesReplies && !addresses.Order().SequenceEqual(released.Addresses.Order()))
                {
                    throw new InvalidOperationException($"'{handle}' held {string.Join(", ", addresses)}, and {string.Join(", ", released.Addresses)} were released.");
                }

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

            done?.Invoke(i + 1);
        }
    }
}

using CalicoNet.Netlink;

namespace CalicoNet.Core.Tests.Ipam;

/// <summary>
/// A second writer that works as Calico does: every transaction writes one key. Affinity pending, block, affinity confirmed; the handle's
/// count before the block's allocation; the block before the handle on release. Each yield is a moment at which others may come in between.
/// One pool, IPv4.
/// </summary>
internal sealed class CalicoWriter(IKeyValues store, string node, BlockSpace pool, Func<DateTimeOffset> clock)
{
    private const int Retries = 100;

    private string Affinity => IPAMBlock.AffinityOf(node);

    /// <summary>What <see cref="Assign"/> got; null where it got none.</summary>
    public IPAddr? Assigned { get; private set; }

    public IEnumerable<int> Assign(string handle, bool strict)
    {
        Assigned = null;
        var attribute = new AllocationAttribute
        {
            HandleId = handle,
            Secondary = StringMap.Of((AllocationAttribute.NodeKey, node), (AllocationAttribute.TimestampKey, GoTime.Format(clock()))),
        };
        yield return 0;
        var own = store.List(BlockAffinityKey.Prefix(node, IPFamily.IPv4)).Select(entry => ((BlockAffinityKey)DatastoreKey.Parse(entry.Key)).Cidr).Where(cidr => pool.Pool.Contains(cidr.Address)).ToList();
        foreach (var cidr in own)
        {
            foreach (var step in UseAffinity(cidr))
                yield return step;
            if (_block is not null && _block.Unallocated.Length > 0)
            {
                foreach (var step in AssignFrom(cidr, handle, attribute, strict))
                    yield return step;
                if (Assigned is not null)
                    yield break;
            }
        }

        for (var retry = 0; retry < Retries; retry++)
        {
            yield return 0;
            var entries = store.List(BlockKey.Prefix(IPFamily.IPv4)).ToDictionary(entry => entry.Key);
            var blocks = entries.Keys.Select(DatastoreKey.Parse).OfType<BlockKey>().Where(key => pool.Pool.Contains(key.Cidr.Address)).ToDictionary(key => key.Cidr, key => key.Read(entries[key.Text].Value.Span));
            var start = pool.Start(node, 0);
            var order = Enumerable.Range(0, (int)pool.Count).Select(index => pool[((UInt128)index + start) & (pool.Count - 1)]).ToList();
            var found = order.Where(cidr => !blocks.TryGetValue(cidr, out var block) || (block.Affinity == Affinity && block.Unallocated.Length > 0)).Select(cidr => (IPPrefix?)cidr).FirstOrDefault();
            if (found is null)
            {
                foreach (var cidr in order.Where(cidr => blocks[cidr] is { IsEmpty: true, Node: not null } && clock() - (blocks[cidr].AffinityClaimTime ?? default) >= TimeSpan.FromMinutes(1)))
                {
                    foreach (var step in ReleaseAffinity(blocks[cidr].Node!, cidr, blocks[cidr].SequenceNumber))
                        yield return step;
                    if (_gaveUp)
                    {
                        found = cidr;
                        break;
                    }
                }
            }

            if (found is not { } subnet)
                break;
            yield return 0;
            var key = new BlockAffinityKey(node, subnet);
            if (store.Set(key.Text, 0, key.Write(new BlockAffinity { State = BlockAffinity.Pending })) == 0)
            {
                yield return 0;
                if (store.Get(key.Text) is { } existing && !key.Read(existing.Value.Span).IsConfirmed)
                {
                    yield return 0;
                    store.Set(key.Text, existing.ModRevision, key.Write(new BlockAffinity { State = BlockAffinity.Pending }));
                }
            }

            foreach (var step in UseAffinity(subnet))
                yield return step;
            if (_block is null || _block.Unallocated.Length == 0)
                continue;
            foreach (var step in AssignFrom(subnet, handle, attribute, strict))
                yield return step;
            if (Assigned is not null)
                yield break;
        }

        for (var index = 0; !strict && index < (int)pool.Count; index++)
        {
            foreach (var step in AssignFrom(pool[(UInt128)index], handle, attribute, strict: false))
                yield return step;
            if (Assigned is not null)
                yield break;
        }
    }

    public IEnumerable<int> Release(IPAddr address, string handle)
    {
        var key = new BlockKey(pool.Around(address));
        for (var retry = 0; retry < Retries; retry++)
        {
            yield return 0;
            if (store.Get(key.Text) is not { } entry)
                yield break;
            var release = key.Read(entry.Value.Span).Release([new AddressRelease(address, handle)]);
            if (release.Addresses.Length == 0)
                yield break;
            yield return 0;
            if (store.Set(key.Text, entry.ModRevision, release.Block is { IsEmpty: true, Affinity: null } ? null : key.Write(release.Block.Stored())) == 0)
                continue;
            foreach (var step in Count(handle, key.Cidr, -1))
                yield return step;
            yield break;
        }

        Assert.Fail("Calico's retries are used up.");
    }

    private IPAMBlock? _block;
    private bool _gaveUp;

    /// <summary>The block of a claim: made if it is missing, confirmed if it is not; null if it is another's.</summary>
    private IEnumerable<int> UseAffinity(IPPrefix cidr)
    {
        var affinityKey = new BlockAffinityKey(node, cidr);
        var key = new BlockKey(cidr);
        for (var retry = 0; retry < Retries; retry++)
        {
            _block = null;
            yield return 0;
            if (store.Get(affinityKey.Text) is not { } affinity)
                yield break;
            yield return 0;
            if (store.Get(key.Text) is not { } entry)
            {
                yield return 0;
                if (store.Set(key.Text, 0, key.Write(IPAMBlock.Create(cidr, node, clock()))) == 0)
                    continue;
                yield return 0;
                if (store.Set(affinityKey.Text, affinity.ModRevision, affinityKey.Write(BlockAffinity.Create())) == 0)
                {
                    yield return 0;
                    if (store.Get(affinityKey.Text) is not { } now || !affinityKey.Read(now.Value.Span).IsConfirmed)
                        continue;
                }

                yield return 0;
                _block = store.Get(key.Text) is { } made ? key.Read(made.Value.Span) : null;
                yield break;
            }

            var block = key.Read(entry.Value.Span);
            if (block.Affinity != Affinity)
            {
                yield return 0;
                store.Set(affinityKey.Text, affinity.ModRevision, null);
                yield break;
            }

            if (affinityKey.Read(affinity.Value.Span).IsConfirmed)
            {
                _block = block;
                yield break;
            }

            yield return 0;
            var pending = store.Set(affinityKey.Text, affinity.ModRevision, affinityKey.Write(new BlockAffinity { State = BlockAffinity.Pending }));
            if (pending == 0)
                continue;
            yield return 0;
            if (store.Set(key.Text, entry.ModRevision, key.Write(block.Stored())) == 0)
                continue;
            yield return 0;
            if (store.Set(affinityKey.Text, pending, affinityKey.Write(BlockAffinity.Create())) != 0)
            {
                _block = block.Stored();
                yield break;
            }
        }

        Assert.Fail("Calico's retries are used up.");
    }

    private IEnumerable<int> AssignFrom(IPPrefix cidr, string handle, AllocationAttribute attribute, bool strict)
    {
        var key = new BlockKey(cidr);
        for (var retry = 0; retry < Retries; retry++)
        {
            yield return 0;
            if (store.Get(key.Text) is not { } entry)
                yield break;
            var block = key.Read(entry.Value.Span);
            if (strict && block.Affinity != Affinity)
                yield break;
            var (next, addresses) = block.Assign(1, attribute, _ => false);
            if (addresses.Length == 0)
                yield break;
            foreach (var step in Count(handle, cidr, 1))
                yield return step;
            yield return 0;
            if (store.Set(key.Text, entry.ModRevision, key.Write(next.Stored())) != 0)
            {
                Assigned = addresses[0];
                yield break;
            }

            foreach (var step in Count(handle, cidr, -1))
                yield return step;
        }

        Assert.Fail("Calico's retries are used up.");
    }

    private IEnumerable<int> ReleaseAffinity(string owner, IPPrefix cidr, ulong sequenceNumber)
    {
        _gaveUp = false;
        var affinityKey = new BlockAffinityKey(owner, cidr);
        var key = new BlockKey(cidr);
        yield return 0;
        if (store.Get(affinityKey.Text) is not { } affinity)
            yield break;
        yield return 0;
        if (store.Get(key.Text) is not { } entry || key.Read(entry.Value.Span) is not { IsEmpty: true } block || block.SequenceNumber != sequenceNumber || block.Node != owner)
            yield break;
        yield return 0;
        var marked = store.Set(affinityKey.Text, affinity.ModRevision, affinityKey.Write(new BlockAffinity { State = BlockAffinity.PendingDeletion }));
        if (marked == 0)
            yield break;
        yield return 0;
        if (store.Set(key.Text, entry.ModRevision, null) == 0)
            yield break;
        yield return 0;
        store.Set(affinityKey.Text, marked, null);
        _gaveUp = true;
    }

    private IEnumerable<int> Count(string handle, IPPrefix cidr, int difference)
    {
        var key = new HandleKey(handle);
        for (var retry = 0; retry < Retries; retry++)
        {
            yield return 0;
            var entry = store.Get(key.Text);
            if (entry is null && difference < 0)
                yield break;
            var next = (entry is null ? IPAMHandle.Create() : key.Read(entry.Value.Span)).Add(cidr, difference);
            yield return 0;
            if (store.Set(key.Text, entry?.ModRevision ?? 0, next.IsEmpty ? null : key.Write(next)) != 0)
                yield break;
        }

        Assert.Fail("Calico's retries are used up.");
    }
}

/// <summary>A Calico writer's operation, one step at a time.</summary>
internal sealed class CalicoOperation(IEnumerable<int> steps) : IOperation
{
    private readonly IEnumerator<int> _steps = steps.GetEnumerator();

    public bool IsDone { get; private set; }

    public void Step(MemoryStore store, bool losesReply = false) => IsDone = !_steps.MoveNext();
}

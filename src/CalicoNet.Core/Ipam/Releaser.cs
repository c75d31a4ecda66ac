using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Decides what taking addresses back changes: blocks, handles and records, and blocks that nobody needs any more.</summary>
internal sealed class Releaser
{
    private readonly IpamDraft _draft;
    private readonly IpamState _state;
    private readonly List<IPAddr> _released = [];
    private readonly List<IPAddr> _others = [];
    private DateTimeOffset _time;

    private Releaser(View view)
    {
        _draft = new IpamDraft(view);
        _state = new IpamState(_draft);
    }

    /// <summary>Decides releases, all of them in one transaction.</summary>
    /// <exception cref="CorruptDocumentException">A document it depends on cannot be read.</exception>
    public static Decision<ReleaseResult> Decide(View view, IReadOnlyList<ReleaseRequest> requests) => new Releaser(view).Decide(requests);

    /// <summary>Tells every address of requests by the handle and the number it has now; what is free is left out.</summary>
    public static Decision<IReadOnlyList<ReleaseRequest>> Identify(View view, IReadOnlyList<ReleaseRequest> requests) => new Releaser(view).Identify(requests);

    private Decision<IReadOnlyList<ReleaseRequest>> Identify(IReadOnlyList<ReleaseRequest> requests)
    {
        List<ReleaseRequest> known = [.. requests.Select(request => request with { Addresses = [.. request.Addresses.SelectMany(Identify)] })];
        return _draft.Misses > 0 ? _draft.Read<IReadOnlyList<ReleaseRequest>>() : new Decision<IReadOnlyList<ReleaseRequest>>.Done(known);
    }

    private IEnumerable<AddressRelease> Identify(AddressRelease release)
        => release.Handle is not null ? [release]
            : BlockOf(release) is { } cidr && _draft.Block(cidr) is { } block && block.OrdinalOf(release.Address) is { } ordinal && block.AttributeOf(ordinal) is { } attribute
                ? [release with { Handle = attribute.Handle(), SequenceNumber = release.SequenceNumber ?? block.SequenceNumberForAllocation?.GetValueOrDefault(ordinal) }]
                : [];

    private Decision<ReleaseResult> Decide(IReadOnlyList<ReleaseRequest> requests)
    {
        var records = requests.Select(request => request.Record is { } record ? _draft.At(record.Key) : default(Found<WorkloadEndpoint>?)).ToList();
        foreach (var handle in requests.SelectMany(request => request.Addresses.Select(address => address.Handle).Append(request.Handle).Append(request.Record?.Handle)))
        {
            _ = handle is not null && IsKey(handle) ? _draft.Handle(handle) : null;
        }

        var notes = requests.Select(request => request.Forgets).OfType<EndpointName>().Distinct().Select(endpoint => (Endpoint: endpoint, _draft.At(new StickyAddressesKey(endpoint)).Seen)).ToList();
        if (_draft.Misses > 0)
        {
            return _draft.Read<ReleaseResult>();
        }

        _state.RequireReady();
        var touched = new HashSet<IPPrefix>();
        foreach (var (request, record) in requests.Zip(records))
        {
            IReadOnlyList<AddressRelease> held = [];
            if (record is { Exists: true, Document: { } document } found)
            {
                if (request.Record!.ContainerId is { } container && document.ContainerId != container)
                {
                    _draft.RelyOn(found.Seen);
                }
                else
                {
                    held = [.. document.AllocatedAddresses.Select(address => new AddressRelease(address, request.Record.Handle))];
                    _draft.Delete(found.Seen);
                }
            }

            _time = request.Time;
            ReleaseHandle(request.Handle, touched);
            ReleaseAddresses([.. request.Addresses, .. held], touched);
        }

        foreach (var cidr in touched)
        {
            Tidy(cidr);
        }

        notes.ForEach(note => _draft.Delete(note.Seen));
        return _draft.Misses > 0
            ? _draft.Read<ReleaseResult>()
            : _draft.Commit(new ReleaseResult(_released, _others) { Forgotten = [.. notes.Where(note => note.Seen.Exists).Select(note => note.Endpoint)] });
    }

    private void ReleaseHandle(string? handle, HashSet<IPPrefix> touched)
    {
        if (handle is null || !IsKey(handle))
        {
            return;
        }

        foreach (var cidr in _draft.Handle(handle)?.Blocks?.Keys.Order().ToList() ?? [])
        {
            if (_draft.Block(cidr) is { } block)
            {
                Enter(block.Release(handle), touched);
            }
        }
    }

    private void ReleaseAddresses(IReadOnlyList<AddressRelease> addresses, HashSet<IPPrefix> touched)
    {
        foreach (var group in addresses.Select(address => (Address: address, Block: BlockOf(address))).Where(pair => pair.Block is not null).GroupBy(pair => pair.Block!.Value))
        {
            if (_draft.Block(group.Key) is { } block)
            {
                Enter(block.Release([.. group.Select(pair => pair.Address)]), touched);
            }
        }
    }

    private void Enter(BlockRelease release, HashSet<IPPrefix> touched)
    {
        _others.AddRange(release.Others);
        if (release.Addresses.Length == 0)
        {
            return;
        }

        var cidr = release.Block.Cidr;
        touched.Add(cidr);
        _draft.Set(cidr, release.Block);
        _released.AddRange(release.Addresses);
        if (_state.CoolDown > TimeSpan.Zero)
        {
            foreach (var address in release.Addresses)
            {
                _draft.Put(_draft.At(new ReleasedAddressKey(address)), new ReleasedAddress { ReleasedAt = _time });
            }
        }

        foreach (var (handle, count) in release.Handles.Where(pair => IsKey(pair.Key)))
        {
            _draft.Count(handle, cidr, -count);
        }
    }

    /// <summary>
    /// An empty block is deleted where it is nobody's, and given up where its pool no longer selects its node. It is kept where that cannot be
    /// told: no enabled pool, or no node.
    /// </summary>
    private void Tidy(IPPrefix cidr)
    {
        if (_draft.Block(cidr) is not { IsEmpty: true } block)
        {
            return;
        }

        if (block.Affinity is null)
        {
            _draft.Set(cidr, null);
        }
        else if (block.Node is { } node && _state.TryEnabledPoolOf(cidr.Address) is { } pool && !pool.SelectsAllNodes
            && _state.LabelsOfExisting(node) is { } labels && !pool.SelectsNode(labels))
        {
            _draft.Delete(_draft.At(new BlockAffinityKey(node, cidr)).Seen);
            _draft.Set(cidr, null);
        }
    }

    /// <summary>The block of an address: the one its handle names, else the one of its pool; of a pool that is gone, any that holds it.</summary>
    private IPPrefix? BlockOf(AddressRelease release)
    {
        var address = release.Address;
        if (release.Handle is { } handle && IsKey(handle) && _draft.Handle(handle)?.Blocks?.Keys.FirstOrDefault(cidr => cidr.Contains(address)) is { Length: > 0 } named)
        {
            return named;
        }

        return _state.PoolOf(address) is { } pool ? pool.Space.Around(address)
            : _draft.Below(BlockKey.Prefix(address.Family), keysOnly: true)
                .Select(seen => (DatastoreKey.Parse(seen.Key) as BlockKey)?.Cidr)
                .FirstOrDefault(cidr => cidr is { } block && block.Contains(address));
    }

    // What an allocation has as its handle may be anything; only one segment can be a key.
    private static bool IsKey(string handle) => handle.Length > 0 && !handle.Contains('/');
}

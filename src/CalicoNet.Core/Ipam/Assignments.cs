using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>
/// Addresses handed out and taken back, in a datastore that CalicoNet and Calico may use at the same time. Each operation is one transaction
/// (a bulk release: one for every 40 endpoints): it is done, or nothing is. Safe for use by several threads.
/// </summary>
public sealed class Assignments
{
    /// <summary>The most releases in one transaction: with a block, a handle and a record each, what a datastore takes.</summary>
    internal const int ReleasesAtOnce = 40;

    private readonly Datastore _datastore;
    private readonly Mutator _mutator;

    /// <summary>Hands out of a datastore, which stays the caller's.</summary>
    public Assignments(Datastore datastore, AssignmentOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(datastore);
        options ??= new AssignmentOptions();
        _datastore = datastore;
        _mutator = new Mutator(datastore, options.Patience, options.Attempted);
    }

    /// <summary>Hands out addresses, all of the request or none.</summary>
    /// <exception cref="CalicoException">It cannot be met: <see cref="CalicoFault.NoFreeAddress"/>, <see cref="CalicoFault.BlockLimit"/>,
    /// <see cref="CalicoFault.AddressInUse"/>, <see cref="CalicoFault.AddressReserved"/>, <see cref="CalicoFault.NotAllowed"/>,
    /// <see cref="CalicoFault.NotFound"/>, <see cref="CalicoFault.NotReady"/>, <see cref="CalicoFault.Exists"/> for the record, or
    /// <see cref="CalicoFault.Busy"/> where others were faster all the time.</exception>
    /// <exception cref="DatastoreException">The datastore failed. Only with <see cref="DatastoreFault.OutcomeUnknown"/> may it have been done.</exception>
    /// <exception cref="CorruptDocumentException">A document it depends on cannot be read.</exception>
    public IReadOnlyList<AssignedAddress> Assign(AddressRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        WorkloadEndpointName.CheckNode(request.Node);
        try
        {
            return Run(view => Allocator.Decide(view, request), request.Handle, cancellation);
        }
        catch (DatastoreException large) when (large.Fault == DatastoreFault.TooLarge && Families(request) is [var first, var second])
        {
            return AssignApart(request, first, second, cancellation);
        }
    }

    /// <summary>What <see cref="Assign"/> would hand out now. Nothing is written.</summary>
    /// <inheritdoc cref="Assign" path="/exception"/>
    public IReadOnlyList<AssignedAddress> Preview(AddressRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        WorkloadEndpointName.CheckNode(request.Node);
        return Run(view => Allocator.Decide(view, request) switch
        {
            Decision<IReadOnlyList<AssignedAddress>>.Commit commit => new Decision<IReadOnlyList<AssignedAddress>>.Done(commit.Result),
            var other => other,
        }, request.Handle, cancellation);
    }

    /// <summary>Takes addresses back, and deletes the records that hold them. What is free or gone already is success.</summary>
    /// <exception cref="CalicoException">The datastore is locked (<see cref="CalicoFault.NotReady"/>), or others were faster all the time (<see cref="CalicoFault.Busy"/>).</exception>
    /// <exception cref="DatastoreException">The datastore failed. What was released before stays released: repeating is safe.</exception>
    /// <exception cref="CorruptDocumentException">A document it depends on cannot be read.</exception>
    public ReleaseResult Release(IReadOnlyList<ReleaseRequest> requests, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        var results = Known(requests, cancellation).Chunk(ReleasesAtOnce).SelectMany(chunk => ReleaseChunk(chunk, cancellation)).ToList();
        return new ReleaseResult([.. results.SelectMany(result => result.Addresses)], [.. results.SelectMany(result => result.Others)])
        {
            Forgotten = [.. results.SelectMany(result => result.Forgotten)],
        };
    }

    /// <summary>Gives a node's block up: an empty one is deleted, one in use becomes nobody's.</summary>
    /// <returns>Whether the node has no claim to it any more; false for a block in use that was to be kept.</returns>
    /// <inheritdoc cref="Release" path="/exception"/>
    public bool GiveUp(string node, IPPrefix block, bool onlyEmpty, CancellationToken cancellation = default)
        => Run(view => Surrender.Decide(view, node, block, onlyEmpty), block.ToString(), cancellation);

    /// <summary>
    /// Removes an IP pool: it is disabled, every node gives its blocks up, and it is deleted. Addresses in use stay in use until they are released,
    /// in blocks that are nobody's. Repeating it goes on where it was broken off.
    /// </summary>
    /// <exception cref="CalicoException">There is no such pool (<see cref="CalicoFault.NotFound"/>), or as for <see cref="Release"/>.</exception>
    /// <exception cref="DatastoreException">The datastore failed. The pool is there still, disabled perhaps.</exception>
    public void RemovePool(string name, CancellationToken cancellation = default)
    {
        var pool = Run(view => PoolChange.Decide(view, name, pool => pool with { Spec = pool.Spec! with { Disabled = true } }), name, cancellation);
        // Whoever read the pool before it was disabled may still take a block of it: until there is none.
        while (ClaimsTo(pool, cancellation) is { Count: > 0 } claims)
        {
            foreach (var (node, block) in claims)
            {
                GiveUp(node, block, onlyEmpty: false, cancellation);
            }
        }

        Run(view => PoolChange.Decide(view, name, _ => null), name, cancellation);
    }

    private HashSet<(string Node, IPPrefix Block)> ClaimsTo(AddressPool pool, CancellationToken cancellation)
    {
        var blocks = from entry in _datastore.Range(KeyRange.Prefix(pool.BlockKeyPrefix), cancellation: cancellation).Entries
                     let key = DatastoreKey.Parse(entry.Key) as BlockKey
                     where key is not null && pool.Cidr.Overlaps(key.Cidr)
                     let node = key.Read(entry.Value.Span).Node
                     where node is not null
                     select (node, key.Cidr);
        var claims = from entry in _datastore.Range(KeyRange.Prefix(BlockAffinityKey.AllPrefix), keysOnly: true, cancellation: cancellation).Entries
                     let key = DatastoreKey.Parse(entry.Key) as BlockAffinityKey
                     where key is not null && pool.Cidr.Overlaps(key.Cidr)
                     select (key.Node, key.Cidr);
        return [.. blocks, .. claims];
    }

    private T Run<T>(Func<View, Decision<T>> decide, string subject, CancellationToken cancellation) => _mutator.Run(decide, subject, cancellation);

    private static IPFamily[] Families(AddressRequest request)
        =>
        [
            .. request.Addresses.Select(address => address.Family)
                .Concat(request.IPv4Count > 0 || request.OfEachFamily ? [IPFamily.IPv4] : [])
                .Concat(request.IPv6Count > 0 || request.OfEachFamily ? [IPFamily.IPv6] : [])
                .Distinct(),
        ];

    /// <summary>A block of 4,096 addresses may be 1 MB, and two do not fit in one transaction: one family after the other, the first undone if the second fails.</summary>
    private IReadOnlyList<AssignedAddress> AssignApart(AddressRequest request, IPFamily first, IPFamily second, CancellationToken cancellation)
    {
        var one = Assign(Part(request, first) with { Record = null }, cancellation);
        try
        {
            // A moment later, because a request is known by its time.
            var other = Part(request, second) with
            {
                Time = request.Time.AddTicks(1),
                Record = request.Record is { } record ? record with { Make = addresses => record.Make([.. one, .. addresses]) } : null,
            };
            return [.. one, .. Assign(other, cancellation)];
        }
        catch
        {
            Release([new ReleaseRequest { Addresses = [.. one.Select(assigned => new AddressRelease(assigned.Address, request.Handle))] }], CancellationToken.None);
            throw;
        }
    }

    private static AddressRequest Part(AddressRequest request, IPFamily family) => request with
    {
        Addresses = [.. request.Addresses.Where(address => address.Family == family)],
        // One of each was too large, so that there is a pool of each.
        OfEachFamily = false,
        IPv4Count = family == IPFamily.IPv4 ? Math.Max(request.IPv4Count, request.OfEachFamily ? 1 : 0) : 0,
        IPv6Count = family == IPFamily.IPv6 ? Math.Max(request.IPv6Count, request.OfEachFamily ? 1 : 0) : 0,
    };

    private List<ReleaseResult> ReleaseChunk(ReleaseRequest[] chunk, CancellationToken cancellation)
    {
        try
        {
            return [Run(view => Releaser.Decide(view, chunk), Subject(chunk[0]), cancellation)];
        }
        catch (DatastoreException large) when (large.Fault == DatastoreFault.TooLarge && chunk.Length > 1)
        {
            return [.. chunk.Chunk((chunk.Length + 1) / 2).SelectMany(half => ReleaseChunk(half, cancellation))];
        }
    }

    private static string Subject(ReleaseRequest request)
        => request.Handle ?? request.Record?.Key.Text ?? string.Join(", ", request.Addresses.Select(release => release.Address));

    /// <summary>
    /// The requests with every address told by its handle and number. An address alone does not say whose release it is: repeated after a lost
    /// reply, it would take the address from whoever got it since.
    /// </summary>
    private IReadOnlyList<ReleaseRequest> Known(IReadOnlyList<ReleaseRequest> requests, CancellationToken cancellation)
        => requests.All(request => request.Addresses.All(address => address.Handle is not null)) ? requests
            : Run(view => Releaser.Identify(view, requests), "addresses", cancellation);
}

/// <summary>How <see cref="Assignments"/> works.</summary>
public sealed record AssignmentOptions
{
    /// <summary>How long an operation is tried while other writers overtake it. Five seconds.</summary>
    public TimeSpan Patience { get; init; } = Mutator.Patience;

    /// <summary>Told how many transactions an operation took: 1 where no other writer came in between, 0 where there was nothing to write.</summary>
    public Action<int>? Attempted { get; init; }
}

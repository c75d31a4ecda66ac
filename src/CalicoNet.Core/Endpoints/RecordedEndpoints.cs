using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>
/// The endpoints of one host, with their addresses and records in a datastore. The record is written before the kernel gets the addresses and
/// deleted after it: whatever ends an operation half way leaves something to remove by - a record, or a mark in the kernel - and an address is
/// never free while it is in use. Keep it for one
/// pipeline or one operation. For use by one thread at a time; others, and other processes, may work on the same host.
/// </summary>
public sealed class RecordedEndpoints : IDisposable
{
    private static readonly IReadOnlyDictionary<EndpointName, Endpoint> Unrecorded = new Dictionary<EndpointName, Endpoint>();

    private readonly EndpointManager _kernel;
    private readonly DatastoreAddress _address;
    private readonly Func<Datastore> _open;
    private (Datastore Datastore, Assignments Assignments, EndpointRecords Records)? _opened;
    private bool _hasProfile;

    /// <summary>The endpoints of a host.</summary>
    /// <param name="kernel">The host. Disposed with this.</param>
    /// <param name="address">Where the datastore is.</param>
    /// <param name="open">Opens it, when it is first needed. It stays the caller's.</param>
    /// <param name="node">The host's name as a node.</param>
    /// <exception cref="ArgumentException">It is no name of a node.</exception>
    public RecordedEndpoints(EndpointManager kernel, DatastoreAddress address, Func<Datastore> open, string node)
    {
        WorkloadEndpointName.CheckNode(node);
        _kernel = kernel;
        kernel.Pools = Pools;
        _address = address;
        _open = open;
        Node = node;
    }

    /// <summary>The host, by the kernel's state alone.</summary>
    public EndpointManager Kernel => _kernel;

    /// <summary>The host's name as a node.</summary>
    public string Node { get; }

    private Assignments Assignments => Opened().Assignments;

    /// <summary>Closes the host.</summary>
    public void Dispose() => _kernel.Dispose();

    /// <summary>What <see cref="Create"/> would make, and how. Nothing is written.</summary>
    /// <inheritdoc cref="Create" path="/exception"/>
    public (Endpoint Endpoint, NetworkPlan Plan) Preview(EndpointRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var endpoint = request.Endpoint;
        if (!_address.IsPresent && endpoint.Addresses.Count == 0)
        {
            throw new CalicoException(CalicoFault.NoPool, $"Node '{Node}' gets no address: there is no IP pool, as there is no datastore {_address} yet.", endpoint.Name.ToString());
        }

        endpoint = With(request, _address.IsPresent
            ? Assignments.Preview(Request(request, EndpointRecord.HandleOf(endpoint.Name), DateTimeOffset.UtcNow), cancellation)
            : [.. endpoint.Addresses.Select(address => new AssignedAddress(address, default, ""))]);
        return (EndpointManager.WithNamespaceDecided(endpoint), _kernel.Preview(endpoint));
    }

    /// <summary>
    /// Makes an endpoint with its address and its record: all of it, or nothing. What a killed creation of the same endpoint left - a record
    /// without its link, a link without its routes - is removed first.
    /// </summary>
    /// <exception cref="CalicoException">It exists, a name or an address is taken, no pool has an address, somebody else works on it, or a change
    /// was refused; nothing is left behind where <see cref="CalicoException.Remains"/> is empty.</exception>
    /// <exception cref="DatastoreException">The datastore failed before anything was made.</exception>
    /// <exception cref="CorruptDocumentException">A document it depends on cannot be read.</exception>
    public EndpointState Create(EndpointRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var name = request.Endpoint.Name;
        _kernel.SetUp(request.Endpoint);   // says first where rights are missing
        var records = Opened().Records;
        using var held = _kernel.Hold(name);
        cancellation.ThrowIfCancellationRequested();
        try
        {
            return CreateHeld(request);
        }
        catch (CalicoException e) when (e.Fault == CalicoFault.Exists && records.Find([name], cancellation)[name].ToList() is { Count: > 0 } found)
        {
            TakeOver(name, found);
            return CreateHeld(request);
        }
    }

    /// <summary>Finds an endpoint; null where there is nothing of it.</summary>
    /// <exception cref="DatastoreException">The datastore failed.</exception>
    public EndpointState? Find(EndpointName name, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        var recorded = Recorded([name], cancellation);
        return _kernel.Find(name, recorded.GetValueOrDefault(name)) is { } state ? Noted(state, recorded)
            : recorded.TryGetValue(name, out var endpoint) ? Noted(new EndpointState(endpoint, EndpointStatus.Missing, []), recorded)
            : null;
    }

    /// <summary>
    /// Lists the endpoints of this host: what is recorded joined with what the kernel has, by one range and one dump of each kind. Those without a
    /// record are judged by what the kernel knows of them.
    /// </summary>
    /// <param name="workloadNamespace">The only workload namespace to look for records in; null for all.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="DatastoreException">The datastore failed.</exception>
    public IReadOnlyList<EndpointState> List(string? workloadNamespace = null, CancellationToken cancellation = default)
    {
        var recorded = _address.IsPresent ? Opened().Records.List(workloadNamespace, cancellation) : Unrecorded;
        return [.. _kernel.List(recorded).Select(state => Noted(state, recorded))];
    }

    /// <summary>
    /// Removes endpoints with all that belongs to them, in the kernel first, then address and record in one transaction. Leftovers of half-made
    /// and half-removed ones go too, on both sides. Where the datastore cannot be asked, nothing is removed: a record would stay that says it is there.
    /// </summary>
    /// <param name="names">The endpoints.</param>
    /// <param name="forget">Whether the addresses that are noted for them (<see cref="EndpointRequest.Sticky"/>) are noted no more; such a note alone is something found.</param>
    public IReadOnlyList<EndpointRemoval> Remove(IEnumerable<EndpointName> names, bool forget = false)
    {
        ArgumentNullException.ThrowIfNull(names);
        return [.. EndpointManager.InChunks(names).SelectMany(chunk =>
        {
            using var held = _kernel.Hold(chunk);
            return (IReadOnlyList<EndpointRemoval>)[.. held.Refused.Select(pair => new EndpointRemoval(pair.Key, Found: true, pair.Value)), .. RemoveHeld(held.Names, forget)];
        })];
    }

    /// <summary>The changes that removing an endpoint would make in the kernel, and the addresses of its record; null where there is nothing of it.</summary>
    /// <exception cref="DatastoreException">The datastore failed.</exception>
    public NetworkPlan? PreviewRemoval(EndpointName name, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _kernel.PreviewRemoval(name, Recorded([name], cancellation).GetValueOrDefault(name));
    }

    /// <summary>
    /// Puts back what is missing of endpoints: all of one whose namespace went with a reboot, where the namespace was made for it. What is different
    /// is put right only when it is said so.
    /// </summary>
    /// <param name="names">The endpoints.</param>
    /// <param name="force">Whether what is different is put right too.</param>
    /// <param name="only">The titles of the changes to put right; null for all.</param>
    public IReadOnlyList<EndpointRepair> Repair(IEnumerable<EndpointName> names, bool force, IReadOnlyDictionary<EndpointName, IReadOnlySet<string>>? only = null)
    {
        ArgumentNullException.ThrowIfNull(names);
        return [.. EndpointManager.InChunks(names).SelectMany(chunk =>
        {
            using var held = _kernel.Hold(chunk);
            return (IReadOnlyList<EndpointRepair>)[.. held.Refused.Select(pair => EndpointRepair.Failed(pair.Key, pair.Value)), .. RepairHeld(held.Names, force, only)];
        })];
    }

    /// <summary>The changes that <see cref="Repair"/> would make.</summary>
    /// <exception cref="CalicoException">There is no such endpoint, or it cannot be mended.</exception>
    /// <exception cref="DatastoreException">The datastore failed.</exception>
    public NetworkPlan PreviewRepair(EndpointName name, bool force, IReadOnlySet<string>? only = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        var endpoint = Expected([name], CancellationToken.None).GetValueOrDefault(name) ?? throw NotFound(name);
        return new EndpointMender(_kernel).Preview(endpoint, force, only);
    }

    private (Datastore Datastore, Assignments Assignments, EndpointRecords Records) Opened()
    {
        var datastore = _open();
        return _opened is { } opened && opened.Datastore == datastore
            ? opened
            : (_opened = (datastore, new Assignments(datastore), new EndpointRecords(datastore, Node, _kernel.Host))).Value;
    }

    /// <summary>Makes an endpoint. For the holder of its lock.</summary>
    private EndpointState CreateHeld(EndpointRequest request)
    {
        var decided = _kernel.Decide(request.Endpoint);
        var notesFirst = request.Sticky && Opened().Datastore.Range(new StickyAddressesKey(decided.Name).Text, keysOnly: true).Entries.Count == 0;
        using var creation = _kernel.Begin(decided);
        var (endpoint, key) = Reserve(request with { Endpoint = decided });
        try
        {
            return _kernel.Make(creation, endpoint) with { Node = Node };
        }
        catch (Exception failure)
        {
            Withdraw(endpoint.Name, key, notesFirst, failure);
            throw;
        }
    }

    /// <summary>The addresses of all IP pools, disabled ones too: what is in use of them is a workload's.</summary>
    private IReadOnlyList<IPPrefix> Pools()
    {
        if (!_address.IsPresent)
        {
            return [];
        }

        var pools = (from entry in Opened().Datastore.Range(KeyRange.Prefix(IPPool.Kind.KeyPrefix)).Entries
                     let key = DatastoreKey.Parse(entry.Key) as ResourceKey<IPPool>
                     where key is not null
                     let cidr = new Seen(entry.Key, entry, hasValue: true).TryRead(key, out var pool) ? pool.Cidr : default
                     where !cidr.Address.IsNone
                     select cidr).Distinct().ToList();
        // No two overlap, but where a foreign hand made them: the kernel takes the wider one only.
        return [.. pools.Where(pool => !pools.Exists(other => other != pool && other.Overlaps(pool) && other.Length < pool.Length))];
    }

    /// <summary>Makes way for an endpoint of which there are records already: what is left of it goes, what is whole stays.</summary>
    private void TakeOver(EndpointName name, IReadOnlyList<EndpointRecords.Found> found)
    {
        if (found.FirstOrDefault(record => record.Endpoint is null) is { } other)
        {
            throw new CalicoException(CalicoFault.Exists,
                $"Could not create endpoint '{name}': node '{Node}' has a record of that name, of {EndpointRecord.OwnerOf(other.Record)} ('{other.Key}'). Give this host a node's name of its own, or the endpoint another.", name.ToString());
        }

        if (_kernel.IsWhole(name))
        {
            throw new CalicoException(CalicoFault.Exists, $"Could not create endpoint '{name}': it exists.", name.ToString());
        }

        if (RemoveHeld([name]) is [{ Error: { } error }])
        {
            throw error;
        }
    }

    /// <summary>Takes addresses and writes the record, in one transaction.</summary>
    private (Endpoint Endpoint, ResourceKey<WorkloadEndpoint> Key) Reserve(EndpointRequest request)
    {
        var now = DateTimeOffset.UtcNow;
        var name = request.Endpoint.Name;
        var record = EndpointRecord.Create(request.Endpoint, Node, now);
        var assigned = Assignments.Assign(Request(request, EndpointRecord.HandleOf(name), now) with
        {
            Record = new RecordWrite(record.Key, made => EndpointRecord.Fill(record, With(request, made), made.Where(IsOutside).Select(address => address.Address)))
            {
                Alone = [.. Opened().Records.RangesOf(name)],
            },
            Absent = _hasProfile ? [] : [AbsentDocument.Of(new ResourceKey<Profile>(EndpointRecord.Network), Profile.Create(EndpointRecord.Network, now))],
        }, CancellationToken.None);   // its outcome must be known
        _hasProfile = true;
        return (With(request, assigned), record.Key);
    }

    private AddressRequest Request(EndpointRequest request, string handle, DateTimeOffset now) => new(Node, handle, now)
    {
        Addresses = request.Endpoint.Addresses,
        AllowOutsidePools = true,
        OfEachFamily = request.Endpoint.Addresses.Count == 0,
        Pools = request.Pools,
        Sticky = request.Sticky ? request.Endpoint.Name : null,
        Seed = Random.Shared.NextInt64(),
    };

    private static bool IsOutside(AssignedAddress address) => address.Block.Address.IsNone;

    /// <summary>The endpoint with the addresses it got, and with what their pools say of it.</summary>
    private static Endpoint With(EndpointRequest request, IReadOnlyList<AssignedAddress> assigned)
    {
        var endpoint = request.Endpoint with { Addresses = [.. assigned.Select(address => address.Address)] };
        if (!request.NatFollowsPools)
        {
            return endpoint;
        }

        var families = assigned.Select(address => address.Address.Family).Distinct().ToList();
        var translated = assigned.Where(address => address.NatOutgoing != false).Select(address => address.Address.Family).Distinct().ToList();
        return endpoint with { NatOutgoing = translated.Count > 0, NatFamily = translated.Count > 0 && translated.Count < families.Count ? translated[0] : null };
    }

    /// <summary>
    /// Takes back what was reserved for an endpoint that could not be made. The note of its addresses stays where it had one before: it has not lost
    /// them by a failure.
    /// </summary>
    /// <exception cref="CalicoException">It could not be taken back.</exception>
    private void Withdraw(EndpointName name, ResourceKey<WorkloadEndpoint> key, bool forget, Exception failure)
    {
        try
        {
            Assignments.Release([Release(name, key) with { Forgets = forget ? name : null }], CancellationToken.None);
        }
        catch (Exception second) when (second is DatastoreException or CalicoException or CorruptDocumentException)
        {
            var first = failure as CalicoException;
            var left = $"its record '{key}' with its addresses ({second.Message})";
            throw new CalicoException(first?.Fault ?? CalicoFault.ChangeFailed, $"{failure.Message} This could not be undone either: {left}. Removing the endpoint does it.", name.ToString(), failure)
            {
                Error = first?.Error,
                Remains = [.. first?.Remains ?? [], left],
            };
        }
    }

    private static ReleaseRequest Release(EndpointName name, ResourceKey<WorkloadEndpoint> key)
        => new() { Record = new RecordRemoval(key, EndpointRecord.HandleOf(name), name.Name) };

    private List<EndpointRemoval> RemoveHeld(IReadOnlyList<EndpointName> names, bool forget = false)
    {
        ILookup<EndpointName, EndpointRecords.Found> found;
        try
        {
            found = FindEach(names, out var unreadable);
            if (unreadable.Count > 0)
            {
                return [.. unreadable.Select(pair => new EndpointRemoval(pair.Key, Found: true, pair.Value)), .. RemoveHeld([.. names.Where(name => !unreadable.ContainsKey(name))], forget)];
            }
        }
        catch (DatastoreException e)
        {
            return [.. names.Select(name => new EndpointRemoval(name, Found: true, e))];
        }

        var removals = _kernel.RemoveHeld(names, Endpoints(found));
        var gone = removals.Where(removal => removal.Error is null).Select(removal => removal.Name).ToList();
        List<(EndpointName Name, ReleaseRequest Request)> releases =
        [
            .. gone.SelectMany(name => found[name].Select(record => (name, Release(name, record.Key)))),
            .. forget && _address.IsPresent ? gone.Select(name => (name, new ReleaseRequest { Forgets = name })) : [],
        ];
        var failures = new Dictionary<EndpointName, Exception>();
        var forgotten = new HashSet<EndpointName>();
        foreach (var chunk in releases.Chunk(Assignments.ReleasesAtOnce))
        {
            try
            {
                forgotten.UnionWith(Assignments.Release([.. chunk.Select(release => release.Request)], CancellationToken.None).Forgotten);
            }
            catch (Exception e) when (e is DatastoreException or CalicoException or CorruptDocumentException)
            {
                foreach (var (name, _) in chunk)
                {
                    failures[name] = e;
                }
            }
        }

        return removals.ConvertAll(removal => removal with
        {
            Found = removal.Found || found[removal.Name].Any() || forgotten.Contains(removal.Name),
            Error = removal.Error ?? failures.GetValueOrDefault(removal.Name),
        });
    }

    private IEnumerable<EndpointRepair> RepairHeld(IReadOnlyList<EndpointName> names, bool force, IReadOnlyDictionary<EndpointName, IReadOnlySet<string>>? only)
    {
        IReadOnlyDictionary<EndpointName, Endpoint> expected;
        try
        {
            expected = Expected(names, CancellationToken.None);
        }
        catch (Exception e) when (e is DatastoreException or CorruptDocumentException)
        {
            return names.Select(name => EndpointRepair.Failed(name, e));
        }

        return
        [
            .. names.Where(name => !expected.ContainsKey(name)).Select(name => EndpointRepair.Failed(name, NotFound(name))),
            .. new EndpointMender(_kernel).Mend([.. expected.Values], force, only),
        ];
    }

    /// <summary>What should be of endpoints: by their records, else by the kernel's labels.</summary>
    private Dictionary<EndpointName, Endpoint> Expected(IReadOnlyCollection<EndpointName> names, CancellationToken cancellation)
    {
        var expected = new Dictionary<EndpointName, Endpoint>(Recorded(names, cancellation));
        foreach (var name in names)
        {
            if (!expected.ContainsKey(name) && _kernel.Find(name) is { } state)
            {
                expected.Add(name, state.Endpoint);
            }
        }

        return expected;
    }

    private IReadOnlyDictionary<EndpointName, Endpoint> Recorded(IReadOnlyCollection<EndpointName> names, CancellationToken cancellation)
        => _address.IsPresent ? Endpoints(Opened().Records.Find(names, cancellation)) : Unrecorded;

    /// <summary>The records of endpoints that are this host's. One that cannot be read is told apart from the others.</summary>
    private ILookup<EndpointName, EndpointRecords.Found> FindEach(IReadOnlyList<EndpointName> names, out Dictionary<EndpointName, CorruptDocumentException> unreadable)
    {
        unreadable = [];
        if (!_address.IsPresent)
        {
            return Own([]);
        }

        try
        {
            return Own(Opened().Records.Find(names, CancellationToken.None).SelectMany(group => group));
        }
        catch (CorruptDocumentException)
        {
            foreach (var name in names)
            {
                try
                {
                    Opened().Records.Find([name], CancellationToken.None);
                }
                catch (CorruptDocumentException e)
                {
                    unreadable.Add(name, e);
                }
            }

            return Own([]);
        }

        static ILookup<EndpointName, EndpointRecords.Found> Own(IEnumerable<EndpointRecords.Found> found)
            => found.Where(record => record.Endpoint is not null).ToLookup(record => record.Endpoint!.Name);
    }

    private static Dictionary<EndpointName, Endpoint> Endpoints(ILookup<EndpointName, EndpointRecords.Found> found)
        => found.SelectMany(group => group).Select(record => record.Endpoint).OfType<Endpoint>().DistinctBy(endpoint => endpoint.Name).ToDictionary(endpoint => endpoint.Name);

    private EndpointState Noted(EndpointState state, IReadOnlyDictionary<EndpointName, Endpoint> recorded)
        => recorded.ContainsKey(state.Endpoint.Name) ? state with { Node = Node } : state;

    private static CalicoException NotFound(EndpointName name) => new(CalicoFault.NotFound, $"There is no endpoint '{name}'.", name.ToString());
}

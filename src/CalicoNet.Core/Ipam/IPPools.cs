namespace CalicoNet.Core;

/// <summary>The IP pools of a datastore, changed by the rules of <see cref="IPPoolRules"/>.</summary>
public sealed class IPPools
{
    private readonly Datastore _datastore;
    private readonly Mutator _mutator;

    /// <summary>Works on a datastore, which stays the caller's.</summary>
    public IPPools(Datastore datastore)
    {
        ArgumentNullException.ThrowIfNull(datastore);
        _datastore = datastore;
        _mutator = new Mutator(datastore, Mutator.Patience);
    }

    /// <summary>Makes a pool.</summary>
    /// <param name="name">Its name: a DNS name in lower case.</param>
    /// <param name="spec">What is to be other than the default; at least its addresses.</param>
    /// <param name="now">The time.</param>
    /// <param name="isPreview">Checks everything, and stores nothing.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="ArgumentException">The rules forbid it; the message names each value and rule.</exception>
    /// <exception cref="CalicoException">There is one (<see cref="CalicoFault.Exists"/>), or the datastore is locked (<see cref="CalicoFault.NotReady"/>).</exception>
    /// <exception cref="DatastoreException">The datastore failed.</exception>
    public IPPool Create(string name, IPPoolSpec spec, DateTimeOffset now, bool isPreview = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length > 253 || !WorkloadEndpointName.IsSubdomain(name))
        {
            throw new ArgumentException($"'{name}' is not a name of an IP pool: it is made of lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit at each dot.", nameof(name));
        }

        var pool = IPPool.Create(name, spec, now);
        return _mutator.Run(view => Create(view, pool, isPreview), name, cancellation);
    }

    /// <summary>Changes a pool.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="change">What it is to be, of what it is.</param>
    /// <param name="isPreview">Checks everything, and stores nothing.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="ArgumentException">The rules forbid it; the message names each value and rule.</exception>
    /// <exception cref="CalicoException">There is none (<see cref="CalicoFault.NotFound"/>), or the datastore is locked (<see cref="CalicoFault.NotReady"/>).</exception>
    /// <exception cref="DatastoreException">The datastore failed.</exception>
    public IPPool Change(string name, Func<IPPoolSpec, IPPoolSpec> change, bool isPreview = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        IPPool? after = null;
        _mutator.Run(
            view => PoolChange.Decide(view, name, before =>
            {
                after = before with { Spec = change(before.Spec!) };
                Require(after, IPPoolRules.FaultsOfChange(before, after));
                return isPreview ? before : after;
            }),
            name,
            cancellation);
        return after!;
    }

    /// <inheritdoc cref="Assignments.RemovePool"/>
    public void Remove(string name, CancellationToken cancellation = default) => new Assignments(_datastore).RemovePool(name, cancellation);

    private static Decision<IPPool> Create(View view, IPPool pool, bool isPreview)
    {
        var draft = new IpamDraft(view);
        var state = new IpamState(draft);
        var found = draft.At(new ResourceKey<IPPool>(pool.Name));
        var all = draft.BelowGuarded(IPPool.Kind.KeyPrefix);
        var blocks = draft.BelowGuarded(BlockKey.Prefix(pool.Cidr.Family), keysOnly: true);
        var turn = draft.At(CalicoNetConfigKey.Instance);
        if (draft.Misses > 0)
        {
            return draft.Read<IPPool>();
        }

        state.RequireReady();
        if (found.Exists)
        {
            throw new CalicoException(CalicoFault.Exists, $"IP pool '{pool.Name}' exists.", pool.Name);
        }

        var others = from seen in all
                     let key = DatastoreKey.Parse(seen.Key) as ResourceKey<IPPool>
                     where key is not null
                     select key.Read(seen.Value);
        Require(pool, IPPoolRules.FaultsOf(pool, others, blocks.Select(seen => DatastoreKey.Parse(seen.Key)).OfType<BlockKey>().Select(key => key.Cidr)));
        if (isPreview)
        {
            return new Decision<IPPool>.Done(pool);
        }

        draft.Put(found, pool);
        // Two that are made at once know nothing of each other, and might overlap: whoever makes one writes this document too, so that they take turns.
        draft.Put(turn, turn.Document ?? new CalicoNetConfig());
        return draft.Commit(pool);
    }

    private static void Require(IPPool pool, IReadOnlyList<string> faults)
    {
        if (faults.Count > 0)
        {
            throw new ArgumentException($"IP pool '{pool.Name}' is refused: {string.Join("; ", faults)}{(faults[^1].EndsWith('?') ? "" : ".")}");
        }
    }
}

namespace CalicoNet.Netlink;

/// <summary>What <see cref="Watcher{TWatched, TKey, T}"/> must know of a kind of object.</summary>
internal interface IWatched<TKey, T> : IMessageParser<T>
{
    /// <summary>Where the kernel announces changes.</summary>
    static abstract RouteGroups Groups { get; }

    /// <summary>The message that announces an object's end; every other one is its state.</summary>
    static abstract RouteMessageType Removal { get; }

    /// <summary>What tells two objects apart.</summary>
    static abstract TKey KeyOf(T row);

    /// <summary>Everything there is.</summary>
    static abstract IReadOnlyList<T> List(NetworkStack stack);
}

/// <summary>
/// Follows a kind of object: subscribe, dump, follow; and dump again after a loss. It knows the state it has told, so that after a loss it
/// tells what differs, and so that an announcement without news is none.
/// </summary>
internal sealed class Watcher<TWatched, TKey, T>
    where TWatched : IWatched<TKey, T>
    where TKey : notnull
    where T : class, IEquatable<T>
{
    private readonly List<KernelChange<T>> _changes = [];
    private Dictionary<TKey, T> _known = [];

    private Watcher()
    {
    }

    public static IEnumerable<KernelChange<T>> Run(NetworkStack stack, int queueBytes, CancellationToken cancellation)
    {
        using var subscription = NetlinkSubscription.Open(stack.Place, TWatched.Groups, queueBytes);
        using var cancelled = new CancellationDescriptor(cancellation);
        var watcher = new Watcher<TWatched, TKey, T>();
        var kind = ChangeKind.Existing;
        var intact = false;
        while (!cancellation.IsCancellationRequested)
        {
            if (intact)
            {
                intact = subscription.Read(cancelled, watcher.Take);
            }
            else
            {
                subscription.Discard();
                intact = watcher.TryReadAll(stack, kind);
                kind = intact ? ChangeKind.Changed : kind;
            }

            foreach (var change in watcher._changes)
            {
                if (cancellation.IsCancellationRequested)
                {
                    yield break;
                }

                yield return change;
            }

            watcher._changes.Clear();
        }
    }

    /// <summary>False when so much is changing that no consistent view could be had: try again.</summary>
    private bool TryReadAll(NetworkStack stack, ChangeKind kind)
    {
        IReadOnlyList<T> rows;
        try
        {
            rows = TWatched.List(stack);
        }
        catch (NetlinkException e) when (e.Fault is NetlinkFault.DumpInterrupted or NetlinkFault.Overrun)
        {
            return false;
        }

        var before = _known;
        _known = new Dictionary<TKey, T>(rows.Count);
        foreach (var row in rows)
        {
            _known[TWatched.KeyOf(row)] = row;
        }

        // Removals first: a name or an address may have passed from one object to another.
        foreach (var (key, row) in before)
        {
            if (!_known.ContainsKey(key))
            {
                _changes.Add(new KernelChange<T>(ChangeKind.Removed, row));
            }
        }

        foreach (var (key, row) in _known)
        {
            if (!before.TryGetValue(key, out var old) || !old.Equals(row))
            {
                _changes.Add(new KernelChange<T>(kind, row));
            }
        }

        return true;
    }

    private void Take(in NetlinkMessage message)
    {
        if (!TWatched.TryRead(message, out var row))
        {
            return;
        }

        var key = TWatched.KeyOf(row);
        if (message.Is(TWatched.Removal))
        {
            if (_known.Remove(key, out var last))
            {
                _changes.Add(new KernelChange<T>(ChangeKind.Removed, last));
            }
        }
        else if (!_known.TryGetValue(key, out var old) || !old.Equals(row))
        {
            _known[key] = row;
            _changes.Add(new KernelChange<T>(ChangeKind.Changed, row));
        }
    }
}

namespace CalicoNet.Core;

/// <summary>
/// The paper a decision is worked out on: it looks at what was seen, and notes what it misses, what it relies on, and what it would write.
/// </summary>
internal class Draft(View view)
{
    /// <summary>What was seen.</summary>
    protected View View => view;

    private readonly SortedSet<string> _missedKeys = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, bool> _missedPrefixes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _compares = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, KeyOperation> _writes = new(StringComparer.Ordinal);
    private readonly List<ReadKeys> _again = [];

    /// <summary>See <see cref="View.IsUncertain"/>.</summary>
    public bool IsUncertain => view.IsUncertain;

    /// <summary>How many things were looked for that have not been read yet. What is decided after the first of them is void.</summary>
    public int Misses => _missedKeys.Count + _missedPrefixes.Count;

    /// <summary>What is at a key; nothing, and a miss, while that is not known.</summary>
    public Found<T> At<T>(DatastoreKey<T> key)
        where T : Document
        => new(key, At(key.Text));

    /// <summary>Whether it is known what is at a key.</summary>
    public bool Knows(string key) => view.At(key) is not null;

    /// <summary>What is at a key; nothing, and a miss, while that is not known.</summary>
    public Seen At(string key)
    {
        if (view.At(key) is { } seen)
        {
            return seen;
        }

        _missedKeys.Add(key);
        return Seen.Nothing(key);
    }

    /// <summary>What is below a prefix, in the order of the keys; nothing, and a miss, while that is not known.</summary>
    public IReadOnlyList<Seen> Below(string prefix, bool keysOnly = false)
    {
        if (view.Below(prefix, keysOnly) is { } seen)
        {
            return seen;
        }

        _missedPrefixes[prefix] = keysOnly;
        return [];
    }

    /// <summary>The same, where a key that this draft relies on changes with everything below the prefix: when that is lost, all of it is read anew.</summary>
    public IReadOnlyList<Seen> BelowGuarded(string prefix, bool keysOnly = false)
    {
        _again.Add(KeyOperation.Read(KeyRange.Prefix(prefix), keysOnly: keysOnly));
        return Below(prefix, keysOnly);
    }

    /// <summary>The decision holds only while this is as it was seen.</summary>
    public void RelyOn(Seen seen) => RelyOn(seen.Key, seen.Revision);

    /// <summary>The decision holds only while this key is at this revision.</summary>
    protected void RelyOn(string key, long revision) => _compares[key] = revision;

    /// <summary>Writes a document in the place of what was seen.</summary>
    public void Put<T>(Found<T> found, T document)
        where T : Document
        => Put(found.Seen, found.Key.Write(document));

    /// <summary>Writes a value in the place of what was seen.</summary>
    public void Put(Seen seen, ReadOnlyMemory<byte> value)
    {
        RelyOn(seen);
        _writes[seen.Key] = KeyOperation.Put(seen.Key, value);
    }

    /// <summary>Whether something is written there.</summary>
    public bool IsPut(Seen seen) => _writes.TryGetValue(seen.Key, out var write) && write is PutKey;

    /// <summary>Deletes what was seen.</summary>
    public void Delete(Seen seen)
    {
        RelyOn(seen);
        if (seen.Exists)
        {
            _writes[seen.Key] = KeyOperation.Delete(seen.Key);
        }
    }

    /// <summary>Read what was missed.</summary>
    public Decision<T>.Read Read<T>() => new(
    [
        .. _missedPrefixes.Select(missed => KeyOperation.Read(KeyRange.Prefix(missed.Key), keysOnly: missed.Value)),
        .. _missedKeys.Select(key => KeyOperation.Read(key)),
    ]);

    /// <summary>Commit what was noted, or be done where that is nothing.</summary>
    public Decision<T> Commit<T>(T result) => _writes.Count == 0
        ? new Decision<T>.Done(result)
        : new Decision<T>.Commit([.. _compares.Select(compare => KeyComparison.ModRevision(compare.Key, compare.Value))], [.. _writes.Values], result) { Again = _again };
}

/// <summary>What was seen at the key of a document.</summary>
internal readonly record struct Found<T>(DatastoreKey<T> Key, Seen Seen)
    where T : Document
{
    public bool Exists => Seen.Exists;

    /// <summary>The document; null where there is none.</summary>
    /// <exception cref="CorruptDocumentException">It cannot be read.</exception>
    public T? Document => Seen.Read(Key);

    public bool TryRead(out T document) => Seen.TryRead(Key, out document);
}

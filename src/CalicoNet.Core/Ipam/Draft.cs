namespace CalicoNet.Core;

/// <summary>
/// The paper a decision is worked out on: it looks at what was seen, and notes what it misses, what it relies on, and what it would write.
/// </summary>
internal class Draft(View view)
{
    /// <summary>What was seen.</summary>
    protected View View => view;

    /// <summary>How many keys are compared at most because they are borrowed; a transaction has room for 128. More are read.</summary>
    private const int MostBorrowed = 96;

    private readonly SortedSet<string> _missedKeys = new(StringComparer.Ordinal);
    private readonly Dictionary<KeyRange, bool> _missedRanges = [];
    private readonly Dictionary<string, (long Revision, long KnownAt)> _compares = new(StringComparer.Ordinal);
    private readonly Dictionary<KeyRange, long> _comparedRanges = [];
    private readonly Dictionary<string, Document> _documents = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, KeyOperation> _writes = new(StringComparer.Ordinal);
    private readonly List<ReadKeys> _again = [];

    /// <summary>See <see cref="View.IsUncertain"/>.</summary>
    public bool IsUncertain => view.IsUncertain;

    /// <summary>How many things were looked for that have not been read yet. What is decided after the first of them is void.</summary>
    public int Misses => _missedKeys.Count + _missedRanges.Count;

    /// <summary>What is at a key; nothing, and a miss, while that is not known.</summary>
    public Found<T> At<T>(DatastoreKey<T> key)
        where T : Document
        => new(key, At(key.Text));

    /// <summary>What is at a key; nothing, and a miss, while that is not known.</summary>
    public Seen At(string key)
    {
        if (view.At(key) is { } known && (!known.IsBorrowed || CanRelyOn(known)))
        {
            return known.Seen;
        }

        _missedKeys.Add(key);
        return Seen.Nothing(key);
    }

    /// <summary>The same for a key where there is nothing as a rule: it is not read for that, but compared.</summary>
    public Found<T> AtPresumedAbsent<T>(DatastoreKey<T> key)
        where T : Document
    {
        view.PresumeAbsent(key.Text);
        return At(key);
    }

    /// <summary>What is in a range where there is nothing as a rule: it is not read for that, but compared. The decision holds only while there is nothing.</summary>
    public IReadOnlyList<Seen> InPresumedEmpty(KeyRange range)
    {
        view.PresumeEmpty(range);
        _comparedRanges[range] = 0;
        return Within(range, keysOnly: false);
    }

    /// <summary>What is below a prefix, in the order of the keys; nothing, and a miss, while that is not known.</summary>
    public IReadOnlyList<Seen> Below(string prefix, bool keysOnly = false) => Within(KeyRange.Prefix(prefix), keysOnly);

    /// <summary>The same, where a key that this draft relies on changes with everything below the prefix: when that is lost, all of it is read anew.</summary>
    public IReadOnlyList<Seen> BelowGuarded(string prefix, bool keysOnly = false)
    {
        _again.Add(KeyOperation.Read(KeyRange.Prefix(prefix), keysOnly: keysOnly));
        return Below(prefix, keysOnly);
    }

    /// <summary>The decision holds only while this is as it was seen.</summary>
    public void RelyOn(Seen seen) => _compares.TryAdd(seen.Key, (seen.Revision, view.RevisionOf(seen)));

    /// <summary>Writes a document in the place of what was seen.</summary>
    public void Put<T>(Found<T> found, T document)
        where T : Document
    {
        Put(found.Seen, found.Key.Write(document));
        _documents[found.Key.Text] = document;
    }

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
        .. _missedRanges.Select(missed => KeyOperation.Read(missed.Key, keysOnly: missed.Value)),
        .. _missedKeys.Select(key => KeyOperation.Read(key)),
    ]);

    /// <summary>Commit what was noted, or be done where that is nothing.</summary>
    public Decision<T> Commit<T>(T result) => _writes.Count == 0
        ? new Decision<T>.Done(result)
        : new Decision<T>.Commit(
            [
                .. _compares.Select(compare => KeyComparison.ModRevision(compare.Key, compare.Value.Revision) with { KnownAt = compare.Value.KnownAt }),
                .. _comparedRanges.Select(range => KeyComparison.NotWritten(range.Key, range.Value) with { KnownAt = range.Value }),
            ],
            [.. _writes.Values],
            result)
        {
            Again = _again,
            Documents = _documents,
        };

    private IReadOnlyList<Seen> Within(KeyRange range, bool keysOnly)
    {
        if (view.Within(range, keysOnly) is { } seen)
        {
            if (view.BorrowedUpTo(range) is { } revision)
            {
                _comparedRanges[range] = revision;
            }

            return seen;
        }

        _missedRanges[range] = keysOnly;
        return [];
    }

    private bool CanRelyOn(Known known)
    {
        if (_compares.Count >= MostBorrowed)
        {
            return _compares.ContainsKey(known.Seen.Key);
        }

        _compares.TryAdd(known.Seen.Key, (known.Seen.Revision, known.Revision));
        return true;
    }
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

namespace CalicoNet.Core;

/// <summary>
/// What an operation knows of the datastore: keys and whole ranges, as they were when they were read last. What a lost comparison brings back
/// takes the place of what was seen before. Some of it may be borrowed: from what operations before it remember, or presumed without having been
/// seen by anybody. Who looks at what is borrowed has the transaction compare it (<see cref="Draft"/>), so that it saves a read where it is right.
/// </summary>
/// <param name="memory">What is remembered, and leave to presume; null for neither.</param>
internal sealed class View(Memory? memory = null)
{
    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<KeyRange, KnownRange> _ranges = [];
    private readonly HashSet<string> _borrowed = new(StringComparer.Ordinal);
    private readonly HashSet<KeyRange> _borrowedRanges = [];
    private Memory? _memory = memory;

    /// <summary>
    /// Whether a transaction of this operation may have been committed without its being told. From then on every decision looks first whether
    /// it was.
    /// </summary>
    public bool IsUncertain { get; private set; }

    /// <summary>Whether anything that was looked at is borrowed: only what comparisons can prove is to be believed then, so no refusal.</summary>
    public bool HasBorrowed => _borrowed.Count + _borrowedRanges.Count > 0;

    /// <summary>What is known with its value.</summary>
    public IEnumerable<Seen> Known => _seen.Values.Where(seen => seen.HasValue);

    /// <summary>The ranges that are known with their values, and the revisions they were read at.</summary>
    public IEnumerable<(KeyRange Range, long Revision)> KnownRanges => _ranges.Where(range => !range.Value.KeysOnly).Select(range => (range.Key, range.Value.Revision));

    /// <summary>What is at a key; null while that is not known.</summary>
    public Seen? At(string key)
    {
        if (_seen.TryGetValue(key, out var seen))
        {
            return seen.HasValue ? seen : null;
        }

        if (_ranges.Keys.Any(range => range.Contains(key)))
        {
            return Seen.Nothing(key);
        }

        return _memory?.At(key) is { } remembered ? Borrow(remembered) : null;
    }

    /// <summary>What is in a range, in the order of the keys; null while that is not known.</summary>
    public IReadOnlyList<Seen>? Within(KeyRange range, bool keysOnly = false)
    {
        if (!_ranges.TryGetValue(range, out var known))
        {
            if (_memory?.Within(range) is not { } remembered)
            {
                return null;
            }

            foreach (var seen in remembered.Entries.Where(seen => !_seen.ContainsKey(seen.Key)))
            {
                Borrow(seen);
            }

            known = Borrow(range, remembered.Revision);
        }

        return !keysOnly && known.KeysOnly ? null
            : known.Entries ??= [.. _seen.Values.Where(seen => seen.Exists && range.Contains(seen.Key)).OrderBy(seen => seen.Key, StringComparer.Ordinal)];
    }

    /// <summary>Takes it that there is nothing at a key, where nothing else is known.</summary>
    public void PresumeAbsent(string key)
    {
        if (_memory is not null && At(key) is null)
        {
            Borrow(Seen.Nothing(key));
        }
    }

    /// <summary>Takes it that there is nothing in a range, where nothing else is known.</summary>
    public void PresumeEmpty(KeyRange range)
    {
        if (_memory is not null && Within(range) is null)
        {
            Borrow(range, 0);
        }
    }

    /// <summary>Whether what is known of a key is borrowed.</summary>
    public bool IsBorrowed(string key) => _borrowed.Contains(key);

    /// <summary>The revision up to which a borrowed range is known; null for one that is not borrowed.</summary>
    public long? BorrowedUpTo(KeyRange range) => _borrowedRanges.Contains(range) ? _ranges[range].Revision : null;

    /// <summary>Takes in what a read found.</summary>
    public void Learn(ReadKeys read, RangeResult found)
    {
        foreach (var known in _ranges.Values)
        {
            known.Entries = null;
        }

        var range = read.Range;
        if (range.Kind == KeyRangeKind.Key)
        {
            _seen[range.Start] = new Seen(range.Start, found.Entry, !read.KeysOnly);
            _borrowed.Remove(range.Start);
            return;
        }

        var before = _seen.Values.Where(seen => range.Contains(seen.Key)).ToDictionary(seen => seen.Key, StringComparer.Ordinal);
        foreach (var key in before.Keys)
        {
            _seen.Remove(key);
            _borrowed.Remove(key);
        }

        foreach (var entry in found.Entries)
        {
            // A key without its value says nothing new of a value that has not changed.
            _seen[entry.Key] = before.TryGetValue(entry.Key, out var seen) && seen.HasValue && seen.Revision == entry.ModRevision
                ? seen
                : new Seen(entry.Key, entry, !read.KeysOnly);
        }

        _ranges[range] = new KnownRange(found.Revision, read.KeysOnly);
        _borrowedRanges.Remove(range);
    }

    /// <summary>Knows nothing any more: after an error that may have come after the commit.</summary>
    public void Doubt()
    {
        _seen.Clear();
        _ranges.Clear();
        _borrowed.Clear();
        _borrowedRanges.Clear();
        _memory = null;
        IsUncertain = true;
    }

    private Seen Borrow(Seen seen)
    {
        _borrowed.Add(seen.Key);
        return _seen[seen.Key] = seen;
    }

    private KnownRange Borrow(KeyRange range, long revision)
    {
        _borrowedRanges.Add(range);
        return _ranges[range] = new KnownRange(revision, KeysOnly: false);
    }

    private sealed record KnownRange(long Revision, bool KeysOnly)
    {
        /// <summary>What is in it, once somebody has looked; null from the next read on.</summary>
        public IReadOnlyList<Seen>? Entries { get; set; }
    }
}

namespace CalicoNet.Core;

/// <summary>
/// What an operation knows of the datastore: keys and whole ranges, as they were when they were read last. What a lost comparison brings back
/// takes the place of what was seen before. Some of it may be borrowed: from what operations before it remember, or presumed without having been
/// seen by anybody. Who looks at what is borrowed has the transaction compare it (<see cref="Draft"/>), so that it saves a read where it is right.
/// </summary>
/// <param name="memory">What is remembered, and leave to presume; null for neither.</param>
internal sealed class View(Memory? memory = null)
{
    private readonly Dictionary<string, Known> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<KeyRange, KnownRange> _ranges = [];
    private Memory? _memory = memory;
    private int _borrowed;

    /// <summary>
    /// Whether a transaction of this operation may have been committed without its being told. From then on every decision looks first whether
    /// it was.
    /// </summary>
    public bool IsUncertain { get; private set; }

    /// <summary>Whether anything that was looked at is borrowed: only what comparisons can prove is to be believed then, so no refusal.</summary>
    public bool HasBorrowed => _borrowed > 0;

    /// <summary>What was read of keys with their values.</summary>
    public IEnumerable<Known> ReadKeys => _keys.Values.Where(known => known.Seen.HasValue && !known.IsBorrowed);

    /// <summary>What was read of ranges with their values.</summary>
    public IEnumerable<(KeyRange Range, SeenRange Seen)> ReadRanges => _ranges.Where(range => !range.Value.KeysOnly && !range.Value.IsBorrowed)
        .Select(range => (range.Key, new SeenRange(Entries(range.Key, range.Value), range.Value.Revision)));

    /// <summary>What is at a key; null while that is not known.</summary>
    public Known? At(string key)
    {
        if (_keys.TryGetValue(key, out var known))
        {
            return known.Seen.HasValue ? known : null;
        }

        foreach (var (range, whole) in _ranges)
        {
            if (range.Contains(key))
            {
                return new Known(Seen.Nothing(key), whole.Revision, IsBorrowed: false);
            }
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

            var areAll = !_keys.Keys.Any(range.Contains);
            foreach (var seen in remembered.Entries)
            {
                if (!_keys.ContainsKey(seen.Key))
                {
                    areAll &= Borrow(_memory.At(seen.Key) ?? new Known(seen, 0, IsBorrowed: true)).Seen == seen;
                }
            }

            known = Borrow(range, remembered.Revision);
            known.Entries = areAll ? remembered.Entries : null;
        }

        return !keysOnly && known.KeysOnly ? null : Entries(range, known);
    }

    /// <summary>Takes it that there is nothing at a key, where nothing else is known.</summary>
    public void PresumeAbsent(string key)
    {
        if (_memory is not null && At(key) is null)
        {
            Borrow(new Known(Seen.Nothing(key), 0, IsBorrowed: true));
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
    public bool IsBorrowed(string key) => _keys.TryGetValue(key, out var known) && known.IsBorrowed;

    /// <summary>The revision at which it is known to have been so; 0 where it is not known.</summary>
    public long RevisionOf(Seen seen) => _keys.TryGetValue(seen.Key, out var known) && known.Seen.Revision == seen.Revision ? known.Revision : 0;

    /// <summary>The revision up to which a borrowed range is known; null for one that is not borrowed.</summary>
    public long? BorrowedUpTo(KeyRange range) => _ranges[range] is { IsBorrowed: true } known ? known.Revision : null;

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
            Replace(new Seen(range.Start, found.Entry, !read.KeysOnly));
            return;
        }

        var before = _keys.Values.Where(known => range.Contains(known.Seen.Key)).ToDictionary(known => known.Seen.Key, StringComparer.Ordinal);
        foreach (var (key, known) in before)
        {
            _keys.Remove(key);
            Return(known.IsBorrowed);
        }

        foreach (var entry in found.Entries)
        {
            // A key without its value says nothing new of a value that has not changed.
            Replace(before.TryGetValue(entry.Key, out var known) && known.Seen.HasValue && known.Seen.Revision == entry.ModRevision
                ? known.Seen
                : new Seen(entry.Key, entry, !read.KeysOnly));
        }

        Return(_ranges.TryGetValue(range, out var old) && old.IsBorrowed);
        _ranges[range] = new KnownRange(found.Revision, read.KeysOnly, IsBorrowed: false);

        void Replace(Seen seen)
        {
            Return(IsBorrowed(seen.Key));
            _keys[seen.Key] = new Known(seen, found.Revision, IsBorrowed: false);
        }
    }

    /// <summary>Knows nothing any more: after an error that may have come after the commit.</summary>
    public void Doubt()
    {
        _keys.Clear();
        _ranges.Clear();
        _borrowed = 0;
        _memory = null;
        IsUncertain = true;
    }

    private IReadOnlyList<Seen> Entries(KeyRange range, KnownRange known)
        => known.Entries ??= [.. _keys.Values.Select(known => known.Seen).Where(seen => seen.Exists && range.Contains(seen.Key)).OrderBy(seen => seen.Key, StringComparer.Ordinal)];

    private Known Borrow(Known known)
    {
        _borrowed += 1;
        return _keys[known.Seen.Key] = known;
    }

    private KnownRange Borrow(KeyRange range, long revision)
    {
        _borrowed += 1;
        return _ranges[range] = new KnownRange(revision, KeysOnly: false, IsBorrowed: true);
    }

    private void Return(bool isBorrowed) => _borrowed -= isBorrowed ? 1 : 0;

    private sealed record KnownRange(long Revision, bool KeysOnly, bool IsBorrowed)
    {
        /// <summary>What is in it, once somebody has looked; null from the next read on.</summary>
        public IReadOnlyList<Seen>? Entries { get; set; }
    }
}

/// <summary>What is known of a key.</summary>
/// <param name="Seen">What was seen there.</param>
/// <param name="Revision">The datastore's revision at which it was so; 0 where nobody has looked.</param>
/// <param name="IsBorrowed">Whether it was not read by this operation.</param>
internal readonly record struct Known(Seen Seen, long Revision, bool IsBorrowed);

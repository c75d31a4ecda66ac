namespace CalicoNet.Core;

/// <summary>
/// What operations saw and wrote, for those after them: pools, configuration and the node's block are the same for each, and reading them takes
/// longer than all the rest. Never trusted: whoever decides by it has the transaction compare it (<see cref="View"/>). For one operation at a time.
/// </summary>
internal sealed class Memory
{
    /// <summary>For how many operations that have no use for it something is kept: those that assign and those that release look at different things.</summary>
    private const int Span = 64;

    private readonly Dictionary<string, (Seen Seen, long Used)> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<KeyRange, (long Revision, long Used)> _ranges = [];
    private long _operation;

    /// <summary>What was at a key; null where that is not remembered.</summary>
    public Seen? At(string key) => _seen.TryGetValue(key, out var kept) ? kept.Seen : null;

    /// <summary>The revision up to which a range is known; null where it is not remembered.</summary>
    public long? UpTo(KeyRange range) => _ranges.TryGetValue(range, out var kept) ? kept.Revision : null;

    /// <summary>What was in a range.</summary>
    public IEnumerable<Seen> Within(KeyRange range) => _seen.Values.Select(kept => kept.Seen).Where(seen => range.Contains(seen.Key));

    /// <summary>Takes in what an operation knew and wrote.</summary>
    public void Keep(View view, IEnumerable<Seen> written, long revision)
    {
        _operation++;
        foreach (var seen in view.Known.Concat(written))
        {
            _seen[seen.Key] = (seen, _operation);
        }

        // What is borrowed was compared at that revision.
        foreach (var (range, upTo) in view.KnownRanges)
        {
            _ranges[range] = (view.BorrowedUpTo(range) is null ? upTo : revision, _operation);
        }

        if (_operation % Span == 0)
        {
            Forget(_seen, kept => kept.Used);
            Forget(_ranges, kept => kept.Used);
        }
    }

    private void Forget<TKey, TKept>(Dictionary<TKey, TKept> all, Func<TKept, long> used)
        where TKey : notnull
    {
        foreach (var (key, kept) in all)
        {
            if (used(kept) <= _operation - Span)
            {
                all.Remove(key);
            }
        }
    }
}

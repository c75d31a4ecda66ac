namespace CalicoNet.Core;

/// <summary>
/// What operations saw and wrote, for those after them: pools, configuration and the node's blocks are the same for each, and reading them takes
/// longer than all the rest. Never trusted: whoever decides by it has the transaction compare it (<see cref="View"/>). For one operation at a time.
/// </summary>
internal sealed class Memory
{
    /// <summary>For how many operations that have no use for it something is kept: those of other nodes, and those that release, look at other things.</summary>
    private const int Span = 64;

    private readonly Dictionary<string, (Seen Seen, long Used)> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<KeyRange, (SeenRange Seen, long Used)> _ranges = [];
    private long _operation;

    /// <summary>What was at a key; null where that is not remembered.</summary>
    public Seen? At(string key) => _seen.TryGetValue(key, out var kept) ? kept.Seen : null;

    /// <summary>What was in a range; null where that is not remembered.</summary>
    public SeenRange? Within(KeyRange range) => _ranges.TryGetValue(range, out var kept) ? kept.Seen : null;

    /// <summary>How much is remembered.</summary>
    public int Count => _seen.Count;

    /// <summary>Takes in what an operation knew and wrote.</summary>
    /// <param name="view">What it knew, with its values.</param>
    /// <param name="written">What it wrote.</param>
    /// <param name="revision">The revision that this got. What the operation had borrowed was compared at it.</param>
    public void Keep(View view, IReadOnlyList<Seen> written, long revision)
    {
        _operation++;
        foreach (var seen in view.Known.Concat(written))
        {
            _seen[seen.Key] = (seen, _operation);
        }

        foreach (var (range, upTo) in view.KnownRanges)
        {
            var entries = view.Within(range)!;
            var changes = written.Where(seen => range.Contains(seen.Key)).ToDictionary(seen => seen.Key, StringComparer.Ordinal);
            if (changes.Count > 0)
            {
                entries = [.. entries.Where(seen => !changes.ContainsKey(seen.Key)).Concat(changes.Values.Where(seen => seen.Exists)).OrderBy(seen => seen.Key, StringComparer.Ordinal)];
            }

            _ranges[range] = (new SeenRange(entries, view.BorrowedUpTo(range) is null ? upTo : revision), _operation);
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

/// <summary>What was seen in a range: the entries in the order of their keys, and the revision up to which that is known.</summary>
internal readonly record struct SeenRange(IReadOnlyList<Seen> Entries, long Revision);

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CalicoNet.Core;

/// <summary>
/// What operations saw and wrote, for those after them: pools, configuration and the node's blocks are the same for each, and reading them takes
/// longer than all the rest. Never trusted: whoever decides by it has the transaction compare it (<see cref="View"/>). For one operation at a time.
/// </summary>
internal sealed class Memory
{
    /// <summary>For how many operations that have no use for it something is kept: those of other nodes, and those that release, look at other things.</summary>
    private const int Span = 64;

    private readonly Dictionary<string, Kept<Seen>> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<KeyRange, Kept<IReadOnlyList<Seen>>> _ranges = [];
    private long _operation;

    // The revisions, the last and before it, that were each an operation's of this memory, with nobody else's in between: what was so at the
    // first, and was not written since by one of these, is so at the last.
    private long _firstOwn, _lastOwn;

    /// <summary>What was at a key; null where that is not remembered.</summary>
    public Known? At(string key) => TryUse(_keys, key, out var seen, out var revision) ? new Known(seen, revision, IsBorrowed: true) : null;

    /// <summary>What was in a range; null where that is not remembered.</summary>
    public SeenRange? Within(KeyRange range) => TryUse(_ranges, range, out var entries, out var revision) ? new SeenRange(entries, revision) : null;

    /// <summary>How much is remembered.</summary>
    public int Count => _keys.Count;

    /// <summary>Takes in what an operation read that had nothing to write.</summary>
    public void Keep(View view)
    {
        _operation++;
        foreach (var (seen, revision, _) in view.ReadKeys)
        {
            _keys[seen.Key] = new(seen, revision, _operation);
        }

        foreach (var (range, (entries, revision)) in view.ReadRanges)
        {
            _ranges[range] = new(entries, revision, _operation);
        }

        if (_operation % Span == 0)
        {
            Forget(_keys);
            Forget(_ranges);
        }
    }

    /// <summary>Takes in what an operation read and wrote.</summary>
    /// <param name="view">What it read.</param>
    /// <param name="compares">What it had compared.</param>
    /// <param name="written">What it wrote.</param>
    /// <param name="revision">The revision that this got.</param>
    public void Keep(View view, IReadOnlyList<KeyComparison> compares, IReadOnlyList<Seen> written, long revision)
    {
        Keep(view);
        _firstOwn = revision == _lastOwn + 1 ? _firstOwn : revision;
        _lastOwn = revision;
        foreach (var compare in compares)
        {
            if (compare.KnownAt >= _firstOwn)
            {
                continue;
            }

            if (compare.Range.Kind == KeyRangeKind.Key)
            {
                Confirm(_keys, compare.Range.Start, revision);
            }
            else
            {
                Confirm(_ranges, compare.Range, revision);
            }
        }

        foreach (var seen in written)
        {
            _keys[seen.Key] = new(seen, revision, _operation);
            foreach (var (range, kept) in _ranges)
            {
                if (range.Contains(seen.Key))
                {
                    var others = kept.What.Where(other => other.Key != seen.Key);
                    _ranges[range] = kept with { What = [.. (seen.Exists ? others.Append(seen) : others).OrderBy(entry => entry.Key, StringComparer.Ordinal)] };
                }
            }
        }
    }

    private bool TryUse<TKey, T>(Dictionary<TKey, Kept<T>> all, TKey key, [MaybeNullWhen(false)] out T what, out long revision)
        where TKey : notnull
    {
        ref var kept = ref CollectionsMarshal.GetValueRefOrNullRef(all, key);
        if (Unsafe.IsNullRef(ref kept))
        {
            (what, revision) = (default, 0);
            return false;
        }

        kept = kept with { Used = _operation };
        (what, revision) = (kept.What, kept.Revision >= _firstOwn ? Math.Max(kept.Revision, _lastOwn) : kept.Revision);
        return true;
    }

    private static void Confirm<TKey, T>(Dictionary<TKey, Kept<T>> all, TKey key, long revision)
        where TKey : notnull
    {
        ref var kept = ref CollectionsMarshal.GetValueRefOrNullRef(all, key);
        if (!Unsafe.IsNullRef(ref kept))
        {
            kept = kept with { Revision = revision };
        }
    }

    private void Forget<TKey, T>(Dictionary<TKey, Kept<T>> all)
        where TKey : notnull
    {
        foreach (var (key, kept) in all)
        {
            if (kept.Used <= _operation - Span)
            {
                all.Remove(key);
            }
        }
    }

    /// <param name="What">What was seen.</param>
    /// <param name="Revision">The revision at which it was so.</param>
    /// <param name="Used">The operation that had use for it last.</param>
    private readonly record struct Kept<T>(T What, long Revision, long Used);
}

/// <summary>What was seen in a range: the entries in the order of their keys, and the revision up to which that is known.</summary>
internal readonly record struct SeenRange(IReadOnlyList<Seen> Entries, long Revision);

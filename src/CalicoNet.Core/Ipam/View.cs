namespace CalicoNet.Core;

/// <summary>
/// What an operation knows of the datastore: keys and whole prefixes, as they were when they were read last. It only grows, and what a lost
/// comparison brings back takes the place of what was seen before.
/// </summary>
internal sealed class View(FullBlocks? full = null)
{
    private readonly SortedDictionary<string, Seen> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _prefixes = new(StringComparer.Ordinal);

    /// <summary>
    /// Whether a transaction of this operation may have been committed without its being told. From then on every decision looks first whether
    /// it was.
    /// </summary>
    public bool IsUncertain { get; private set; }

    /// <summary>What other operations saw full.</summary>
    public FullBlocks Full { get; } = full ?? new FullBlocks();

    /// <summary>What is at a key; null while that is not known.</summary>
    public Seen? At(string key)
        => _seen.TryGetValue(key, out var seen) ? (seen.HasValue ? seen : null)
            : _prefixes.Keys.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal)) ? Seen.Nothing(key)
            : null;

    /// <summary>What is below a prefix, in the order of the keys; null while that is not known.</summary>
    public IReadOnlyList<Seen>? Below(string prefix, bool keysOnly)
        => _prefixes.TryGetValue(prefix, out var onlyKeys) && (keysOnly || !onlyKeys)
            ? [.. _seen.Values.Where(seen => seen.Exists && seen.Key.StartsWith(prefix, StringComparison.Ordinal))]
            : null;

    /// <summary>Takes in what a read found.</summary>
    public void Learn(ReadKeys read, RangeResult found)
    {
        var start = read.Range.Start;
        if (read.Range.Kind == KeyRangeKind.Key)
        {
            var one = new Seen(start, found.Entry, !read.KeysOnly);
            _seen[start] = one;
            if (one.HasValue)
            {
                Full.Learn(one);
            }

            return;
        }

        var before = _seen.Values.Where(seen => seen.Key.StartsWith(start, StringComparison.Ordinal)).ToDictionary(seen => seen.Key, StringComparer.Ordinal);
        foreach (var key in before.Keys)
        {
            _seen.Remove(key);
        }

        foreach (var entry in found.Entries)
        {
            // A key without its value says nothing new of a value that has not changed.
            _seen[entry.Key] = before.TryGetValue(entry.Key, out var seen) && seen.HasValue && seen.Revision == entry.ModRevision
                ? seen
                : new Seen(entry.Key, entry, !read.KeysOnly);
        }

        _prefixes[start] = read.KeysOnly;
    }

    /// <summary>Knows nothing any more: after an error that may have come after the commit.</summary>
    public void Doubt()
    {
        _seen.Clear();
        _prefixes.Clear();
        IsUncertain = true;
    }
}

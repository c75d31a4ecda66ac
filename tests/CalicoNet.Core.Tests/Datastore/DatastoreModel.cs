using System.Text;

namespace CalicoNet.Core.Tests;

/// <summary>What a datastore is, in the plainest way: a dictionary and a number.</summary>
internal sealed class DatastoreModel(long revision)
{
    private readonly SortedDictionary<string, KeyValue> _entries = new(Comparer<string>.Create((a, b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b))));

    public long Revision { get; private set; } = revision;

    public KeyValue? Get(string key) => _entries.GetValueOrDefault(key);

    public TransactionResult Transact(IEnumerable<KeyComparison> compares, IEnumerable<KeyOperation> then, IEnumerable<KeyOperation> otherwise)
    {
        var succeeded = compares.All(compare => compare.Target switch
        {
            KeyComparisonTarget.Version => (Get(compare.Range.Start)?.Version ?? 0) == compare.Value,
            KeyComparisonTarget.ModRevision => (Get(compare.Range.Start)?.ModRevision ?? 0) == compare.Value,
            _ => _entries.Values.Where(entry => IsIn(entry.Key, compare.Range)).All(entry => entry.ModRevision <= compare.Value),
        });
        var next = Revision + 1;
        var changed = false;
        var reads = new List<RangeResult>();
        foreach (var operation in succeeded ? then : otherwise)
        {
            switch (operation)
            {
                case PutKey put:
                    _entries[put.Key] = Get(put.Key) is { } old ? new(put.Key, put.Value, old.CreateRevision, next, old.Version + 1) : new(put.Key, put.Value, next, next, 1);
                    changed = true;
                    break;
                case DeleteKeys delete:
                    foreach (var key in _entries.Keys.Where(key => IsIn(key, delete.Range)).ToList())
                    {
                        changed |= _entries.Remove(key);
                    }

                    break;
                case ReadKeys read:
                    var all = _entries.Values.Where(entry => IsIn(entry.Key, read.Range)).ToList();
                    var given = read.Limit == 0 ? all : [.. all.Take(read.Limit)];
                    reads.Add(new RangeResult([.. given.Select(entry => read.KeysOnly ? new(entry.Key, default, entry.CreateRevision, entry.ModRevision, entry.Version) : entry)], 0, given.Count < all.Count));
                    break;
            }
        }

        Revision = changed ? next : Revision;
        return new TransactionResult(succeeded, Revision, reads);
    }

    /// <summary>A result as text, to be compared and to be read.</summary>
    public static string Describe(TransactionResult result)
        => $"{result.Succeeded} @{result.Revision}" + string.Concat(result.Reads.Select(read => $"\n  [{string.Join(", ", read.Entries.Select(entry =>
            $"{entry.Key}={entry.Text} {entry.CreateRevision}/{entry.ModRevision}/{entry.Version}"))}]{(read.More ? "+" : "")}"));

    private static bool IsIn(string key, KeyRange range) => range.Kind switch
    {
        KeyRangeKind.Key => key == range.Start,
        KeyRangeKind.Prefix => key.StartsWith(range.Start, StringComparison.Ordinal),
        _ => Compare(key, range.Start) >= 0 && (range.End is null || Compare(key, range.End) < 0),
    };

    private static int Compare(string a, string b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b));
}

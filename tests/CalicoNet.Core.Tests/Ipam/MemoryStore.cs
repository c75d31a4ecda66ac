using System.Text;

namespace CalicoNet.Core.Tests.Ipam;

/// <summary>
/// Keys, values and revisions in memory, for one thread: it lets a test choose the order in which operations step, which no real datastore does.
/// </summary>
internal sealed class MemoryStore : IKeyValues
{
    private readonly SortedDictionary<string, KeyValue> _entries = new(StringComparer.Ordinal);
    private long _revision = 1;

    public IReadOnlyCollection<KeyValue> Entries => _entries.Values;

    public IReadOnlyList<KeyValue> List(string prefix) => [.. _entries.Values.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))];

    public KeyValue? Get(string key) => _entries.GetValueOrDefault(key);

    public long Set(string key, long revision, byte[]? value)
        => Commit([KeyComparison.ModRevision(key, revision)], [value is null ? KeyOperation.Delete(key) : KeyOperation.Put(key, value)]) ? _revision : 0;

    public void Put(string key, string text) => Commit([], [KeyOperation.Put(key, text)]);

    public void Put<T>(DatastoreKey<T> key, T document)
        where T : Document
        => Commit([], [KeyOperation.Put(key.Text, key.Write(document))]);

    public T? Read<T>(DatastoreKey<T> key)
        where T : Document
        => Get(key.Text) is { } entry ? key.Read(entry.Value.Span) : null;

    public IEnumerable<(TKey Key, T Document)> All<TKey, T>(string prefix)
        where TKey : DatastoreKey<T>
        where T : Document
        => List(prefix).Select(entry => (Key: DatastoreKey.Parse(entry.Key) as TKey, Entry: entry)).Where(pair => pair.Key is not null).Select(pair => (pair.Key!, pair.Key!.Read(pair.Entry.Value.Span)));

    public RangeResult Read(ReadKeys read)
    {
        var entries = _entries.Values.Where(entry => read.Range.Contains(entry.Key)).ToList();
        return new RangeResult(
            read.KeysOnly ? [.. entries.Select(entry => new KeyValue(entry.Key, default, entry.CreateRevision, entry.ModRevision, entry.Version))] : entries, _revision, More: false);
    }

    public long Revision => _revision;

    public bool Commit(IReadOnlyList<KeyComparison> compares, IReadOnlyList<KeyOperation> writes)
    {
        if (!compares.All(Holds))
            return false;
        _revision++;
        foreach (var write in writes)
        {
            if (write is PutKey put)
            {
                var before = Get(put.Key);
                _entries[put.Key] = new KeyValue(put.Key, put.Value.ToArray(), before?.CreateRevision ?? _revision, _revision, (before?.Version ?? 0) + 1);
            }
            else
            {
                _entries.Remove(((DeleteKeys)write).Range.Start);
            }
        }

        return true;
    }

    private bool Holds(KeyComparison compare)
    {
        var newest = _entries.Values.Where(entry => compare.Range.Contains(entry.Key)).Select(entry => entry.ModRevision).DefaultIfEmpty().Max();
        var holds = compare.Target == KeyComparisonTarget.NewestModRevision ? newest <= compare.Value : newest == compare.Value;
        Assert.True(holds || compare.KnownAt != _revision, $"{compare} is said to hold at revision {_revision}, and does not.");
        return holds;
    }

    /// <summary>A copy.</summary>
    public MemoryStore Clone()
    {
        var clone = new MemoryStore { _revision = _revision };
        foreach (var (key, entry) in _entries)
            clone._entries.Add(key, entry);
        return clone;
    }

    public override string ToString() => string.Join('\n', _entries.Values.Select(entry => $"{entry.Key} {Encoding.UTF8.GetString(entry.Value.Span)}"));
}

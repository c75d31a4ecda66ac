namespace CalicoNet.Core.Tests.Ipam;

/// <summary>A real datastore, one key at a time.</summary>
internal sealed class DatastoreKeyValues(Datastore datastore) : IKeyValues
{
    public IReadOnlyList<KeyValue> List(string prefix) => datastore.Range(KeyRange.Prefix(prefix)).Entries;

    public KeyValue? Get(string key) => datastore.Range(key).Entry;

    public long Set(string key, long revision, byte[]? value)
    {
        if (revision < 0)
            return 0;
        var outcome = datastore.Transact([KeyComparison.ModRevision(key, revision)], [value is null ? KeyOperation.Delete(key) : KeyOperation.Put(key, value)], []);
        return outcome.Succeeded ? outcome.Revision : 0;
    }
}

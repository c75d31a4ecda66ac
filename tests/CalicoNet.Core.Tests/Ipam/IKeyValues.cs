namespace CalicoNet.Core.Tests.Ipam;

/// <summary>The least that a writer of Calico's kind needs: one key at a time.</summary>
internal interface IKeyValues
{
    IReadOnlyList<KeyValue> List(string prefix);

    /// <summary>Writes a value, or deletes it (null), if the key is still at its revision (0: absent).</summary>
    /// <returns>The new revision; 0 where it is not.</returns>
    long Set(string key, long revision, byte[]? value);

    KeyValue? Get(string key) => List(key).FirstOrDefault(entry => entry.Key == key);
}

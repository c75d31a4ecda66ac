namespace CalicoNet.Core;

/// <summary>What a read found.</summary>
/// <param name="Entries">The entries in the order of their keys.</param>
/// <param name="Revision">The datastore's revision at which they were read.</param>
/// <param name="More">Whether the limit left some out.</param>
public sealed record RangeResult(IReadOnlyList<KeyValue> Entries, long Revision, bool More)
{
    /// <summary>The entry of a read of one key; null when it is absent.</summary>
    public KeyValue? Entry => Entries.Count == 0 ? null : Entries[0];
}

using System.Collections.Concurrent;

namespace CalicoNet.Core;

/// <summary>
/// The blocks that were seen full, and at which revision: a busy node has one block with room behind up to 20 without, and reading those takes
/// longer than all the rest of an assignment. Never trusted: who passes a block by on the strength of it has the transaction compare the revision.
/// </summary>
internal sealed class FullBlocks
{
    private readonly ConcurrentDictionary<string, long> _revisions = new(StringComparer.Ordinal);

    public bool TryGet(string key, out long revision) => _revisions.TryGetValue(key, out revision);

    /// <summary>Takes in what was read.</summary>
    public void Learn(Seen seen)
    {
        if (seen.IsFullBlock)
        {
            _revisions[seen.Key] = seen.Revision;
        }
        else
        {
            _revisions.TryRemove(seen.Key, out _);
        }
    }
}

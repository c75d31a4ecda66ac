using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Decides how a node gives a block up.</summary>
internal static class Surrender
{
    /// <summary>
    /// Gives a node's block up: an empty one is deleted, one in use becomes nobody's, and the claim goes. A claim to a block that is another's, or
    /// that is not there, goes alone.
    /// </summary>
    /// <param name="view">What has been seen.</param>
    /// <param name="node">The node.</param>
    /// <param name="cidr">The block.</param>
    /// <param name="onlyEmpty">Leaves a block in use as it is.</param>
    /// <returns>Whether the node has no claim to it any more.</returns>
    public static Decision<bool> Decide(View view, string node, IPPrefix cidr, bool onlyEmpty)
    {
        var draft = new IpamDraft(view);
        var state = new IpamState(draft);
        var affinity = draft.At(new BlockAffinityKey(node, cidr));
        var seen = draft.At(new BlockKey(cidr));
        if (draft.Misses > 0)
        {
            return draft.Read<bool>();
        }

        state.RequireReady();
        var block = draft.Block(cidr);
        var isOwn = block?.Node == node;
        if (isOwn && onlyEmpty && !block!.IsEmpty)
        {
            return new Decision<bool>.Done(false);
        }

        draft.RelyOn(seen.Seen);
        draft.Delete(affinity.Seen);
        if (isOwn)
        {
            draft.Set(cidr, block!.GiveUp());
        }

        return draft.Commit(true);
    }
}

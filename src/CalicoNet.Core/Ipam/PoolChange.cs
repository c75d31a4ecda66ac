namespace CalicoNet.Core;

/// <summary>Decides a change of an IP pool's document.</summary>
internal static class PoolChange
{
    /// <summary>Changes a pool, or deletes it.</summary>
    /// <param name="view">What has been seen.</param>
    /// <param name="name">The pool.</param>
    /// <param name="change">The pool as it is to be; null to delete it.</param>
    /// <returns>The pool as it was.</returns>
    /// <exception cref="CalicoException">There is none.</exception>
    public static Decision<AddressPool> Decide(View view, string name, Func<IPPool, IPPool?> change)
    {
        var draft = new IpamDraft(view);
        var state = new IpamState(draft);
        var found = draft.At(new ResourceKey<IPPool>(name));
        if (draft.Misses > 0)
        {
            return draft.Read<AddressPool>();
        }

        state.RequireReady();
        var pool = found.Document ?? throw new CalicoException(CalicoFault.NotFound, $"There is no IP pool '{name}'.", name);
        var changed = change(pool);
        if (changed is null)
        {
            draft.Delete(found.Seen);
        }
        else if (changed != pool)
        {
            draft.Put(found, changed);
        }

        return draft.Commit(new AddressPool(pool, found.Seen));
    }
}

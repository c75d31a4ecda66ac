namespace CalicoNet.Core;

/// <summary>The rules of address management of a datastore: Calico's, and those that bind CalicoNet alone.</summary>
/// <param name="Calico">Calico's document; what holds without one where there is none.</param>
/// <param name="CalicoNet">CalicoNet's.</param>
public sealed record IpamSettings(IPAMConfig Calico, CalicoNetConfig CalicoNet)
{
    /// <summary>Reads them.</summary>
    /// <exception cref="DatastoreException">The datastore failed.</exception>
    /// <exception cref="CorruptDocumentException">A document cannot be read.</exception>
    public static IpamSettings Read(Datastore datastore, CancellationToken cancellation = default) => Change(datastore, seen => seen, cancellation);

    /// <summary>Changes them.</summary>
    /// <param name="datastore">The datastore.</param>
    /// <param name="change">What they are to be, of what they are.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>What they are now.</returns>
    /// <exception cref="ArgumentException">They contradict each other.</exception>
    /// <exception cref="CalicoException">The datastore is locked (<see cref="CalicoFault.NotReady"/>).</exception>
    /// <exception cref="DatastoreException">The datastore failed.</exception>
    /// <exception cref="CorruptDocumentException">A document cannot be read.</exception>
    public static IpamSettings Change(Datastore datastore, Func<IpamSettings, IpamSettings> change, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        return new Mutator(datastore, Mutator.Patience).Run(view => Decide(view, change), IPAMConfigKey.Instance.Text, cancellation);
    }

    /// <summary>Checks that they do not contradict each other: Calico's own tool refuses the same.</summary>
    /// <exception cref="ArgumentException">They do.</exception>
    public void Check()
    {
        if (!Calico.StrictAffinity && !Calico.AutoAllocateBlocks)
        {
            throw new ArgumentException("Strict affinity and the automatic taking of blocks cannot both be off: nodes without blocks would live on what they borrow.");
        }

        if (!Calico.StrictAffinity && Calico.MaxBlocksPerHost > 0)
        {
            throw new ArgumentException($"A limit of {Calico.MaxBlocksPerHost} blocks per node needs strict affinity: without it a node that reached it would borrow.");
        }

        if (Calico.MaxBlocksPerHost < 0 || CalicoNet.CoolDownSeconds < 0)
        {
            throw new ArgumentException($"{Math.Min(Calico.MaxBlocksPerHost, CalicoNet.CoolDownSeconds)} is less than nothing.");
        }
    }

    private static Decision<IpamSettings> Decide(View view, Func<IpamSettings, IpamSettings> change)
    {
        var draft = new IpamDraft(view);
        var state = new IpamState(draft);
        var calico = draft.At(IPAMConfigKey.Instance);
        var ours = draft.At(CalicoNetConfigKey.Instance);
        if (draft.Misses > 0)
        {
            return draft.Read<IpamSettings>();
        }

        var before = new IpamSettings(calico.Document ?? IPAMConfig.Create(), ours.Document ?? new CalicoNetConfig());
        var after = change(before);
        if (after == before)
        {
            return new Decision<IpamSettings>.Done(before);
        }

        state.RequireReady();
        after.Check();
        if (after.Calico != before.Calico)
        {
            draft.Put(calico, after.Calico);
        }

        if (after.CalicoNet != before.CalicoNet)
        {
            draft.Put(ours, after.CalicoNet);
        }

        return draft.Commit(after);
    }
}

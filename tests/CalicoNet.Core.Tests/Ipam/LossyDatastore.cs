namespace CalicoNet.Core.Tests.Ipam;

/// <summary>A datastore that commits every fifth writing transaction without saying so.</summary>
internal sealed class LossyDatastore(Datastore inner) : Datastore(inner.Address)
{
    private int _writes;
    private int _lost;

    public int Lost => _lost;

    /// <summary>Whether it cannot be reached any more after the first loss.</summary>
    public bool FailsAfterLoss { get; init; }

    protected override void Dispose(bool disposing)
    {
    }

    private protected override TransactionResult Commit(Transaction transaction, CancellationToken cancellation)
    {
        if (FailsAfterLoss && _lost > 0)
            throw new DatastoreException(DatastoreFault.Unavailable, "test", "It is gone.");
        var result = inner.Transact(transaction.Compares, transaction.Then, transaction.Otherwise, cancellation);
        if (!transaction.IsReadOnly && Interlocked.Increment(ref _writes) % 5 == 0)
        {
            Interlocked.Increment(ref _lost);
            throw new DatastoreException(DatastoreFault.OutcomeUnknown, "test", "The reply was lost.");
        }

        return result;
    }
}

namespace CalicoNet.Core.Tests.Endpoints;

/// <summary>A datastore in front of another: it counts the transactions, and does something before or after each.</summary>
internal sealed class WatchedDatastore(Datastore behind) : Datastore(behind.Address)
{
    /// <summary>How many transactions there were.</summary>
    public int Count { get; private set; }

    /// <summary>Done before a transaction, by its number from 1: what it throws is what came of it.</summary>
    public Action<int>? Before { get; set; }

    /// <summary>Done after a transaction was committed, by its number: what it throws is all that its caller learns.</summary>
    public Action<int>? After { get; set; }

    public void Restart() => (Count, Before, After) = (0, null, null);

    private protected override TransactionResult Commit(Transaction transaction, CancellationToken cancellation)
    {
        Count++;
        Before?.Invoke(Count);
        var result = behind.Transact(transaction.Compares, transaction.Then, transaction.Otherwise, cancellation);
        After?.Invoke(Count);
        return result;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            behind.Dispose();
        }
    }
}

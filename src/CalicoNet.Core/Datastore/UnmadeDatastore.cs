namespace CalicoNet.Core;

/// <summary>
/// A datastore that is used as it is: while it is absent it answers what an empty one would, and the first transaction that may write makes it.
/// Who only looks leaves nothing behind.
/// </summary>
internal sealed class UnmadeDatastore(DatastoreAddress address) : Datastore(address)
{
    // That of a datastore in which nothing was written yet.
    private const long FirstRevision = 1;

    private readonly Lock _gate = new();
    private Datastore? _made;
    private bool _disposed;

    private protected override TransactionResult Commit(Transaction transaction, CancellationToken cancellation)
        => Made(makes: !transaction.IsReadOnly) is { } made ? made.Transact(transaction.Compares, transaction.Then, transaction.Otherwise, cancellation) : Nothing(transaction);

    protected override void Dispose(bool disposing)
    {
        lock (_gate)
        {
            _disposed = true;
            _made?.Dispose();
            _made = null;
        }
    }

    private Datastore? Made(bool makes)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _made ??= makes || !Address.IsAbsent ? Address.Open() : null;
        }
    }

    private static TransactionResult Nothing(Transaction transaction)
    {
        // Every number of a key that is absent is 0.
        var succeeded = transaction.Compares.All(compare => compare.Value == 0 || compare.Target == KeyComparisonTarget.NewestModRevision);
        var reads = succeeded ? transaction.Then : transaction.Otherwise;
        return new TransactionResult(succeeded, FirstRevision, [.. reads.Select(_ => new RangeResult([], FirstRevision, More: false))]);
    }
}

namespace CalicoNet.Core;

/// <summary>
/// A key-value store with revisions and compare-and-set transactions: exactly what etcd's KV service does, in whichever driver.
/// Safe for use by several threads. Every operation ends within <see cref="Timeout"/>.
/// </summary>
public abstract class Datastore : IDisposable
{
    private protected Datastore(DatastoreAddress address)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(address.Timeout, TimeSpan.Zero);
        Address = address;
    }

    /// <summary>Where it is.</summary>
    public DatastoreAddress Address { get; }

    /// <summary>The longest an operation takes, waiting for locks and for other endpoints included.</summary>
    public TimeSpan Timeout => Address.Timeout;

    /// <summary>Opens a datastore: <see cref="DatastoreAddress.Open"/>.</summary>
    public static Datastore Open(DatastoreAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.Open();
    }

    /// <summary>Reads keys: all from one revision, and none older than what was committed before the call (linearizable).</summary>
    /// <param name="range">A key, a prefix or an interval.</param>
    /// <param name="limit">The most entries to give, in the order of their keys; 0 for all.</param>
    /// <param name="keysOnly">Leaves the values out.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="DatastoreException">It failed.</exception>
    public RangeResult Range(KeyRange range, int limit = 0, bool keysOnly = false, CancellationToken cancellation = default)
        => Transact([], [KeyOperation.Read(range, limit, keysOnly)], [], cancellation).Reads[0];

    /// <summary>
    /// Does one branch or the other, all of it or nothing of it. What it writes gets the next revision; a branch that changes nothing leaves
    /// the revision as it is.
    /// </summary>
    /// <param name="compares">What must hold for the first branch. At most 128.</param>
    /// <param name="then">Done when all comparisons hold. At most 128; no key is written twice.</param>
    /// <param name="otherwise">Done else: reads here bring the fresh values of a race that was lost.</param>
    /// <param name="cancellation">
    /// Ends the waiting with <see cref="OperationCanceledException"/>: after the transaction was sent to a cluster, it may have been committed.
    /// </param>
    /// <exception cref="DatastoreException">It failed; only with <see cref="DatastoreFault.OutcomeUnknown"/> may it have been committed.</exception>
    /// <exception cref="ArgumentException">A branch writes a key twice.</exception>
    public TransactionResult Transact(
        IReadOnlyList<KeyComparison> compares, IReadOnlyList<KeyOperation> then, IReadOnlyList<KeyOperation> otherwise, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(compares);
        ArgumentNullException.ThrowIfNull(then);
        ArgumentNullException.ThrowIfNull(otherwise);
        cancellation.ThrowIfCancellationRequested();
        return Commit(new Transaction(compares, then, otherwise).Check(Address.ToString()), cancellation);
    }

    /// <summary>Closes it.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes it.</summary>
    protected abstract void Dispose(bool disposing);

    private protected abstract TransactionResult Commit(Transaction transaction, CancellationToken cancellation);
}

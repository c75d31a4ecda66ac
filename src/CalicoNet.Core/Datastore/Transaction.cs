namespace CalicoNet.Core;

/// <summary>A checked transaction, as the drivers get it.</summary>
internal sealed record Transaction(IReadOnlyList<KeyComparison> Compares, IReadOnlyList<KeyOperation> Then, IReadOnlyList<KeyOperation> Otherwise)
{
    /// <summary>etcd's --max-txn-ops.</summary>
    public const int MaxOperations = 128;

    /// <summary>etcd's --max-request-bytes, 1.5 MiB.</summary>
    public const int MaxBytes = 3 * 512 * 1024;

    // More than a comparison or operation takes in etcd's encoding beside its key and value: tags, lengths, numbers.
    private const int Overhead = 48;

    /// <summary>Whether neither branch changes anything: it may be sent again whatever became of it.</summary>
    public bool IsReadOnly => Then.Concat(Otherwise).All(operation => operation is ReadKeys);

    /// <summary>Holds every driver to what etcd refuses, before anything is sent or locked.</summary>
    public Transaction Check(string subject)
    {
        CheckSize(subject);
        CheckKeys(Then);
        CheckKeys(Otherwise);
        return this;
    }

    private void CheckSize(string subject)
    {
        var operations = Math.Max(Compares.Count, Math.Max(Then.Count, Otherwise.Count));
        if (operations > MaxOperations)
        {
            throw new DatastoreException(DatastoreFault.TooLarge, subject,
                $"A transaction of {operations} comparisons or operations is too large: a datastore takes {MaxOperations}. Split it.");
        }

        long bytes = 0;
        foreach (var compare in Compares)
        {
            bytes += Size(compare.Range);
        }

        foreach (var branch in (ReadOnlySpan<IReadOnlyList<KeyOperation>>)[Then, Otherwise])
        {
            foreach (var operation in branch)
            {
                bytes += operation switch
                {
                    PutKey put => Size(put.Key) + put.Value.Length,
                    DeleteKeys delete => Size(delete.Range),
                    ReadKeys read => Size(read.Range),
                    _ => 0,
                };
            }
        }

        if (bytes > MaxBytes)
        {
            var largest = Then.Concat(Otherwise).OfType<PutKey>().MaxBy(put => put.Value.Length);
            throw new DatastoreException(DatastoreFault.TooLarge, subject,
                $"A transaction of {bytes} bytes is too large: a datastore takes {MaxBytes} (1.5 MiB). Its largest value, of {largest?.Value.Length ?? 0} bytes, is of {largest?.Key}. Split it.");
        }
    }

    private static int Size(KeyRange range) => Size(range.Start) + (range.Kind == KeyRangeKind.Key ? 0 : Size(range.End ?? range.Start));

    private static int Size(string key) => System.Text.Encoding.UTF8.GetByteCount(key) + Overhead;

    private static void CheckKeys(IReadOnlyList<KeyOperation> operations)
    {
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var put in operations.OfType<PutKey>())
        {
            if (!written.Add(put.Key) || operations.OfType<DeleteKeys>().Any(delete => delete.Range.Contains(put.Key)))
            {
                throw new ArgumentException($"The key '{put.Key}' is written twice in one transaction. Write it once.");
            }
        }
    }
}

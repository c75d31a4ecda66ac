using System.Collections.ObjectModel;

namespace CalicoNet.Core;

/// <summary>What an operation is to do next, decided of what it has seen. A refusal is an exception.</summary>
internal abstract record Decision<T>
{
    private Decision()
    {
    }

    /// <summary>More must be read before it can be decided.</summary>
    public sealed record Read(IReadOnlyList<ReadKeys> Reads) : Decision<T>;

    /// <summary>
    /// One transaction: if everything it relies on is as it was seen, it is written, and the operation has its result; if not, what it relies
    /// on is read anew, and it is decided again.
    /// </summary>
    public sealed record Commit(IReadOnlyList<KeyComparison> Compares, IReadOnlyList<KeyOperation> Writes, T Result) : Decision<T>
    {
        /// <summary>
        /// What is read anew beside what is compared: a key may stand for all that is below a prefix, so that what was seen there is as old as the key
        /// was.
        /// </summary>
        public IReadOnlyList<ReadKeys> Again { get; init; } = [];

        /// <summary>The documents that are written, by key: whoever remembers them need not read them.</summary>
        public IReadOnlyDictionary<string, Document> Documents { get; init; } = ReadOnlyDictionary<string, Document>.Empty;

        /// <summary>What a lost comparison has read anew.</summary>
        public IReadOnlyList<ReadKeys> Fresh => [.. Compares.Select(compare => KeyOperation.Read(compare.Range)), .. Again];

        /// <summary>What is written, as it will be seen.</summary>
        public IReadOnlyList<Seen> Written(long revision) =>
        [
            .. Writes.Select(write => write is PutKey put
                ? new Seen(put.Key, put.Value, revision, Documents.GetValueOrDefault(put.Key))
                : Seen.Nothing(((DeleteKeys)write).Range.Start)),
        ];
    }

    /// <summary>There is nothing to write.</summary>
    public sealed record Done(T Result) : Decision<T>;
}

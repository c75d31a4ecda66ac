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
        /// What is read anew beside the keys: prefixes cannot be compared, so that a key stands for all that is below them, and what was seen there is
        /// as old as the key was.
        /// </summary>
        public IReadOnlyList<ReadKeys> Again { get; init; } = [];
    }

    /// <summary>There is nothing to write.</summary>
    public sealed record Done(T Result) : Decision<T>;
}

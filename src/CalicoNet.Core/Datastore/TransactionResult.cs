namespace CalicoNet.Core;

/// <summary>What a transaction did.</summary>
/// <param name="Succeeded">Whether all comparisons held, so that the first branch was done; else the other one was.</param>
/// <param name="Revision">The datastore's revision after it; what it wrote has this one as <see cref="KeyValue.ModRevision"/>.</param>
/// <param name="Reads">What the reads of that branch found, in their order.</param>
public sealed record TransactionResult(bool Succeeded, long Revision, IReadOnlyList<RangeResult> Reads);

using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Addresses to be taken back, with the record that holds them. What is free already, or gone, is success.</summary>
public sealed record ReleaseRequest
{
    /// <summary>Addresses, each with the handle it must have: one that is another's by now is left alone.</summary>
    public IReadOnlyList<AddressRelease> Addresses { get; init; } = [];

    /// <summary>A handle of which every address is taken back.</summary>
    public string? Handle { get; init; }

    /// <summary>The record deleted with them.</summary>
    public RecordRemoval? Record { get; init; }
}

/// <summary>A record to be deleted.</summary>
/// <param name="Key">Where it is.</param>
/// <param name="Addresses">
/// The addresses that a record holds, which are taken back too; null where it is another's, which is left as it is.
/// </param>
public sealed record RecordRemoval(DatastoreKey Key, Func<ReadOnlyMemory<byte>, IReadOnlyList<AddressRelease>?> Addresses);

/// <summary>What a release came to.</summary>
/// <param name="Addresses">What was taken back.</param>
/// <param name="Others">What is in use by another handle, or was handed out anew, and was left alone; with it, every address of that request in the same block.</param>
public sealed record ReleaseResult(IReadOnlyList<IPAddr> Addresses, IReadOnlyList<IPAddr> Others);

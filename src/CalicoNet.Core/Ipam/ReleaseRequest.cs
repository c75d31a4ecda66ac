using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Addresses to be taken back, with the record that holds them. What is free already, or gone, is success.</summary>
public sealed record ReleaseRequest
{
    /// <summary>Addresses, each with the handle it must have: one that is another's by now is left alone.</summary>
    public IReadOnlyList<AddressRelease> Addresses { get; init; } = [];

    /// <summary>A handle of which every address is taken back.</summary>
    public string? Handle { get; init; }

    /// <summary>The time: where a cool-down is configured, it begins then.</summary>
    public DateTimeOffset Time { get; init; } = DateTimeOffset.UtcNow;

    /// <summary>The record deleted with them.</summary>
    public RecordRemoval? Record { get; init; }

    /// <summary>The endpoint whose addresses are not to be noted any more (<see cref="AddressRequest.Sticky"/>).</summary>
    public EndpointName? Forgets { get; init; }
}

/// <summary>A record to be deleted, and the addresses it holds taken back.</summary>
/// <param name="Key">Where it is.</param>
/// <param name="Handle">The handle its addresses must have.</param>
/// <param name="ContainerId">The container it must be of: one of another, a newer sandbox of the same pod, is left as it is. Null for any.</param>
public sealed record RecordRemoval(ResourceKey<WorkloadEndpoint> Key, string Handle, string? ContainerId = null);

/// <summary>What a release came to.</summary>
/// <param name="Addresses">What was taken back.</param>
/// <param name="Others">What is in use by another handle, or was handed out anew, and was left alone; with it, every address of that request in the same block.</param>
public sealed record ReleaseResult(IReadOnlyList<IPAddr> Addresses, IReadOnlyList<IPAddr> Others)
{
    /// <summary>The endpoints whose addresses were noted, and are no more.</summary>
    public IReadOnlyList<EndpointName> Forgotten { get; init; } = [];
}

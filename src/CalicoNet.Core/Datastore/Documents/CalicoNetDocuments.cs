using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>What only CalicoNet knows, for all nodes.</summary>
public sealed record CalicoNetConfig : Document
{
    /// <summary>For how many seconds a released address is not handed out; 0: it may be at once.</summary>
    public int CoolDownSeconds { get; init; }

    /// <inheritdoc/>
    internal override string? Fault(DatastoreKey key) => CoolDownSeconds < 0 ? $"coolDownSeconds is {CoolDownSeconds}" : null;
}

/// <summary>When an address was released. The address is in the key.</summary>
public sealed record ReleasedAddress : Document
{
    /// <summary>The time.</summary>
    public DateTimeOffset ReleasedAt { get; init; }

    /// <inheritdoc/>
    internal override string? Fault(DatastoreKey key) => ReleasedAt == default ? "it has no releasedAt" : null;
}

/// <summary>The addresses that an endpoint gets again, if they are free. The endpoint is in the key.</summary>
public sealed record StickyAddresses : Document
{
    /// <summary>The addresses.</summary>
    public IReadOnlyList<IPAddr>? Addresses { get; init; }

    /// <inheritdoc/>
    internal override string? Fault(DatastoreKey key) => Addresses is null || Addresses.Any(address => address.IsNone) ? "it has no addresses" : null;
}

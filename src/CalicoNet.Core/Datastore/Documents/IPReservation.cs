using System.Text.Json.Serialization;
using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Addresses that are given to nobody.</summary>
public sealed record IPReservation : Resource, IResource
{
    /// <inheritdoc/>
    public static ResourceKind Kind { get; } = new("IPReservation", "ipreservations");

    /// <summary>Which.</summary>
    public IPReservationSpec? Spec { get; init; }

    /// <summary>Which, as prefixes.</summary>
    [JsonIgnore]
    public IEnumerable<IPPrefix> Reserved => (Spec?.ReservedCidrs ?? []).Select(IPPrefix.Parse);

    /// <summary>A new one.</summary>
    public static IPReservation Create(string name, IEnumerable<IPPrefix> reserved, DateTimeOffset now) => new()
    {
        KindName = Kind.Name,
        ApiVersion = CurrentVersion,
        Metadata = Metadata.Create(name, now),
        Spec = new() { ReservedCidrs = [.. reserved.Select(prefix => prefix.ToString())] },
    };

    /// <inheritdoc/>
    internal override string? Fault(DatastoreKey key)
        => Fault<IPReservation>(key, Spec)
            ?? (Spec!.ReservedCidrs?.FirstOrDefault(text => !IPPrefix.TryParse(text, out _)) is { } fault ? $"'{fault}' is neither a prefix nor an address" : null);
}

/// <summary>Addresses that are given to nobody.</summary>
public sealed record IPReservationSpec : DocumentPart
{
    /// <summary>Prefixes, or addresses alone, as they were written.</summary>
    [JsonPropertyName("reservedCIDRs")]
    public IReadOnlyList<string>? ReservedCidrs { get; init; }
}

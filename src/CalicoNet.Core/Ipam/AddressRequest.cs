using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>
/// Addresses that are asked for, all or nothing: named ones, or so many of each family of the pools that serve the node and the workload's
/// namespace. The request holds everything that chance and the clock have a say in, so that what is decided follows from it and from what the
/// datastore holds.
/// </summary>
/// <param name="Node">The node that uses them: its exact name.</param>
/// <param name="Handle">The handle they are released by.</param>
/// <param name="Time">The time. With node and handle it tells this request from every other: after a lost reply its addresses are known by it.</param>
public sealed record AddressRequest(string Node, string Handle, DateTimeOffset Time)
{
    /// <summary>Addresses asked for by name. Selectors and limits do not apply to them; reservations and allowed uses do.</summary>
    public IReadOnlyList<IPAddr> Addresses { get; init; } = [];

    /// <summary>Whether a named address that is in no pool is the caller's own: it is in the record, and nobody hands it out. Else it is refused.</summary>
    public bool AllowOutsidePools { get; init; }

    /// <summary>
    /// Whether one address is wanted of each family for which there is a pool, instead of so many: of the named pools, else of those that serve
    /// the node and the workload's namespace.
    /// </summary>
    public bool OfEachFamily { get; init; }

    /// <summary>How many IPv4 addresses of any name.</summary>
    public int IPv4Count { get; init; }

    /// <summary>How many IPv6 addresses of any name.</summary>
    public int IPv6Count { get; init; }

    /// <summary>
    /// Pools by name or CIDR, in the order in which they are to be used: exactly these for their family, whatever their selectors say. A family
    /// of which none is named is served by every pool that selects the node and the namespace.
    /// </summary>
    public IReadOnlyList<string> Pools { get; init; } = [];

    /// <summary>The labels of the workload's namespace.</summary>
    public IReadOnlyDictionary<string, string> NamespaceLabels { get; init; } = StringMap.Empty;

    /// <summary>What the addresses are for: a pool must allow it.</summary>
    public string Use { get; init; } = IPPoolUse.Workload;

    /// <summary>More that is to be known of the allocation, beside node and timestamp. Pod and namespace are for Kubernetes' pods only.</summary>
    public StringMap Attributes { get; init; } = StringMap.Empty;

    /// <summary>The record written with them.</summary>
    public RecordWrite? Record { get; init; }

    /// <summary>
    /// The endpoint that is to get the same addresses again: those it had last are preferred while they are free, and what it gets is noted. It
    /// binds CalicoNet alone.
    /// </summary>
    public EndpointName? Sticky { get; init; }

    /// <summary>Documents made where they are absent, in the same transaction.</summary>
    public IReadOnlyList<AbsentDocument> Absent { get; init; } = [];

    /// <summary>Where the search for a new block begins in a pool; null for the node's own place (<see cref="BlockSpace.Start"/>).</summary>
    public Func<BlockSpace, UInt128>? Start { get; init; }

    /// <summary>Any number: it spreads what need not be in the node's own place.</summary>
    public long Seed { get; init; }

    internal AllocationAttribute Attribute => new()
    {
        HandleId = Handle,
        Secondary = Attributes.With(AllocationAttribute.NodeKey, Node).With(AllocationAttribute.TimestampKey, GoTime.Format(Time)),
    };
}

/// <summary>A document to be made where there is none.</summary>
/// <param name="Key">Where.</param>
/// <param name="Value">What, as it is stored.</param>
public sealed record AbsentDocument(DatastoreKey Key, ReadOnlyMemory<byte> Value)
{
    /// <summary>A document to be made where there is none.</summary>
    public static AbsentDocument Of<T>(DatastoreKey<T> key, T document)
        where T : Document
    {
        ArgumentNullException.ThrowIfNull(key);
        return new(key, key.Write(document));
    }
}

/// <summary>A record written with the addresses it holds.</summary>
/// <param name="Key">Where.</param>
/// <param name="Make">Makes it of the addresses.</param>
/// <param name="Replaces">Whether it takes the place of one that is there; if not, that is an error, and nothing is handed out.</param>
public sealed record RecordWrite(ResourceKey<WorkloadEndpoint> Key, Func<IReadOnlyList<AssignedAddress>, WorkloadEndpoint> Make, bool Replaces = false)
{
    /// <summary>Where no other record may be: one that is there is an error, and nothing is handed out.</summary>
    public IReadOnlyList<KeyRange> Alone { get; init; } = [];
}

/// <summary>An address that was handed out.</summary>
/// <param name="Address">The address.</param>
/// <param name="Block">Its block; none for an address that is in no pool.</param>
/// <param name="Pool">The name of its pool; empty where it is not known any more, or there is none.</param>
public sealed record AssignedAddress(IPAddr Address, IPPrefix Block, string Pool)
{
    /// <summary>Whether its pool wants outgoing NAT; null where there is none.</summary>
    public bool? NatOutgoing { get; init; }
}

using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>
/// A block of addresses: which are in use, by whom, and in which order the free ones are handed out. An address is its ordinal, its distance
/// from the first. The order of the fields is Calico's.
/// </summary>
public sealed record IPAMBlock : Document
{
    /// <summary>The most addresses of a block: a /20, or a /116.</summary>
    public const int MaxSize = 4096;

    private const string HostPrefix = "host:";

    /// <summary>The block's addresses.</summary>
    public IPPrefix Cidr { get; init; }

    /// <summary>Whose it is: <c>host:</c> and a node; <c>virtual:</c> and what is none; null for nobody's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Affinity { get; init; }

    /// <summary>When it became its owner's; null in old blocks and in nobody's.</summary>
    [JsonPropertyName("affinity_claim_time")]
    public DateTimeOffset? AffinityClaimTime { get; init; }

    /// <summary>By ordinal: the index in <see cref="Attributes"/>, or null for a free address.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never), JsonConverter(typeof(JsonValues.Indexes))]
    public ImmutableArray<int?> Allocations { get; init; }

    /// <summary>The free ordinals in the order in which they are handed out. A released one goes to the end.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never), JsonConverter(typeof(JsonValues.Ordinals))]
    public ImmutableArray<int> Unallocated { get; init; }

    /// <summary>What is known of the allocations; null in a block that never had one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never), JsonConverter(typeof(JsonValues.Attributes))]
    public ImmutableArray<AllocationAttribute>? Attributes { get; init; }

    /// <summary>Counts the writes. Begins with the nanoseconds of the block's creation.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ulong SequenceNumber { get; init; }

    /// <summary>By ordinal: the sequence number at its last allocation. An entry does not mean that the address is in use.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never), JsonConverter(typeof(JsonValues.ByOrdinal))]
    public IReadOnlyDictionary<int, ulong>? SequenceNumberForAllocation { get; init; }

    /// <summary>Of Kubernetes' datastore only: false, and ignored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Deleted { get; init; }

    /// <summary>Of old blocks only: ignored.</summary>
    public string? HostAffinity { get; init; }

    /// <summary>The node whose block it is; null for nobody's and for a virtual owner's.</summary>
    [JsonIgnore]
    public string? Node => Affinity is not null && Affinity.StartsWith(HostPrefix, StringComparison.Ordinal) ? Affinity[HostPrefix.Length..] : null;

    /// <summary>Where it is stored.</summary>
    [JsonIgnore]
    public BlockKey Key => new(Cidr);

    /// <summary>The number of its addresses.</summary>
    [JsonIgnore]
    public int Size => 1 << (Cidr.Address.BitCount - Cidr.Length);

    /// <summary>Whether none of its addresses is in use.</summary>
    [JsonIgnore]
    public bool IsEmpty => Unallocated.Length == Allocations.Length;

    /// <summary>A new block, all of it free.</summary>
    /// <param name="cidr">Its addresses: 1 to 4096.</param>
    /// <param name="node">The node whose it is.</param>
    /// <param name="now">The time.</param>
    public static IPAMBlock Create(IPPrefix cidr, string node, DateTimeOffset now)
    {
        var block = new IPAMBlock
        {
            Cidr = cidr,
            Affinity = AffinityOf(node),
            AffinityClaimTime = GoTime.ToSeconds(now),
            SequenceNumber = (ulong)(now - DateTimeOffset.UnixEpoch).Ticks * 100,
            SequenceNumberForAllocation = new Dictionary<int, ulong>(),
        };
        if (SizeFault(cidr) is { } fault)
        {
            throw new ArgumentException($"'{cidr}' is no block: {fault}.", nameof(cidr));
        }

        return block with { Allocations = [.. new int?[block.Size]], Unallocated = [.. Enumerable.Range(0, block.Size)] };
    }

    /// <summary>The affinity of a node's block.</summary>
    public static string AffinityOf(string node) => HostPrefix + node;

    /// <summary>The address of an ordinal.</summary>
    public IPAddr AddressOf(int ordinal)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ordinal, Size);
        return IPAddr.FromBits(Cidr.Family, Cidr.Address.Bits() + (uint)ordinal);
    }

    /// <summary>The ordinal of an address; null for one that is not in the block.</summary>
    public int? OrdinalOf(IPAddr address) => Cidr.Contains(address) ? (int)(address.Bits() - Cidr.Address.Bits()) : null;

    /// <summary>What is known of the allocation of an ordinal; null for a free one.</summary>
    public AllocationAttribute? AttributeOf(int ordinal) => Allocations[ordinal] is { } index ? Attributes!.Value[index] : null;

    /// <inheritdoc/>
    internal override string? Fault(DatastoreKey key)
    {
        if (key is not BlockKey { Cidr: var cidr } || cidr != Cidr)
        {
            return $"it is the block '{Cidr}'";
        }

        if (SizeFault(Cidr) is { } fault)
        {
            return fault;
        }

        if (Allocations.IsDefault || Unallocated.IsDefault)
        {
            return $"it has no {(Allocations.IsDefault ? "allocations" : "unallocated")}";
        }

        var attributes = Attributes ?? [];
        if (Allocations.Length != Size)
        {
            return $"a block of {Size} addresses has {Allocations.Length} allocations";
        }

        if (attributes.Any(attribute => attribute is null))
        {
            return "an attribute is null";
        }

        Span<bool> free = stackalloc bool[MaxSize];
        foreach (var ordinal in Unallocated)
        {
            if (ordinal < 0 || ordinal >= Size)
            {
                return $"ordinal {ordinal} is unallocated, but outside the block";
            }

            if (free[ordinal])
            {
                return $"ordinal {ordinal} is unallocated twice";
            }

            free[ordinal] = true;
        }

        for (var ordinal = 0; ordinal < Allocations.Length; ordinal++)
        {
            if (Allocations[ordinal] is not { } index)
            {
                if (!free[ordinal])
                {
                    return $"ordinal {ordinal} is neither allocated nor unallocated";
                }
            }
            else if (free[ordinal])
            {
                return $"ordinal {ordinal} is both allocated and unallocated";
            }
            else if (index < 0 || index >= attributes.Length)
            {
                return $"ordinal {ordinal} has attribute {index}, and there are {attributes.Length}";
            }
        }

        return null;
    }

    private static string? SizeFault(IPPrefix cidr)
        => cidr.Address.IsNone ? "it has no cidr"
            : cidr.Network != cidr ? $"'{cidr}' has host bits"
            : cidr.Address.BitCount - cidr.Length > 12 ? $"a block is at most a {(cidr.Family == IPFamily.IPv4 ? "/20" : "/116")}"
            : null;
}

/// <summary>What is known of an allocation. Allocations of which the same is known share one.</summary>
public sealed record AllocationAttribute : DocumentPart
{
    /// <summary>In <see cref="Secondary"/>: the exact name of the node on which the address is used.</summary>
    public const string NodeKey = "node";

    /// <summary>In <see cref="Secondary"/>: when it was allocated (<see cref="GoTime"/>).</summary>
    public const string TimestampKey = "timestamp";

    /// <summary>In <see cref="Secondary"/>: the Kubernetes pod. Kubernetes' controllers collect allocations of pods that are gone.</summary>
    public const string PodKey = "pod";

    /// <summary>In <see cref="Secondary"/>: the Kubernetes namespace.</summary>
    public const string NamespaceKey = "namespace";

    /// <summary>In <see cref="Secondary"/>: that somebody asked for the address by itself, who answers for its use: no endpoint has it, and it is not lost.</summary>
    public const string RequestedKey = "caliconet.io/requested";

    // A block is written anew with each of its addresses, and this is most of it.
    private byte[]? _json;

    /// <summary>One about which nothing is known.</summary>
    public AllocationAttribute()
    {
    }

    // For "with": what was written of the original is not what will be written of a changed one.
    private AllocationAttribute(AllocationAttribute original)
        : base(original)
    {
        HandleId = original.HandleId;
        Secondary = original.Secondary;
        AlternateOwnerAttrs = original.AlternateOwnerAttrs;
    }

    /// <summary>The handle by which its addresses are released.</summary>
    [JsonPropertyName("handle_id")]
    public string? HandleId { get; init; }

    /// <summary>Who uses the address: <see cref="NodeKey"/>, <see cref="TimestampKey"/> and more.</summary>
    public StringMap? Secondary { get; init; }

    /// <summary>Of KubeVirt's migrations: who used it, or will.</summary>
    public StringMap? AlternateOwnerAttrs { get; init; }

    /// <summary>It as it is written, made once.</summary>
    [JsonIgnore]
    internal ReadOnlySpan<byte> Json => _json ??= JsonSerializer.SerializeToUtf8Bytes(this, DocumentJson.Context.AllocationAttribute);

    /// <inheritdoc/>
    public bool Equals(AllocationAttribute? other)
        => base.Equals(other) && HandleId == other.HandleId && EqualityComparer<StringMap>.Default.Equals(Secondary, other.Secondary)
            && EqualityComparer<StringMap>.Default.Equals(AlternateOwnerAttrs, other.AlternateOwnerAttrs);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), HandleId, Secondary, AlternateOwnerAttrs);
}

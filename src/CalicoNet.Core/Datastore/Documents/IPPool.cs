using System.Text.Json.Serialization;
using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Addresses to give to workloads. The spec is as it is stored; the properties beside it have Calico's defaults where the spec has nothing.</summary>
public sealed record IPPool : Resource, IResource
{
    /// <summary>Calico's block size for IPv4.</summary>
    public const int DefaultBlockSizeIPv4 = 26;

    /// <summary>Calico's block size for IPv6.</summary>
    public const int DefaultBlockSizeIPv6 = 122;

    /// <inheritdoc/>
    public static ResourceKind Kind { get; } = new("IPPool", "ippools");

    /// <summary>The pool, as it is stored.</summary>
    public IPPoolSpec? Spec { get; init; }

    /// <summary>What Calico reports of it.</summary>
    public IPPoolStatus? Status { get; init; }

    /// <summary>Its addresses.</summary>
    [JsonIgnore]
    public IPPrefix Cidr => Spec?.Cidr ?? default;

    /// <summary>The prefix length of its blocks, in bits.</summary>
    [JsonIgnore]
    public int BlockSize => Spec is { BlockSize: > 0 and var size } ? size : Cidr.Family == IPFamily.IPv6 ? DefaultBlockSizeIPv6 : DefaultBlockSizeIPv4;

    /// <summary>What its addresses are for: of <see cref="IPPoolUse"/>.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> AllowedUses => Spec?.AllowedUses is { Count: > 0 } uses ? uses : IPPoolUse.Default;

    /// <summary>Which nodes it serves.</summary>
    [JsonIgnore]
    public string NodeSelector => Spec?.NodeSelector is { Length: > 0 } selector ? selector : IPPoolSpec.AllNodes;

    /// <summary>Which workload namespaces it serves.</summary>
    [JsonIgnore]
    public string NamespaceSelector => Spec?.NamespaceSelector is { Length: > 0 } selector ? selector : IPPoolSpec.AllNodes;

    /// <summary>Whether it serves requests that do not name it.</summary>
    [JsonIgnore]
    public bool IsAutomatic => Spec?.AssignmentMode is null or "" or IPPoolSpec.Automatic;

    /// <summary>Whether addresses are given out of it: it is neither disabled, nor being deleted, nor reported as not allocatable.</summary>
    [JsonIgnore]
    public bool IsAllocatable => Spec is { Disabled: false } && Metadata?.DeletionTimestamp is null
        && Status?.Conditions?.Any(condition => condition is { Type: IPPoolCondition.Allocatable, Status: "False" }) != true;

    /// <summary>A new pool, every default written out.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="spec">What is to be other than the default; at least its addresses.</param>
    /// <param name="now">The time.</param>
    public static IPPool Create(string name, IPPoolSpec spec, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var pool = new IPPool { KindName = Kind.Name, ApiVersion = CurrentVersion, Metadata = Metadata.Create(name, now), Spec = spec };
        return pool with
        {
            Spec = spec with
            {
                VxlanMode = spec.VxlanMode ?? IPPoolSpec.Never,
                IpipMode = spec.IpipMode ?? IPPoolSpec.Never,
                BlockSize = pool.BlockSize,
                NodeSelector = pool.NodeSelector,
                AllowedUses = pool.AllowedUses,
                AssignmentMode = spec.AssignmentMode ?? IPPoolSpec.Automatic,
            },
        };
    }

    /// <inheritdoc/>
    internal override string? Fault(DatastoreKey key)
        => Fault<IPPool>(key, Spec)
            ?? (Cidr.Address.IsNone ? "it has no cidr"
                : Cidr.Network != Cidr ? $"its cidr '{Cidr}' has host bits"
                : BlockSize < Cidr.Length || BlockSize > Cidr.Address.BitCount || Cidr.Address.BitCount - BlockSize > 12 ? $"its block size {BlockSize} does not fit its cidr '{Cidr}'"
                : null);
}

/// <summary>A pool, as it is stored.</summary>
public sealed record IPPoolSpec : DocumentPart
{
    /// <summary>A mode: no encapsulation.</summary>
    public const string Never = "Never";

    /// <summary>A mode: between all nodes.</summary>
    public const string Always = "Always";

    /// <summary>A mode: between nodes of different networks.</summary>
    public const string CrossSubnet = "CrossSubnet";

    /// <summary>An assignment mode: for all requests.</summary>
    public const string Automatic = "Automatic";

    /// <summary>An assignment mode: for requests that name the pool.</summary>
    public const string Manual = "Manual";

    /// <summary>The selector of everything.</summary>
    public const string AllNodes = "all()";

    /// <summary>Its addresses. Never changes.</summary>
    public IPPrefix Cidr { get; init; }

    /// <summary>Encapsulation with VXLAN: <see cref="Never"/>, <see cref="Always"/> or <see cref="CrossSubnet"/>.</summary>
    public string? VxlanMode { get; init; }

    /// <summary>Encapsulation with IPIP.</summary>
    public string? IpipMode { get; init; }

    /// <summary>Whether what its workloads send to the outside of all pools gets the host's address.</summary>
    public bool NatOutgoing { get; init; }

    /// <summary>Whether no address is given out of it.</summary>
    public bool Disabled { get; init; }

    /// <summary>Whether Calico does not tell BGP peers of it.</summary>
    [JsonPropertyName("disableBGPExport")]
    public bool DisableBgpExport { get; init; }

    /// <summary>The prefix length of its blocks in bits: 20 to 32, or 116 to 128. Never changes.</summary>
    public int BlockSize { get; init; }

    /// <summary>Which nodes it serves.</summary>
    public string? NodeSelector { get; init; }

    /// <summary>Which workload namespaces it serves.</summary>
    public string? NamespaceSelector { get; init; }

    /// <summary>What its addresses are for: of <see cref="IPPoolUse"/>.</summary>
    public IReadOnlyList<string>? AllowedUses { get; init; }

    /// <summary><see cref="Automatic"/> or <see cref="Manual"/>.</summary>
    public string? AssignmentMode { get; init; }
}

/// <summary>What the addresses of a pool are for.</summary>
public static class IPPoolUse
{
    /// <summary>Workloads.</summary>
    public const string Workload = "Workload";

    /// <summary>The ends of Calico's tunnels between nodes.</summary>
    public const string Tunnel = "Tunnel";

    /// <summary>Kubernetes' load balancers.</summary>
    public const string LoadBalancer = "LoadBalancer";

    /// <summary>What is meant where nothing is said.</summary>
    public static IReadOnlyList<string> Default { get; } = [Workload, Tunnel];
}

/// <summary>What Calico reports of a pool.</summary>
public sealed record IPPoolStatus : DocumentPart
{
    /// <summary>The conditions it is in.</summary>
    public IReadOnlyList<IPPoolCondition>? Conditions { get; init; }
}

/// <summary>A condition of a pool.</summary>
public sealed record IPPoolCondition : DocumentPart
{
    /// <summary>The condition that addresses can be given out of the pool.</summary>
    public const string Allocatable = "Allocatable";

    /// <summary>Its name.</summary>
    public string? Type { get; init; }

    /// <summary><c>True</c>, <c>False</c> or <c>Unknown</c>.</summary>
    public string? Status { get; init; }
}

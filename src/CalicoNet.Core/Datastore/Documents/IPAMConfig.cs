using System.Text.Json.Serialization;

namespace CalicoNet.Core;

/// <summary>
/// The rules of address management. Where there is no document they are not strict, automatic, 20 blocks a node; in a document an absent
/// field is false or 0, as everywhere.
/// </summary>
public sealed record IPAMConfig : Document
{
    /// <summary>The blocks of a node and family when <see cref="MaxBlocksPerHost"/> is 0.</summary>
    public const int DefaultMaxBlocksPerHost = 20;

    /// <summary>Whether a node uses addresses of its own blocks only.</summary>
    [JsonPropertyName("strict_affinity")]
    public bool StrictAffinity { get; init; }

    /// <summary>Whether a node takes new blocks.</summary>
    [JsonPropertyName("auto_allocate_blocks")]
    public bool AutoAllocateBlocks { get; init; }

    /// <summary>The most blocks of a node and family; 0 for the default.</summary>
    public int MaxBlocksPerHost { get; init; }

    /// <summary>Of KubeVirt: <c>Enabled</c> or <c>Disabled</c>.</summary>
    public string? KubeVirtVMAddressPersistence { get; init; }

    /// <summary>Calico's own cool-down (in development after v3.32), in seconds.</summary>
    [JsonPropertyName("ipCooldownSeconds")]
    public int IPCooldownSeconds { get; init; }

    /// <summary>The most blocks of a node and family, the default in place of 0.</summary>
    [JsonIgnore]
    public int BlockLimit => MaxBlocksPerHost > 0 ? MaxBlocksPerHost : DefaultMaxBlocksPerHost;

    /// <summary>What holds where there is no document, and what Calico then stores.</summary>
    public static IPAMConfig Create() => new() { AutoAllocateBlocks = true, KubeVirtVMAddressPersistence = "Enabled" };

    /// <inheritdoc/>
    internal override string? Fault(DatastoreKey key) => MaxBlocksPerHost < 0 ? $"maxBlocksPerHost is {MaxBlocksPerHost}" : null;
}

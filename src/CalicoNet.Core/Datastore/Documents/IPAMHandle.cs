using System.Text.Json.Serialization;
using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>How many addresses of which blocks a handle has. The counts are upper bounds: changed by what is added or released, never set to what a block shows. The handle is in the key.</summary>
public sealed record IPAMHandle : Document
{
    /// <summary>The number of addresses by block.</summary>
    [JsonPropertyName("block"), JsonIgnore(Condition = JsonIgnoreCondition.Never), JsonConverter(typeof(JsonValues.ByPrefix))]
    public IReadOnlyDictionary<IPPrefix, int>? Blocks { get; init; }

    /// <summary>Of Kubernetes' datastore only: false, and ignored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Deleted { get; init; }

    /// <summary>Whether it has no address.</summary>
    [JsonIgnore]
    public bool IsEmpty => Blocks is null || Blocks.Count == 0;

    /// <summary>A handle without addresses.</summary>
    public static IPAMHandle Create() => new() { Blocks = new Dictionary<IPPrefix, int>() };

    /// <summary>The number of addresses in a block.</summary>
    public int CountOf(IPPrefix block) => Blocks?.GetValueOrDefault(block) ?? 0;

    /// <summary>This handle with more or fewer addresses in a block: never below 0, and 0 is no entry.</summary>
    public IPAMHandle Add(IPPrefix block, int difference)
    {
        var blocks = new Dictionary<IPPrefix, int>(Blocks ?? new Dictionary<IPPrefix, int>());
        if (CountOf(block) + difference is > 0 and var count)
        {
            blocks[block] = count;
        }
        else
        {
            blocks.Remove(block);
        }

        return this with { Blocks = blocks };
    }

    /// <inheritdoc/>
    internal override string? Fault(DatastoreKey key) => null;
}

using System.Text.Json.Serialization;

namespace CalicoNet.Core;

/// <summary>A node's claim to a block. Node and block are in the key.</summary>
public sealed record BlockAffinity : Document
{
    /// <summary>The block is the node's.</summary>
    public const string Confirmed = "confirmed";

    /// <summary>The block is being made.</summary>
    public const string Pending = "pending";

    /// <summary>The block is being given up.</summary>
    public const string PendingDeletion = "pendingDeletion";

    /// <summary><see cref="Confirmed"/>, <see cref="Pending"/> or <see cref="PendingDeletion"/>; empty, or an empty value, in old ones.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string State { get; init => field = value ?? ""; } = "";

    /// <summary>Of Kubernetes' datastore only: false, and ignored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Deleted { get; init; }

    /// <summary>Whether the block is the node's.</summary>
    [JsonIgnore]
    public bool IsConfirmed => State is Confirmed or "";

    /// <summary>A claim that stands.</summary>
    public static BlockAffinity Create() => new() { State = Confirmed };

    /// <inheritdoc/>
    internal override string? Fault(DatastoreKey key)
        => State is Confirmed or Pending or PendingDeletion or "" ? null : $"its state '{State}' is none of {Confirmed}, {Pending}, {PendingDeletion}";
}

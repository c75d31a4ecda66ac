namespace CalicoNet.Core;

/// <summary>A host. Its fields are for those who run it: only its labels mean something here, to the pools' node selectors.</summary>
public sealed record Node : Resource, IResource
{
    /// <inheritdoc/>
    public static ResourceKind Kind { get; } = new("Node", "nodes");

    /// <summary>Addresses and settings of the host.</summary>
    public OtherFields? Spec { get; init; }

    /// <summary>What Calico reports of it.</summary>
    public OtherFields? Status { get; init; }

    /// <summary>One for a host that has none.</summary>
    /// <param name="name">The host's name: what is in lower case there, and otherwise not even Calico reads.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ArgumentException">It is no name of a node; the message names it and the rule.</exception>
    public static Node Create(string name, DateTimeOffset now)
    {
        WorkloadEndpointName.CheckNode(name);
        return new() { KindName = Kind.Name, ApiVersion = CurrentVersion, Metadata = Metadata.Create(name, now), Spec = new(), Status = new() };
    }

    /// <inheritdoc/>
    internal override string? Fault(DatastoreKey key) => Fault<Node>(key, Spec ?? new());
}

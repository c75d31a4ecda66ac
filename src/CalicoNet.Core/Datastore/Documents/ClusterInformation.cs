using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace CalicoNet.Core;

/// <summary>What is known of a cluster as a whole: one document, <c>default</c>.</summary>
public sealed record ClusterInformation : Resource, IResource
{
    /// <inheritdoc/>
    public static ResourceKind Kind { get; } = new("ClusterInformation", "clusterinformations");

    /// <summary>Its key.</summary>
    public static ResourceKey<ClusterInformation> Key { get; } = new(Default);

    /// <summary>What is known.</summary>
    public ClusterInformationSpec? Spec { get; init; }

    /// <summary>
    /// One for a datastore that has none. It says no Calico version: calicoctl refuses to work with another than its own; and that the
    /// datastore is ready: Calico's plugin cannot do without.
    /// </summary>
    public static ClusterInformation Create(DateTimeOffset now) => new()
    {
        KindName = Kind.Name,
        ApiVersion = CurrentVersion,
        Metadata = Metadata.Create(Default, now),
        Spec = new() { ClusterGuid = RandomNumberGenerator.GetHexString(32, lowercase: true), DatastoreReady = true },
    };

    /// <inheritdoc/>
    internal override string? Fault(DatastoreKey key) => Fault<ClusterInformation>(key, Spec);
}

/// <summary>What is known of a cluster as a whole.</summary>
public sealed record ClusterInformationSpec : DocumentPart
{
    /// <summary>Its identity: 32 hexadecimal digits.</summary>
    [JsonPropertyName("clusterGUID")]
    public string? ClusterGuid { get; init; }

    /// <summary>What it runs on: <c>k8s,bgp</c>.</summary>
    public string? ClusterType { get; init; }

    /// <summary>The version of Calico that looks after the datastore.</summary>
    public string? CalicoVersion { get; init; }

    /// <summary>False while the datastore is migrated: nothing may be changed. Absent is not false.</summary>
    public bool? DatastoreReady { get; init; }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace CalicoNet.Core;

/// <summary>What a kind of resource is called.</summary>
/// <param name="Name">Its name in documents: <c>IPPool</c>.</param>
/// <param name="Plural">Its name in keys: <c>ippools</c>.</param>
/// <param name="IsNamespaced">Whether its resources are in namespaces.</param>
public sealed record ResourceKind(string Name, string Plural, bool IsNamespaced = false)
{
    /// <summary>What the keys of all its resources begin with.</summary>
    public string KeyPrefix { get; } = $"{OtherResourceKey.AllPrefix}{Plural}/";

    /// <summary>What the keys of its resources in a namespace begin with.</summary>
    /// <exception cref="ArgumentException">The namespace is no single segment of a key.</exception>
    public string KeyPrefixIn(string workloadNamespace) => $"{KeyPrefix}{DatastoreKey.Segment(workloadNamespace, "namespace")}/";
}

/// <summary>A resource of a kind.</summary>
public interface IResource
{
    /// <summary>The kind.</summary>
    static abstract ResourceKind Kind { get; }
}

/// <summary>
/// A document of Calico's API: kind, version, metadata, and what the kind adds. All of kind, apiVersion, name, uid and creationTimestamp are
/// there in a new one: without them Calico reads it, but refuses to update it.
/// </summary>
public abstract record Resource : Document
{
    /// <summary>The version of every kind.</summary>
    public const string CurrentVersion = "projectcalico.org/v3";

    /// <summary>The name of the one resource of a kind that has only one.</summary>
    public const string Default = "default";

    private protected Resource()
    {
    }

    /// <summary>The kind's name.</summary>
    [JsonPropertyName("kind"), JsonPropertyOrder(-3)]
    public string? KindName { get; init; }

    /// <summary>The version.</summary>
    [JsonPropertyOrder(-2)]
    public string? ApiVersion { get; init; }

    /// <summary>Name, identity, labels, annotations.</summary>
    [JsonPropertyOrder(-1)]
    public Metadata? Metadata { get; init; }

    /// <summary>Its name.</summary>
    [JsonIgnore]
    public string Name => Metadata?.Name ?? "";

    /// <summary>Its labels.</summary>
    [JsonIgnore]
    public StringMap Labels => Metadata?.Labels ?? StringMap.Empty;

    /// <summary>Its annotations: the one place in a document that is ours to write to, as <c>caliconet.io/...</c>.</summary>
    [JsonIgnore]
    public StringMap Annotations => Metadata?.Annotations ?? StringMap.Empty;

    /// <summary>The key of a resource of any kind.</summary>
    internal static DatastoreKey? KeyOf(string plural, string? workloadNamespace, string name)
    {
        return Of<ClusterInformation>() ?? Of<IPPool>() ?? Of<IPReservation>() ?? Of<KubeControllersConfiguration>() ?? Of<Node>() ?? Of<Profile>() ?? Of<WorkloadEndpoint>()
            ?? new OtherResourceKey(plural, workloadNamespace, name);

        DatastoreKey? Of<T>()
            where T : Resource, IResource
            => plural == T.Kind.Plural && T.Kind.IsNamespaced == workloadNamespace is not null ? new ResourceKey<T>(workloadNamespace, name) : null;
    }

    /// <summary>What is wrong with a resource of a kind at a key.</summary>
    private protected string? Fault<T>(DatastoreKey key, object? spec)
        where T : Resource, IResource
        => key is not ResourceKey<T> { Name: var name, Namespace: var workloadNamespace } ? $"it is no {T.Kind.Name}'s key"
            : KindName is not null && KindName != T.Kind.Name ? $"it is a '{KindName}'"
            : ApiVersion is not null && ApiVersion != CurrentVersion ? $"its version is '{ApiVersion}'"
            : Name != name ? $"its name is '{Name}'"
            : T.Kind.IsNamespaced && Metadata!.Namespace != workloadNamespace ? $"its namespace is '{Metadata.Namespace}'"
            : spec is null ? "it has no spec"
            : null;
}

/// <summary>What every resource has.</summary>
public sealed record Metadata : DocumentPart
{
    /// <summary>Its name, unique in kind and namespace.</summary>
    public string? Name { get; init; }

    /// <summary>What its name was made of, in Kubernetes.</summary>
    public string? GenerateName { get; init; }

    /// <summary>Its namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>Its identity: a UUID.</summary>
    public string? Uid { get; init; }

    /// <summary>Counts the changes of its spec, in Kubernetes.</summary>
    public long Generation { get; init; }

    /// <summary>When it was made, to the second.</summary>
    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>Since when it is being deleted; null if it is not.</summary>
    public DateTimeOffset? DeletionTimestamp { get; init; }

    /// <summary>How long that may take, in seconds.</summary>
    public long? DeletionGracePeriodSeconds { get; init; }

    /// <summary>By which selectors find it.</summary>
    public StringMap? Labels { get; init; }

    /// <summary>What others note of it.</summary>
    public StringMap? Annotations { get; init; }

    /// <summary>The metadata of a new resource.</summary>
    public static Metadata Create(string name, DateTimeOffset now, string? workloadNamespace = null) => new()
    {
        Name = name,
        Namespace = workloadNamespace,
        Uid = Guid.NewGuid().ToString(),
        CreationTimestamp = GoTime.ToSeconds(now),
    };
}

/// <summary>An object of a document whose fields mean nothing here, and stay as they are.</summary>
public sealed record OtherFields : DocumentPart
{
    /// <summary>The fields of an object in JSON.</summary>
    internal static OtherFields Parse(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, DocumentJson.Context.OtherFields)!;
}

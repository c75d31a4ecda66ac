namespace CalicoNet.Core;

/// <summary>What Calico's Kubernetes controllers do: one document, <c>default</c>, without which <c>calicoctl ipam check</c> does not run.</summary>
public sealed record KubeControllersConfiguration : Resource, IResource
{
    /// <inheritdoc/>
    public static ResourceKind Kind { get; } = new("KubeControllersConfiguration", "kubecontrollersconfigurations");

    /// <summary>Its key.</summary>
    public static ResourceKey<KubeControllersConfiguration> Key { get; } = new(Default);

    /// <summary>What they do.</summary>
    public OtherFields? Spec { get; init; }

    /// <summary>What they report.</summary>
    public OtherFields? Status { get; init; }

    /// <summary>One for a datastore that has none: no controllers.</summary>
    public static KubeControllersConfiguration Create(DateTimeOffset now) => new()
    {
        KindName = Kind.Name,
        ApiVersion = CurrentVersion,
        Metadata = Metadata.Create(Default, now),
        Spec = OtherFields.Parse("""{"controllers":{}}"""u8),
        Status = new(),
    };

    /// <inheritdoc/>
    internal override string? Fault(DatastoreKey key) => Fault<KubeControllersConfiguration>(key, Spec);
}

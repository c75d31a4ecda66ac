namespace CalicoNet.Core;

/// <summary>Where a resource is: <c>/calico/resources/v3/projectcalico.org/ippools/pool-v4</c>, with its namespace before its name where its kind has one.</summary>
/// <typeparam name="T">The kind.</typeparam>
public sealed record ResourceKey<T> : DatastoreKey<T>
    where T : Resource, IResource
{
    /// <summary>The key of a resource whose kind has no namespaces.</summary>
    /// <exception cref="ArgumentException">The name is no single segment of a key, or the kind has namespaces.</exception>
    public ResourceKey(string name)
        : this(null, name)
    {
    }

    /// <summary>The key of a resource.</summary>
    /// <param name="workloadNamespace">Its namespace; null where its kind has none.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">One of them is no single segment of a key, or there is a namespace where the kind has none, or none where it has.</exception>
    public ResourceKey(string? workloadNamespace, string name)
        : base((T.Kind.IsNamespaced ? T.Kind.KeyPrefixIn(workloadNamespace!) : T.Kind.KeyPrefix) + Segment(name, "name"))
    {
        if (!T.Kind.IsNamespaced && workloadNamespace is not null)
        {
            throw new ArgumentException($"'{workloadNamespace}': a {T.Kind.Name} has no namespace.", nameof(workloadNamespace));
        }

        Namespace = workloadNamespace;
        Name = name;
    }

    /// <summary>Its namespace; null where its kind has none.</summary>
    public string? Namespace { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }
}

/// <summary>Where a resource of a kind without a document here is: tiers, policies, configurations of other parts of Calico.</summary>
public sealed record OtherResourceKey : DatastoreKey
{
    internal OtherResourceKey(string plural, string? workloadNamespace, string name)
        : base($"{AllPrefix}{plural}/{(workloadNamespace is null ? "" : workloadNamespace + "/")}{name}")
    {
        Plural = plural;
        Namespace = workloadNamespace;
        Name = name;
    }

    /// <summary>What the keys of all resources begin with.</summary>
    public const string AllPrefix = "/calico/resources/v3/projectcalico.org/";

    /// <summary>Its kind, in the plural and in lower case.</summary>
    public string Plural { get; }

    /// <summary>Its namespace; null where its kind has none.</summary>
    public string? Namespace { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }
}

using System.Text.Json.Serialization;
using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>The record of a workload's connection: where it is, and which addresses it has.</summary>
public sealed record WorkloadEndpoint : Resource, IResource
{
    /// <summary>The label of the namespace.</summary>
    public const string NamespaceLabel = "projectcalico.org/namespace";

    /// <summary>The label of the orchestrator.</summary>
    public const string OrchestratorLabel = "projectcalico.org/orchestrator";

    /// <summary>The label of a pod's service account.</summary>
    public const string ServiceAccountLabel = "projectcalico.org/serviceaccount";

    /// <summary>The annotation that holds a container id for which Calico has no place.</summary>
    public const string ContainerIdAnnotation = "caliconet.io/container-id";

    /// <summary>The annotation that holds an interface name for which Calico has no place.</summary>
    public const string InterfaceAnnotation = "caliconet.io/interface";

    /// <summary>The annotation that lists those of its addresses that are in no pool, parted by commas: nobody handed them out, and nobody takes them back.</summary>
    public const string OutsidePoolsAnnotation = "caliconet.io/outside-pools";

    /// <inheritdoc/>
    public static ResourceKind Kind { get; } = new("WorkloadEndpoint", "workloadendpoints", IsNamespaced: true);

    /// <summary>The record.</summary>
    public WorkloadEndpointSpec? Spec { get; init; }

    /// <summary>Where it is stored.</summary>
    [JsonIgnore]
    public ResourceKey<WorkloadEndpoint> Key => new(Metadata?.Namespace, Name);

    /// <summary>The container's id, wherever it stands.</summary>
    [JsonIgnore]
    public string? ContainerId => Annotations.Get(ContainerIdAnnotation) ?? Spec?.ContainerId;

    /// <summary>The interface's name in the container, wherever it stands.</summary>
    [JsonIgnore]
    public string? ContainerInterface => Annotations.Get(InterfaceAnnotation) ?? Spec?.Endpoint;

    /// <summary>Its addresses.</summary>
    [JsonIgnore]
    public IEnumerable<IPAddr> Addresses => (Spec?.IPNetworks ?? []).Select(network => network.Address);

    /// <summary>Those of its addresses that were handed out.</summary>
    [JsonIgnore]
    public IEnumerable<IPAddr> AllocatedAddresses => Annotations.Get(OutsidePoolsAnnotation) is { } outside
        ? Addresses.ExceptBy(outside.Split(','), address => address.ToString())
        : Addresses;

    /// <summary>A record with what its name is made of, and without addresses.</summary>
    /// <param name="workloadNamespace">The namespace.</param>
    /// <param name="node">The node.</param>
    /// <param name="containerId">The container's id.</param>
    /// <param name="containerInterface">The interface's name in the container.</param>
    /// <param name="now">The time.</param>
    /// <param name="pod">The Kubernetes pod; null for any other container.</param>
    /// <exception cref="ArgumentException">There is no name of these; the message says why.</exception>
    public static WorkloadEndpoint Create(string workloadNamespace, string node, string containerId, string containerInterface, DateTimeOffset now, string? pod = null)
    {
        var name = WorkloadEndpointName.Of(node, containerId, containerInterface, pod);
        var metadata = Metadata.Create(name.ToString(), now, workloadNamespace) with
        {
            Labels = StringMap.Of((NamespaceLabel, workloadNamespace), (OrchestratorLabel, name.Orchestrator)),
        };
        return new()
        {
            KindName = Kind.Name,
            ApiVersion = CurrentVersion,
            Metadata = name.Orchestrator != WorkloadEndpointName.CalicoNet
                ? metadata
                : metadata with { Annotations = StringMap.Of((ContainerIdAnnotation, containerId), (InterfaceAnnotation, containerInterface)) },
            Spec = new()
            {
                Orchestrator = name.Orchestrator,
                Node = node,
                Workload = name.Orchestrator == WorkloadEndpointName.CalicoNet ? name.Workload : null,
                ContainerId = name.Orchestrator == WorkloadEndpointName.CalicoNet ? null : containerId,
                Pod = name.Orchestrator == WorkloadEndpointName.Kubernetes ? pod : null,
                Endpoint = name.Endpoint,
            },
        };
    }

    /// <inheritdoc/>
    internal override string? Fault(DatastoreKey key) => Fault<WorkloadEndpoint>(key, Spec) ?? (Spec!.MacText is { Length: > 0 } mac && Spec.Mac.IsNone ? $"'{mac}' is no MAC address" : null);
}

/// <summary>A workload's connection, in the order of Calico's fields.</summary>
public sealed record WorkloadEndpointSpec : DocumentPart
{
    /// <summary>What made it: <c>k8s</c>, <c>cni</c>, <c>libnetwork</c>, <c>caliconet</c> or another.</summary>
    public string? Orchestrator { get; init; }

    /// <summary>What it is of, for an orchestrator that Calico does not know.</summary>
    public string? Workload { get; init; }

    /// <summary>The node.</summary>
    public string? Node { get; init; }

    /// <summary>The container's id.</summary>
    [JsonPropertyName("containerID")]
    public string? ContainerId { get; init; }

    /// <summary>The Kubernetes pod.</summary>
    public string? Pod { get; init; }

    /// <summary>The interface's name in the container.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The pod's service account.</summary>
    public string? ServiceAccountName { get; init; }

    /// <summary>Its addresses: /32 and /128.</summary>
    [JsonPropertyName("ipNetworks")]
    public IReadOnlyList<IPPrefix>? IPNetworks { get; init; }

    /// <summary>Addresses that are translated to its own (OpenStack).</summary>
    [JsonPropertyName("ipNATs")]
    public IReadOnlyList<OtherFields>? IPNats { get; init; }

    /// <summary>Its IPv4 gateway, where Calico does not choose it.</summary>
    [JsonPropertyName("ipv4Gateway")]
    public IPAddr IPv4Gateway { get; init; }

    /// <summary>Its IPv6 gateway, where Calico does not choose it.</summary>
    [JsonPropertyName("ipv6Gateway")]
    public IPAddr IPv6Gateway { get; init; }

    /// <summary>The profiles whose rules it has.</summary>
    public IReadOnlyList<string>? Profiles { get; init; }

    /// <summary>The name of the host's end.</summary>
    public string? InterfaceName { get; init; }

    /// <summary>The MAC address of the workload's end, as it is stored.</summary>
    [JsonPropertyName("mac")]
    public string? MacText { get; init; }

    /// <summary>The MAC address of the workload's end; none where there is none.</summary>
    [JsonIgnore]
    public LinkLayerAddress Mac
    {
        get => LinkLayerAddress.TryParseMac(MacText, out var mac) ? mac : default;
        init => MacText = value.IsNone ? null : value.ToString();
    }

    /// <summary>Its named ports.</summary>
    public IReadOnlyList<OtherFields>? Ports { get; init; }

    /// <summary>What it may send from beside its own addresses.</summary>
    public IReadOnlyList<string>? AllowSpoofedSourcePrefixes { get; init; }

    /// <summary>How much it may send.</summary>
    public OtherFields? QosControls { get; init; }
}

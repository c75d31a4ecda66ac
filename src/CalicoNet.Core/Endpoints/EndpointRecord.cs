using System.Globalization;
using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>
/// An endpoint as its record: Calico's own document of a workload's connection, and in annotations of ours what it has no place for. What is
/// as usual is left out.
/// </summary>
internal static class EndpointRecord
{
    /// <summary>The network of every endpoint: its profile, and what its handle begins with.</summary>
    public const string Network = "caliconet";

    private const string
        NamespaceAnnotation = "caliconet.io/network-namespace",   // always there: it says that the record is ours
        HostNamespaceAnnotation = "caliconet.io/host-network-namespace",
        OwnsNamespaceAnnotation = "caliconet.io/owns-network-namespace",
        MtuAnnotation = "caliconet.io/mtu",
        NatAnnotation = "caliconet.io/nat-outgoing",
        StaticNeighborAnnotation = "caliconet.io/static-neighbor",
        GatewayAnnotation = "caliconet.io/gateway",
        Yes = "true";

    /// <summary>The handle of its addresses.</summary>
    public static string HandleOf(EndpointName name) => $"{Network}.{name.WorkloadNamespace}.{name.Name}";

    /// <summary>A new record, without addresses.</summary>
    /// <exception cref="ArgumentException">There is no name of a record for it.</exception>
    public static WorkloadEndpoint Create(Endpoint endpoint, string node, DateTimeOffset now)
        => WorkloadEndpoint.Create(endpoint.Name.WorkloadNamespace, node, endpoint.Name.Name, endpoint.Workload.Name, now);

    /// <summary>A record with all that an endpoint is.</summary>
    /// <param name="record">A record of it.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="outside">Those of its addresses that are in no pool.</param>
    public static WorkloadEndpoint Fill(WorkloadEndpoint record, Endpoint endpoint, IEnumerable<IPAddr> outside)
    {
        var annotations = record.Annotations.With(NamespaceAnnotation, endpoint.Workload.Namespace.ToString());
        void Note(string name, bool isUnusual, string value) => annotations = isUnusual ? annotations.With(name, value) : annotations.Without(name);

        Note(HostNamespaceAnnotation, !endpoint.Host.Namespace.IsOwn, endpoint.Host.Namespace.ToString());
        Note(OwnsNamespaceAnnotation, endpoint.OwnsNamespace, Yes);
        Note(MtuAnnotation, endpoint.Mtu != 0, endpoint.Mtu.ToString(CultureInfo.InvariantCulture));
        Note(NatAnnotation, endpoint.NatOutgoing, endpoint.NatFamily?.ToString() ?? Yes);
        Note(StaticNeighborAnnotation, endpoint.StaticNeighbor, Yes);
        Note(GatewayAnnotation, endpoint.Gateway != Endpoint.DefaultGateway, endpoint.Gateway.ToString());
        var unallocated = string.Join(',', outside);
        Note(WorkloadEndpoint.OutsidePoolsAnnotation, unallocated.Length > 0, unallocated);
        return record with
        {
            Metadata = record.Metadata! with { Annotations = annotations },
            Spec = record.Spec! with
            {
                IPNetworks = [.. endpoint.Addresses.Select(address => address.ToPrefix())],
                Profiles = [Network],
                InterfaceName = endpoint.Host.Name,
                Mac = endpoint.Mac,
            },
        };
    }

    /// <summary>The endpoint of a record; null for one that is another's: of a container runtime, of Calico's own, or of another host with the same node's name.</summary>
    public static Endpoint? Read(WorkloadEndpoint record, NetNamespaceRef host)
    {
        var notes = record.Annotations;
        if (notes.Get(NamespaceAnnotation) is not { } place || record is not { Metadata.Namespace: { } workloadNamespace, ContainerId: { } id, ContainerInterface: { } workload }
            || !EndpointName.TryCreate(workloadNamespace, id, out var name) || (notes.Get(HostNamespaceAnnotation) ?? NetNamespaceRef.Own.ToString()) != host.ToString())
        {
            return null;
        }

        return new Endpoint
        {
            Name = name,
            Host = new LinkRef(host, name.HostLinkName),
            Workload = new LinkRef(NetNamespaceRef.Parse(place), workload),
            Addresses = [.. record.Addresses],
            Mac = record.Spec!.Mac,
            Mtu = int.TryParse(notes.Get(MtuAnnotation), NumberStyles.None, CultureInfo.InvariantCulture, out var mtu) ? mtu : 0,
            OwnsNamespace = notes.Get(OwnsNamespaceAnnotation) == Yes,
            NatOutgoing = notes.Get(NatAnnotation) is not null,
            NatFamily = Enum.TryParse<IPFamily>(notes.Get(NatAnnotation), out var family) ? family : null,
            StaticNeighbor = notes.Get(StaticNeighborAnnotation) == Yes,
            Gateway = IPAddr.TryParse(notes.Get(GatewayAnnotation) ?? "", out var gateway) ? gateway : Endpoint.DefaultGateway,
        };
    }

    /// <summary>Whose record it is that stands where one of ours should, in a few words.</summary>
    public static string OwnerOf(WorkloadEndpoint record) => record.Annotations.Get(NamespaceAnnotation) is null
        ? $"orchestrator '{record.Spec?.Orchestrator}'"
        : $"the host in network namespace '{record.Annotations.Get(HostNamespaceAnnotation) ?? NetNamespaceRef.Own.ToString()}'";
}

using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>A cmdlet that works on the endpoints of hosts, with their records. Each host is opened once for the whole pipeline.</summary>
public abstract class EndpointCommand : DatastoreCommand
{
    private readonly Dictionary<(NetNamespaceRef Host, DatastoreConnection Connection, string? Node), RecordedEndpoints> _hosts = [];

    private protected EndpointCommand()
    {
    }

    /// <summary>The host that a namespace plays, in the datastore and as the node that are given, else by default.</summary>
    private protected RecordedEndpoints HostOf(string? netNamespace) => HostOf(netNamespace, null, null);

    /// <summary>The host of an endpoint, in the datastore and as the node by which it was found, unless others are given.</summary>
    private protected RecordedEndpoints HostOf(CalicoEndpoint endpoint)
        => HostOf(endpoint.HostNetNamespace, endpoint.Source, endpoint.NodeName is { Length: > 0 } node ? node : null);

    /// <summary>The same of a check.</summary>
    private protected RecordedEndpoints HostOf(EndpointCheck check)
        => HostOf(check.HostNetNamespace, check.Source, check.NodeName is { Length: > 0 } node ? node : null);

    private RecordedEndpoints HostOf(string? netNamespace, CalicoDatastore? source, string? node)
    {
        var reference = netNamespace is null ? CurrentNamespace.Reference : NetNamespaceRef.Parse(netNamespace);
        var connection = Datastore?.Connection ?? source?.Connection ?? Connection;
        var key = (reference, connection, NodeName is { Length: > 0 } given ? given : node);
        if (!_hosts.TryGetValue(key, out var host))
        {
            var name = key.Item3 is null ? connection.NodeName : Core.NodeName.Check(key.Item3);
            host = new RecordedEndpoints(EndpointManager.Open(reference), connection.Address, () => connection.Open(), name);
            _hosts.Add(key, host);
        }

        return host;
    }

    /// <summary>An endpoint as an object.</summary>
    private protected CalicoEndpoint ToObject(RecordedEndpoints host, EndpointState state)
    {
        var endpoint = state.Endpoint;
        var addresses = TextList.Of(endpoint.Addresses);
        return new CalicoEndpoint
        {
            Name = endpoint.Name.Name,
            WorkloadNamespace = endpoint.Name.WorkloadNamespace,
            IPAddress = addresses,
            NetNamespace = endpoint.Workload.Namespace.ToString(),
            InterfaceAlias = endpoint.Workload.Name,
            MacAddress = endpoint.Mac.ToString(),
            HostNetNamespace = endpoint.Host.Namespace.ToString(),
            HostInterfaceAlias = endpoint.Host.Name,
            MtuSize = endpoint.Mtu,
            NatOutgoing = Texts.Of(endpoint.NatOutgoing, endpoint.NatFamily),
            StaticNeighbor = Texts.Of(endpoint.StaticNeighbor),
            Gateway = endpoint.Gateway.ToString(),
            Status = state.Status.ToString(),
            NodeName = state.Node,
            Source = Source,
            VethPair = state.HostIndex == 0 || state.WorkloadIndex == 0 ? null : new VethPair
            {
                NetNamespace = endpoint.Workload.Namespace.ToString(),
                NetNamespaceCookie = Texts.Cookie(state.WorkloadCookie),
                InterfaceAlias = endpoint.Workload.Name,
                InterfaceIndex = state.WorkloadIndex,
                MacAddress = endpoint.Mac.ToString(),
                HostNetNamespace = endpoint.Host.Namespace.ToString(),
                HostNetNamespaceCookie = Texts.Cookie(host.Kernel.HostCookie),
                HostInterfaceAlias = endpoint.Host.Name,
                HostInterfaceIndex = state.HostIndex,
                HostMacAddress = Endpoint.HostMac.ToString(),
                IPAddress = addresses,
                MtuSize = endpoint.Mtu,
                Status = state.Status switch { EndpointStatus.Ready => Texts.Up, EndpointStatus.Unknown => nameof(EndpointStatus.Unknown), _ => Texts.Down },
                BootId = Texts.BootId,
            },
        };
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var host in _hosts.Values)
            {
                host.Dispose();
            }

            _hosts.Clear();
        }

        base.Dispose(disposing);
    }
}

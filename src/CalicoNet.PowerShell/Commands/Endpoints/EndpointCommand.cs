using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>A cmdlet that works on the endpoints of hosts. Each host is opened once for the whole pipeline.</summary>
public abstract class EndpointCommand : NetworkCommand
{
    private readonly Dictionary<NetNamespaceRef, EndpointManager> _hosts = [];

    private protected EndpointCommand()
    {
    }

    /// <summary>The host that a namespace plays.</summary>
    private protected EndpointManager HostOf(string? netNamespace)
    {
        var reference = netNamespace is null ? CurrentNamespace.Reference : NetNamespaceRef.Parse(netNamespace);
        if (!_hosts.TryGetValue(reference, out var manager))
        {
            manager = EndpointManager.Open(reference);
            _hosts.Add(reference, manager);
        }

        return manager;
    }

    /// <summary>An endpoint as an object.</summary>
    private protected static CalicoEndpoint ToObject(EndpointManager host, EndpointState state)
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
            NatOutgoing = Texts.Of(endpoint.NatOutgoing),
            StaticNeighbor = Texts.Of(endpoint.StaticNeighbor),
            Gateway = endpoint.Gateway.ToString(),
            Status = state.Status.ToString(),
            VethPair = state.HostIndex == 0 || state.WorkloadIndex == 0 ? null : new VethPair
            {
                NetNamespace = endpoint.Workload.Namespace.ToString(),
                NetNamespaceCookie = Texts.Cookie(state.WorkloadCookie),
                InterfaceAlias = endpoint.Workload.Name,
                InterfaceIndex = state.WorkloadIndex,
                MacAddress = endpoint.Mac.ToString(),
                HostNetNamespace = endpoint.Host.Namespace.ToString(),
                HostNetNamespaceCookie = Texts.Cookie(host.HostCookie),
                HostInterfaceAlias = endpoint.Host.Name,
                HostInterfaceIndex = state.HostIndex,
                HostMacAddress = Endpoint.HostMac.ToString(),
                IPAddress = addresses,
                MtuSize = endpoint.Mtu,
                Status = state.Status == EndpointStatus.Ready ? Texts.Up : Texts.Down,
                BootId = Texts.BootId,
            },
        };
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var manager in _hosts.Values)
            {
                manager.Dispose();
            }

            _hosts.Clear();
        }

        base.Dispose(disposing);
    }
}

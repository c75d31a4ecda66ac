using CalicoNet.Netlink;

namespace CalicoNet;

/// <summary>Makes output objects from what the kernel reports.</summary>
internal static class Objects
{
    public static HostInterface Interface(NetworkStack stack, Link link) => new()
    {
        NetNamespace = stack.Namespace.ToString(),
        NetNamespaceCookie = Texts.Cookie(stack.Cookie),
        InterfaceAlias = link.Name,
        InterfaceIndex = link.Index,
        Status = Texts.Status(link),
        AdminStatus = link.IsUp ? Texts.Up : Texts.Down,
        MtuSize = link.Mtu,
        MacAddress = link.Address.ToString(),
        Kind = link.Kind ?? "",
        Description = link.Alias ?? "",
        Group = link.Group,
    };

    public static HostAddress Address(NetNamespaceRef where, InterfaceAddress address, string interfaceName, VethPair? pair = null) => new()
    {
        NetNamespace = where.ToString(),
        IPAddress = address.Prefix.Address.ToString(),
        PrefixLength = address.Prefix.Length,
        AddressFamily = Texts.Family(address.Prefix.Family),
        InterfaceAlias = interfaceName,
        InterfaceIndex = address.InterfaceIndex,
        Scope = address.Scope.ToString(),
        AddressState = (address.Flags & AddressFlags.DuplicateFound) != 0 ? "Duplicate"
            : (address.Flags & AddressFlags.Tentative) != 0 ? "Tentative" : "Preferred",
        VethPair = pair,
    };

    public static HostRoute Route(NetNamespaceRef where, Route route, string interfaceName, VethPair? pair = null) => new()
    {
        NetNamespace = where.ToString(),
        DestinationPrefix = route.Destination.ToString(),
        NextHop = (route.Gateway.IsNone ? IPAddr.Any(route.Family) : route.Gateway).ToString(),
        InterfaceAlias = interfaceName,
        InterfaceIndex = route.InterfaceIndex,
        RouteMetric = route.Metric,
        Scope = route.Scope.ToString(),
        Table = Texts.Table(route.Table),
        RouteType = route.Type.ToString(),
        Protocol = route.Protocol.ToString(),
        PreferredSource = route.PreferredSource.ToString(),
        AddressFamily = Texts.Family(route.Family),
        VethPair = pair,
    };

    public static Neighbor Neighbor(string where, NeighborEntry neighbor, string interfaceName) => new()
    {
        NetNamespace = where,
        IPAddress = neighbor.Address.ToString(),
        LinkLayerAddress = neighbor.LinkLayerAddress.ToString(),
        State = neighbor.State.ToString(),
        InterfaceAlias = interfaceName,
        InterfaceIndex = neighbor.InterfaceIndex,
        AddressFamily = Texts.Family(neighbor.Address.Family),
    };

    /// <summary>A pair from both of its ends. The addresses are the workload's, link-local ones left out.</summary>
    public static VethPair Pair(NetworkStack hostStack, Link host, NetworkStack workloadStack, Link workload, IEnumerable<IPAddr> addresses) => new()
    {
        NetNamespace = workloadStack.Namespace.ToString(),
        NetNamespaceCookie = Texts.Cookie(workloadStack.Cookie),
        InterfaceAlias = workload.Name,
        InterfaceIndex = workload.Index,
        MacAddress = workload.Address.ToString(),
        HostNetNamespace = hostStack.Namespace.ToString(),
        HostNetNamespaceCookie = Texts.Cookie(hostStack.Cookie),
        HostInterfaceAlias = host.Name,
        HostInterfaceIndex = host.Index,
        HostMacAddress = host.Address.ToString(),
        IPAddress = TextList.Of(addresses.Where(address => !address.IsLinkLocal)),
        MtuSize = host.Mtu,
        Status = host.OperationalState == OperationalState.Up && workload.OperationalState == OperationalState.Up ? Texts.Up : Texts.Down,
        BootId = Texts.BootId,
    };
}

using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Reads the link-local gateways of a namespace's interfaces.</summary>
internal static class GatewayReader
{
    /// <summary>One object for each interface with a default route through a link-local gateway; or for one interface only.</summary>
    public static IReadOnlyList<LinkLocalGateway> Read(NetworkStack stack, int interfaceIndex, VethPair? pair)
    {
        var names = stack.Links.List().ToDictionary(link => link.Index, link => link.Name);
        var neighbors = stack.Neighbors.List().Where(n => n.State == NeighborState.Permanent).Select(n => (n.InterfaceIndex, n.Address)).ToHashSet();
        return [.. stack.Routes.List(interfaceIndex: interfaceIndex)
            .Where(route => route.Destination.IsDefault && route.Gateway.IsLinkLocal)
            .GroupBy(route => route.InterfaceIndex)
            .Select(routes =>
            {
                string Of(IPFamily family) => routes.FirstOrDefault(route => route.Family == family)?.Gateway.ToString() ?? "";
                return new LinkLocalGateway
                {
                    NetNamespace = stack.Namespace.ToString(),
                    Gateway = Of(IPFamily.IPv4),
                    IPv6Gateway = Of(IPFamily.IPv6),
                    InterfaceAlias = names.GetValueOrDefault(routes.Key, ""),
                    InterfaceIndex = routes.Key,
                    StaticNeighbor = Texts.Of(routes.All(route => neighbors.Contains((routes.Key, route.Gateway)))),
                    VethPair = pair,
                };
            })];
    }

    /// <summary>What is wanted for a pair: a gateway for each family it has addresses of.</summary>
    public static GatewayPlan Wanted(OpenPair pair, IPAddr gateway, bool staticNeighbor)
    {
        var families = pair.Addresses.Select(address => address.Family).ToHashSet();
        return new GatewayPlan(pair.Host, pair.Workload)
        {
            // A pair without any address yet gets the IPv4 one: the order of steps is the user's.
            Gateway = families.Count == 0 || families.Contains(IPFamily.IPv4) ? gateway : default,
            IPv6 = families.Contains(IPFamily.IPv6),
            StaticNeighbor = staticNeighbor,
        };
    }
}

using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Finds routes.</summary>
internal static class RouteReader
{
    /// <summary>The word for all tables.</summary>
    public const string AllTables = "all";

    /// <summary>The number of a table; 0 for all.</summary>
    public static uint Table(string text) => text.Equals(AllTables, StringComparison.OrdinalIgnoreCase) ? 0 : Texts.TableNumber(text);

    /// <summary>The routes through some interfaces.</summary>
    /// <param name="stack">The namespace.</param>
    /// <param name="links">The interfaces; null: all routes, also those through none.</param>
    /// <param name="family">The family; unspecified: both.</param>
    /// <param name="table">The table; 0: all.</param>
    /// <param name="pair">The pair they are shown for.</param>
    public static IReadOnlyList<HostRoute> List(NetworkStack stack, IReadOnlyList<Link>? links, IPFamily family, uint table, VethPair? pair = null)
    {
        var names = (links ?? stack.Links.List()).ToDictionary(link => link.Index, link => link.Name);
        return [.. stack.Routes.List(family, table, links is [var only] ? only.Index : 0)
            .Where(route => links is null || names.ContainsKey(route.InterfaceIndex))
            .Select(route => Objects.Route(stack.Namespace, route, names.GetValueOrDefault(route.InterfaceIndex, ""), pair))];
    }

    /// <summary>Asks the kernel which way a packet would take.</summary>
    /// <exception cref="NetlinkException">No way leads there.</exception>
    public static HostRoute Find(NetworkStack stack, IPAddr address)
    {
        var route = stack.Routes.Find(address);
        var name = route.InterfaceIndex == 0 ? null : stack.Links.Find(route.InterfaceIndex)?.Name;
        return Objects.Route(stack.Namespace, route, name ?? "");
    }
}

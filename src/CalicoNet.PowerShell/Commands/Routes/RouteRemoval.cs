using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Which routes of a namespace are to go. What is null may be anything.</summary>
internal sealed record RouteRemoval(NetNamespaceRef Namespace, IPPrefix Destination, uint Table)
{
    /// <summary>The interface; with an empty name: none.</summary>
    public string? InterfaceName { get; init; }

    /// <summary>The next hop; none: on the link.</summary>
    public IPAddr? Gateway { get; init; }

    public uint? Metric { get; init; }

    public RouteType? Type { get; init; }

    /// <summary>The removal of the very route that an object shows.</summary>
    public static RouteRemoval Of(HostRoute route)
    {
        var hop = IPAddr.Parse(route.NextHop);
        return new RouteRemoval(NetNamespaceRef.Parse(route.NetNamespace), IPPrefix.Parse(route.DestinationPrefix), Texts.TableNumber(route.Table))
        {
            InterfaceName = route.InterfaceAlias,
            Gateway = hop.IsUnspecified ? default : hop,
            Metric = (uint)route.RouteMetric,
            Type = Enum.Parse<RouteType>(route.RouteType),
        };
    }

    /// <summary>The plan that removes those that are there.</summary>
    /// <exception cref="CommandFault">There is none.</exception>
    public NetworkPlan PlanFor(NetworkSession session)
    {
        var stack = session.Stack(Namespace);
        int? index = InterfaceName is null ? null : InterfaceName.Length == 0 ? 0 : session.IndexOf(new LinkRef(Namespace, InterfaceName));
        var plan = new NetworkPlan();
        foreach (var route in stack.Routes.List(Destination.Family, Table, index ?? 0).Where(route => IsMatch(route, index)))
        {
            var name = route.InterfaceIndex == 0 ? "" : InterfaceName ?? stack.Links.Find(route.InterfaceIndex)?.Name ?? "";
            plan.Add(new RemoveRoute(RouteSpec.Of(new LinkRef(Namespace, name), route)));
        }

        return plan.Changes.Count > 0 ? plan : throw CommandFault.NotFound($"route {this}");
    }

    /// <summary>The plan by words alone, where there is nothing to look at.</summary>
    public NetworkPlan PlanBlindly()
    {
        var plan = new NetworkPlan();
        plan.Add(new RemoveRoute(new RouteSpec(new LinkRef(Namespace, InterfaceName ?? ""), Destination) { Gateway = Gateway ?? default, Metric = Metric ?? 0, Table = Table }));
        return plan;
    }

    public override string ToString()
        => $"{Destination}{(Gateway is { IsNone: false } hop ? $" via {hop}" : "")}{(Metric is { } metric ? $" metric {metric}" : "")}"
            + $"{(string.IsNullOrEmpty(InterfaceName) ? "" : $" through interface '{InterfaceName}'")}{(Table == Route.MainTable ? "" : $" in table {Texts.Table(Table)}")}"
            + $"{(Namespace.IsOwn ? "" : $" in network namespace '{Namespace}'")}";

    private bool IsMatch(Route route, int? index)
        => route.Destination == Destination
            && (index is null || route.InterfaceIndex == index)
            && (Gateway is null || route.Gateway == Gateway)
            && (Metric is null || route.Metric == Metric)
            && (Type is null || route.Type == Type);
}

using System.Globalization;
using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Where a route leads and how, by names: what <see cref="AddRoute"/> makes and <see cref="RemoveRoute"/> removes.</summary>
/// <param name="Link">The interface it leads through; one without a name for a route that leads through none (a blackhole, several next hops).</param>
/// <param name="Destination">The destination.</param>
public sealed record RouteSpec(LinkRef Link, IPPrefix Destination)
{
    /// <summary>The next hop; none when the destination is on the link.</summary>
    public IPAddr Gateway { get; init; }

    /// <summary>The metric; 0: none given.</summary>
    public uint Metric { get; init; }

    /// <summary>The table.</summary>
    public uint Table { get; init; } = Route.MainTable;

    /// <summary>What it does with packets.</summary>
    public RouteType Type { get; init; } = RouteType.Unicast;

    /// <summary>Who made it.</summary>
    public RouteProtocol Protocol { get; init; } = RouteProtocol.Boot;

    /// <summary>The source address preferred for packets this host sends; none for the kernel's choice.</summary>
    public IPAddr PreferredSource { get; init; }

    /// <summary>Whether the gateway is taken as on-link though no route says so.</summary>
    public bool OnLink { get; init; }

    /// <summary>The scope; null: link for an IPv4 route without gateway, universe otherwise.</summary>
    public RouteScope? Scope { get; init; }

    /// <summary>The scope in effect. IPv6 has universe only.</summary>
    public RouteScope EffectiveScope => Destination.Family == IPFamily.IPv6
        ? RouteScope.Universe
        : Scope ?? (Gateway.IsNone ? RouteScope.Link : RouteScope.Universe);

    /// <summary>A route that is there, with all that its way back needs.</summary>
    public static RouteSpec Of(LinkRef link, Route route)
    {
        ArgumentNullException.ThrowIfNull(route);
        return new RouteSpec(link, route.Destination)
        {
            Gateway = route.Gateway,
            Metric = route.Metric,
            Table = route.Table,
            Type = route.Type,
            Scope = route.Scope,
            Protocol = route.Protocol,
            PreferredSource = route.PreferredSource,
            OnLink = route.OnLink,
        };
    }

    /// <summary>Destination, gateway and interface.</summary>
    public override string ToString() => HasLink ? $"{Text} through interface {Link}" : Text;

    /// <summary>Destination, gateway and device, as ip writes them.</summary>
    internal string WithDevice => HasLink ? $"{Text} dev {Link.Name}" : Text;

    private bool HasLink => !string.IsNullOrEmpty(Link.Name);

    private string TypeText => Type == RouteType.Unicast ? "" : $"{Type.ToString().ToLowerInvariant()} ";

    internal string Text => TypeText + (Destination.IsDefault ? "default" : Destination.ToString()) + (Gateway.IsNone ? "" : $" via {Gateway}");

    /// <summary>The words of <c>ip route add</c> and <c>del</c>.</summary>
    internal string Arguments(bool add)
    {
        var scope = Destination.Family == IPFamily.IPv4 ? $" scope {ScopeName(EffectiveScope)}" : "";
        var metric = Metric == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" metric {Metric}");
        var table = Table == Route.MainTable ? "" : string.Create(CultureInfo.InvariantCulture, $" table {Table}");
        // A removal takes the route whoever made it.
        var protocol = !add || Protocol == RouteProtocol.Boot ? "" : string.Create(CultureInfo.InvariantCulture, $" proto {(byte)Protocol}");
        var source = PreferredSource.IsNone ? "" : $" src {PreferredSource}";
        var family = Destination.IsDefault && Destination.Family == IPFamily.IPv6 ? "-6 " : "";
        return $"{family}route {(add ? "add" : "del")} {Text}{(HasLink ? $" dev {CommandText.Quote(Link.Name)}" : "")}{scope}{metric}{table}{protocol}{source}{(add && OnLink ? " onlink" : "")}";
    }

    /// <summary>The route by index.</summary>
    internal Route Resolve(NetworkSession session)
        => new(Destination, HasLink ? session.IndexOf(Link) : 0)
        {
            Gateway = Gateway,
            Metric = Metric,
            Table = Table,
            Scope = EffectiveScope,
            Type = Type,
            Protocol = Protocol,
            PreferredSource = PreferredSource,
            OnLink = OnLink,
        };

    /// <summary>The routes that were seen in this one's table to its destination.</summary>
    internal List<Route> Seen(NetworkSnapshot seen)
        => seen[Link.Namespace]?.Routes[Destination].Where(r => r.Table == Table && (Metric == 0 || r.Metric == Metric)).ToList() ?? [];

    /// <summary>Whether a route that was seen is this one. IPv6 has its routes without interface on the loopback's.</summary>
    internal bool IsMatch(NetworkSnapshot seen, Route route)
        => route.Type == Type && route.Gateway == Gateway && (!HasLink || route.InterfaceIndex == seen.Find(Link)?.Index);

    private static string ScopeName(RouteScope scope) => scope switch
    {
        RouteScope.Universe => "global",
        RouteScope.Site => "site",
        RouteScope.Link => "link",
        RouteScope.Host => "host",
        RouteScope.Nowhere => "nowhere",
        _ => ((byte)scope).ToString(CultureInfo.InvariantCulture),
    };
}

/// <summary>Adds a route.</summary>
/// <param name="Route">The route.</param>
public sealed record AddRoute(RouteSpec Route) : NetworkChange(Route.Link.Namespace)
{
    /// <summary>A route on the link itself.</summary>
    public AddRoute(LinkRef link, IPPrefix destination, IPAddr via = default)
        : this(new RouteSpec(link, destination) { Gateway = via })
    {
    }

    /// <inheritdoc/>
    public override Channel Channel => Channel.Rtnetlink;

    /// <inheritdoc/>
    public override string Title => $"add route {Route}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands => [CommandText.Ip(Namespace, Route.Arguments(add: true))];

    /// <inheritdoc/>
    public override NetworkChange Inverse => new RemoveRoute(Route);

    /// <inheritdoc/>
    public override Facts Facts => Facts.Links | Facts.Routes;

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var route = Route.Resolve(session);
        RouteWire.Add(session.Stack(Namespace).Batch, route);
    }

    /// <summary>Metric and maker are not compared where none was asked for: Felix, beside us, makes the same route anew with metric 1024.</summary>
    /// <inheritdoc/>
    public override Finding Inspect(NetworkSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        var expected = Route.WithDevice;
        var candidates = Route.Seen(seen);
        return candidates.Count == 0 ? Finding.Missing(this, expected)
            : candidates.Exists(route => Route.IsMatch(seen, route)) ? Finding.Present(this, expected)
            : new Finding(this, FindingState.Different, expected, Describe(candidates[0], seen[Namespace]!));
    }

    private string Describe(Route route, NamespaceFacts facts)
    {
        var device = facts.Links.Values.FirstOrDefault(link => link.Index == route.InterfaceIndex)?.Name ?? "";
        return RouteSpec.Of(new LinkRef(Namespace, device), route).WithDevice;
    }
}

/// <summary>Removes a route.</summary>
/// <param name="Route">The route.</param>
public sealed record RemoveRoute(RouteSpec Route) : NetworkChange(Route.Link.Namespace)
{
    /// <inheritdoc/>
    public override Channel Channel => Channel.Rtnetlink;

    /// <inheritdoc/>
    public override string Title => $"remove route {Route}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands => [CommandText.Ip(Namespace, Route.Arguments(add: false))];

    /// <inheritdoc/>
    public override NetworkChange Inverse => new AddRoute(Route);

    /// <inheritdoc/>
    public override Facts Facts => Facts.Links | Facts.Routes;

    /// <inheritdoc/>
    public override bool IsAlreadyDone(Errno errno) => errno is Errno.ESRCH or Errno.ENODEV or Errno.ENOENT;

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);

        // Whoever made it: a protocol would have to be the very one it was made with.
        var route = Route.Resolve(session) with { Protocol = RouteProtocol.Unspecified };
        RouteWire.Remove(session.Stack(Namespace).Batch, route);
    }

    /// <inheritdoc/>
    public override Finding Inspect(NetworkSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return Finding.Gone(this, Route.Seen(seen).Exists(route => Route.IsMatch(seen, route)) ? Route.WithDevice : null);
    }
}

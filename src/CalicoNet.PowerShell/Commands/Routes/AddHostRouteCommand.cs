using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>
/// Adds a route. For a veth pair: each of its addresses as /32 (/128) onto the host end, scope link, so that the host reaches the workload.
/// Needs CAP_NET_ADMIN.
/// </summary>
[Cmdlet(VerbsCommon.Add, "HostRoute", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low, DefaultParameterSetName = PairSet)]
[OutputType(typeof(HostRoute))]
[Needs(NeedsAttribute.NetAdmin)]
public sealed class AddHostRouteCommand : PairCommand
{
    private const string PairSet = "Pair", RouteSet = "Route";

    /// <summary>The pair.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PairSet), VethPairTransformation]
    public VethPair VethPair { get; set; } = null!;

    /// <summary>Where it leads: 0.0.0.0/0 or ::/0 for a default route.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = RouteSet), IPAddressTransformation(AllowPrefix = true, Single = true)]
    public string DestinationPrefix { get; set; } = "";

    /// <summary>The interface it leads through.</summary>
    [Parameter(Mandatory = true, ParameterSetName = RouteSet), Alias("ifAlias"), ArgumentCompleter(typeof(InterfaceCompleter))]
    public string InterfaceAlias { get; set; } = "";

    /// <summary>The next hop; without it, or with 0.0.0.0 or ::, the destination is on the link.</summary>
    [Parameter(ParameterSetName = RouteSet), IPAddressTransformation(Single = true)]
    public string? NextHop { get; set; }

    /// <summary>The metric: the lower is taken.</summary>
    [Parameter]
    public uint RouteMetric { get; set; }

    /// <summary>How far it reaches. Without it link for a destination on the link, else universe. IPv6 has universe only.</summary>
    [Parameter(ParameterSetName = RouteSet), ValidateSet(nameof(RouteScope.Universe), nameof(RouteScope.Site), nameof(RouteScope.Link), nameof(RouteScope.Host))]
    public string? Scope { get; set; }

    /// <summary>The table: main, local, default, or a number.</summary>
    [Parameter, ArgumentCompleter(typeof(RouteTableCompleter))]
    public string Table { get; set; } = "main";

    /// <summary>The namespace.</summary>
    [Parameter(ParameterSetName = RouteSet), NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? NetNamespace { get; set; }

    /// <summary>Takes equal routes that exist.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override string? NamespaceArgument => NetNamespace;

    private protected override object? Target => ParameterSetName == PairSet ? VethPair : DestinationPrefix;

    private protected override void Process()
    {
        if (ParameterSetName == PairSet)
        {
            FromPair(VethPair, pair => Add(pair.Session, pair.RequireAddresses().Select(address => Complete(new RouteSpec(pair.Host, address.ToPrefix()))), pair));
            return;
        }

        Names.CheckInterface(InterfaceAlias);
        var gateway = NextHop is null ? default : IPAddr.Parse(NextHop);
        var spec = new RouteSpec(new LinkRef(Where, InterfaceAlias), IPPrefix.Parse(DestinationPrefix))
        {
            Gateway = gateway.IsUnspecified ? default : gateway,
            Scope = Scope is null ? null : Enum.Parse<RouteScope>(Scope, ignoreCase: true),
        };
        List<HostRoute> added;
        using (var session = new NetworkSession())
        {
            added = Add(session, [Complete(spec)], null);
        }

        WriteObject(added, enumerateCollection: true);
    }

    private RouteSpec Complete(RouteSpec spec) => spec with { Metric = RouteMetric, Table = Texts.TableNumber(Table) };

    private List<HostRoute> Add(NetworkSession session, IEnumerable<RouteSpec> specs, OpenPair? pair)
    {
        List<HostRoute> added = [];
        foreach (var spec in specs)
        {
            Guard(
                () =>
                {
                    if (Add(session, spec))
                    {
                        added.Add(Read(session, spec, pair?.Current));
                    }
                },
                spec.Destination.ToString());
        }

        return added;
    }

    /// <summary>True where the route is there now, or would be.</summary>
    private bool Add(NetworkSession session, RouteSpec spec)
    {
        if (spec.Destination != spec.Destination.Network)
        {
            throw new ArgumentException($"'{spec.Destination}' is not a destination: it has host bits; did you mean {spec.Destination.Network}?");
        }

        var plan = new NetworkPlan();
        var change = plan.Add(new AddRoute(spec));
        if (!IsPreview)
        {
            var finding = change.Inspect(session.Snapshot(plan.Changes));
            if (finding.State != FindingState.Missing)
            {
                return Force && finding.State == FindingState.Present
                    ? true
                    : throw CommandFault.Exists($"Route {finding.Expected}", finding.State == FindingState.Different ? finding.Actual : "it is equal, -Force takes it");
            }
        }

        return Apply(plan, session, spec.ToString(), "Add route") || IsPreview;
    }

    /// <summary>The route as the kernel keeps it: IPv6 gives a metric where none was asked for.</summary>
    private HostRoute Read(NetworkSession session, RouteSpec spec, VethPair? pair)
    {
        var index = IsPreview ? 0 : session.IndexOf(spec.Link);
        var route = new Route(spec.Destination, index) { Gateway = spec.Gateway, Metric = spec.Metric, Table = spec.Table, Scope = spec.EffectiveScope };
        if (!IsPreview)
        {
            route = session.Stack(spec.Link.Namespace).Routes.List(spec.Destination.Family, spec.Table, index)
                .FirstOrDefault(r => r.Destination == spec.Destination && r.Gateway == spec.Gateway && (spec.Metric == 0 || r.Metric == spec.Metric)) ?? route;
        }

        return Objects.Route(spec.Link.Namespace, route, spec.Link.Name, pair) with { Planned = IsPreview };
    }
}

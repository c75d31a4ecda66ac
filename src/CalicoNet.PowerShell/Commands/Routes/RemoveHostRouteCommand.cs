using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>
/// Removes routes, as <c>ip route del</c> does it. For a veth pair: the /32 (/128) of each of its addresses onto the host end. Needs CAP_NET_ADMIN.
/// </summary>
[Cmdlet(VerbsCommon.Remove, "HostRoute", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = ObjectSet)]
[Needs(NeedsAttribute.NetAdmin)]
public sealed class RemoveHostRouteCommand : PairCommand
{
    private const string ObjectSet = "InputObject", PairSet = "Pair", RouteSet = "Route";

    /// <summary>Routes, as Get-HostRoute and Add-HostRoute give them.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ObjectSet)]
    public HostRoute InputObject { get; set; } = null!;

    /// <summary>A pair.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PairSet), VethPairTransformation]
    public VethPair VethPair { get; set; } = null!;

    /// <summary>Destinations: 0.0.0.0/0 or ::/0 for the default route; an address alone is its /32 or /128. Every route there that fits goes.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = RouteSet), IPAddressTransformation(AllowPrefix = true)]
    public string[] DestinationPrefix { get; set; } = [];

    /// <summary>Only through this interface.</summary>
    [Parameter(ParameterSetName = RouteSet), Alias("ifAlias"), ArgumentCompleter(typeof(InterfaceCompleter))]
    public string? InterfaceAlias { get; set; }

    /// <summary>Only with this next hop; 0.0.0.0 or :: for destinations on the link.</summary>
    [Parameter(ParameterSetName = RouteSet), IPAddressTransformation(Single = true)]
    public string? NextHop { get; set; }

    /// <summary>Only with this metric, 0 to 4294967295.</summary>
    [Parameter(ParameterSetName = PairSet)]
    [Parameter(ParameterSetName = RouteSet)]
    public uint? RouteMetric { get; set; }

    /// <summary>The table: main, local, default, or a number from 1 to 4294967295.</summary>
    [Parameter(ParameterSetName = PairSet)]
    [Parameter(ParameterSetName = RouteSet)]
    [ArgumentCompleter(typeof(RouteTableCompleter))]
    public string Table { get; set; } = "main";

    /// <summary>The namespace: a name, a path, an object, or <c>.</c> for this session's own. Without it the current one.</summary>
    [Parameter(ParameterSetName = RouteSet), NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? NetNamespace { get; set; }

    private protected override string? NamespaceArgument => NetNamespace;

    private protected override void Process()
    {
        switch (ParameterSetName)
        {
            case ObjectSet:
                Guard(() => Remove(InputObject), InputObject);
                break;
            case PairSet:
                Guard(() => OnPair(VethPair, Remove), VethPair);
                break;
            default:
                using (var session = new NetworkSession())
                {
                    Remove(session, DestinationPrefix.Select(IPPrefix.Parse).Select(OfParameters), isPlanned: false);
                }

                break;
        }
    }

    private void Remove(HostRoute found)
    {
        using var session = new NetworkSession();
        if (found.Planned || found.InterfaceIndex != 0)
        {
            LinkIdentity.Find(session, found, found.InterfaceAlias, found.InterfaceIndex, $"route {found}", IsPreview);
        }

        Remove(session, [RouteRemoval.Of(found)], found.Planned);
    }

    private void Remove(OpenPair pair)
        => Remove(
            pair.Session,
            pair.RequireAddresses().Select(address => new RouteRemoval(pair.Host.Namespace, address.ToPrefix(), Texts.TableNumber(Table)) { InterfaceName = pair.Host.Name, Metric = RouteMetric }),
            pair.IsPlanned);

    private RouteRemoval OfParameters(IPPrefix destination)
    {
        IPAddr? hop = NextHop is null ? null : IPAddr.Parse(NextHop);
        return new RouteRemoval(Where, destination, Texts.TableNumber(Table))
        {
            InterfaceName = InterfaceAlias,
            Gateway = hop is { IsUnspecified: true } ? default(IPAddr) : hop,
            Metric = RouteMetric,
        };
    }

    private void Remove(NetworkSession session, IEnumerable<RouteRemoval> removals, bool isPlanned)
    {
        foreach (var removal in removals)
        {
            Guard(() => Apply(isPlanned ? removal.PlanBlindly() : removal.PlanFor(session), session, removal.ToString(), "Remove route"), removal.Destination.ToString());
        }
    }
}

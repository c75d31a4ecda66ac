using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>
/// Makes a link-local address the workload's gateway: a route to 169.254.1.1 on the link, and the default route through it; for IPv6 the default
/// route through the host end's link-local address. Other default routes through the interface go. The neighbor table then holds one entry,
/// whatever the workload talks to. Needs CAP_NET_ADMIN and CAP_SYS_ADMIN.
/// </summary>
[Cmdlet(VerbsCommon.Set, "LinkLocalGateway", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(LinkLocalGateway))]
[Needs(NeedsAttribute.NetAdmin, NeedsAttribute.SysAdmin)]
public sealed class SetLinkLocalGatewayCommand : PairCommand
{
    /// <summary>The pair.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true), VethPairTransformation]
    public VethPair VethPair { get; set; } = null!;

    /// <summary>The IPv4 gateway, an address in 169.254.0.0/16.</summary>
    [Parameter, IPAddressTransformation(Single = true)]
    public string Gateway { get; set; } = Endpoint.DefaultGateway.ToString();

    /// <summary>Sets the gateways' MAC address for good: the workload needs no ARP and no NDP, and the host no proxy ARP and no default route.</summary>
    [Parameter]
    public SwitchParameter StaticNeighbor { get; set; }

    private protected override string? NamespaceArgument => null;

    private protected override object? Target => VethPair;

    private protected override void Process() => FromPair(VethPair, pair =>
    {
        var gateway = IPAddr.Parse(Gateway);
        if (gateway.Family != IPFamily.IPv4)
        {
            throw new ArgumentException($"'{Gateway}' is not an IPv4 address; the IPv6 gateway is always the host end's link-local address.");
        }

        if (!gateway.IsLinkLocal)
        {
            throw new ArgumentException($"'{gateway}' is not a link-local address (169.254.0.0/16); other gateways are routes, for Add-HostRoute.");
        }

        var wanted = GatewayReader.Wanted(pair, gateway, StaticNeighbor);
        var plan = pair.IsPlanned ? wanted.FromNothing(HostMac(pair)) : wanted.From(pair.Session);
        if (plan.Changes.Count > 0 && !Apply(plan, pair.Session, $"{pair.Workload}", "Set link-local gateway"))
        {
            return IsPreview ? [Planned(wanted, pair)] : [];
        }

        return Emitted(pair);
    });

    private static LinkLayerAddress HostMac(OpenPair pair) => LinkLayerAddress.ParseMac(pair.Current.HostMacAddress);

    private static IReadOnlyList<LinkLocalGateway> Emitted(OpenPair pair)
        => GatewayReader.Read(pair.Session.Stack(pair.Workload.Namespace), pair.WorkloadLink.Index, pair.Current);

    private LinkLocalGateway Planned(GatewayPlan wanted, OpenPair pair) => new()
    {
        NetNamespace = pair.Workload.Namespace.ToString(),
        Gateway = wanted.Gateway.ToString(),
        IPv6Gateway = wanted.IPv6 ? Endpoint.LinkLocalOf(HostMac(pair)).ToString() : "",
        InterfaceAlias = pair.Workload.Name,
        StaticNeighbor = Texts.Of(StaticNeighbor),
        VethPair = pair.Current,
        Planned = true,
    };
}

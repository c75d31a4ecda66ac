using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Sets a neighbor for good, in the place of any other entry of that address (<c>ip neigh replace ... nud permanent</c>). Needs CAP_NET_ADMIN.</summary>
[Cmdlet(VerbsCommon.Add, "Neighbor", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(Neighbor))]
public sealed class AddNeighborCommand : NamespaceCommand
{
    /// <summary>The neighbor's address.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true), IPAddressTransformation(Single = true)]
    public string IPAddress { get; set; } = "";

    /// <summary>Its MAC address.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true), Alias("MacAddress", "MAC"), MacAddressTransformation]
    public string LinkLayerAddress { get; set; } = "";

    /// <summary>The interface it is on.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true), Alias("ifAlias"), ArgumentCompleter(typeof(InterfaceCompleter))]
    public string InterfaceAlias { get; set; } = "";

    /// <summary>The namespace: a name, a path, an object, or <c>.</c> for this session's own. Without it the current one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? NetNamespace { get; set; }

    private protected override string? NamespaceArgument => NetNamespace;

    private protected override object? Target => IPAddress;

    private protected override void Process()
    {
        Names.CheckInterface(InterfaceAlias);
        var link = new LinkRef(Where, InterfaceAlias);
        var (address, mac) = (IPAddr.Parse(IPAddress), Netlink.LinkLayerAddress.ParseMac(LinkLayerAddress));
        var plan = new NetworkPlan();
        plan.Add(new AddNeighbor(link, address, mac) { Replace = true });
        var index = 0;
        using (var session = new NetworkSession())
        {
            if (!Apply(plan, session, $"{address} on interface {link}", "Set neighbor"))
            {
                if (!IsPreview)
                {
                    return;
                }
            }
            else
            {
                index = session.IndexOf(link);
            }
        }

        WriteObject(Objects.Neighbor(link.Namespace.ToString(), new NeighborEntry(index, address, mac, NeighborState.Permanent), link.Name) with { Planned = index == 0 });
    }
}

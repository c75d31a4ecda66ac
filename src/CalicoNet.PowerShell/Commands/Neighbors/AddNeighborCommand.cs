using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Sets a neighbor for good, in the place of any other entry of that address (<c>ip neigh replace ... nud permanent</c>). Needs CAP_NET_ADMIN.</summary>
[Cmdlet(VerbsCommon.Add, "Neighbor", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low, DefaultParameterSetName = AddressSet)]
[OutputType(typeof(Neighbor))]
[Needs(NeedsAttribute.NetAdmin)]
public sealed class AddNeighborCommand : NamespaceCommand
{
    private const string AddressSet = "Address", ObjectSet = "InputObject";

    /// <summary>The neighbor's address.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = AddressSet), IPAddressTransformation(Single = true)]
    public string IPAddress { get; set; } = "";

    /// <summary>Its MAC address.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = AddressSet), Alias("MacAddress", "MAC"), MacAddressTransformation]
    public string LinkLayerAddress { get; set; } = "";

    /// <summary>The interface it is on.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AddressSet), Alias("ifAlias"), ArgumentCompleter(typeof(InterfaceCompleter))]
    public string InterfaceAlias { get; set; } = "";

    /// <summary>The namespace: a name, a path, an object, or <c>.</c> for this session's own. Without it the current one.</summary>
    [Parameter(ParameterSetName = AddressSet), NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? NetNamespace { get; set; }

    /// <summary>Entries that were learned, to be kept for good.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ObjectSet)]
    public Neighbor InputObject { get; set; } = null!;

    private protected override string? NamespaceArgument => NetNamespace;

    private protected override object? Target => ParameterSetName == ObjectSet ? InputObject : IPAddress;

    private protected override void Process()
    {
        if (ParameterSetName == ObjectSet && InputObject.LinkLayerAddress.Length == 0)
        {
            throw new ArgumentException($"Neighbor {InputObject} has no link-layer address to keep: it is not resolved.");
        }

        Neighbor? added;
        using (var session = new NetworkSession())
        {
            added = ParameterSetName == ObjectSet ? Add(session, LinkOf(session, InputObject), InputObject.IPAddress, InputObject.LinkLayerAddress)
                : Add(session, NamedLink(), IPAddress, LinkLayerAddress);
        }

        if (added is not null)
        {
            WriteObject(added);
        }
    }

    private LinkRef NamedLink()
    {
        Names.CheckInterface(InterfaceAlias);
        return new LinkRef(Where, InterfaceAlias);
    }

    private LinkRef LinkOf(NetworkSession session, Neighbor found)
        => LinkIdentity.Find(session, found, found.InterfaceAlias, found.InterfaceIndex, $"neighbor {found}", IsPreview);

    /// <summary>The entry as it is now, or would be; null where the user said no.</summary>
    private Neighbor? Add(NetworkSession session, LinkRef link, string ipAddress, string linkLayerAddress)
    {
        var (address, mac) = (IPAddr.Parse(ipAddress), Netlink.LinkLayerAddress.ParseMac(linkLayerAddress));
        var plan = new NetworkPlan();
        plan.Add(new AddNeighbor(link, address, mac) { Replace = true });
        var isDone = Apply(plan, session, $"{address} on interface {link}", "Set neighbor");
        return isDone || IsPreview
            ? Objects.Neighbor(link.Namespace.ToString(), new NeighborEntry(isDone ? session.IndexOf(link) : 0, address, mac, NeighborState.Permanent), link.Name) with { Planned = !isDone }
            : null;
    }
}

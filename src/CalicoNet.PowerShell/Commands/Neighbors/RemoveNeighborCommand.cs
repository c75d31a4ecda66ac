using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Removes entries of a neighbor table. Needs CAP_NET_ADMIN.</summary>
[Cmdlet(VerbsCommon.Remove, "Neighbor", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = AddressSet)]
[Needs(NeedsAttribute.NetAdmin)]
public sealed class RemoveNeighborCommand : NamespaceCommand
{
    private const string AddressSet = "Address", ObjectSet = "InputObject";

    /// <summary>The neighbors' addresses.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = AddressSet), IPAddressTransformation]
    public string[] IPAddress { get; set; } = [];

    /// <summary>The interface they are on.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AddressSet), Alias("ifAlias"), ArgumentCompleter(typeof(InterfaceCompleter))]
    public string InterfaceAlias { get; set; } = "";

    /// <summary>The namespace: a name, a path, an object, or <c>.</c> for this session's own. Without it the current one.</summary>
    [Parameter(ParameterSetName = AddressSet), NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? NetNamespace { get; set; }

    /// <summary>Entries.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ObjectSet)]
    public Neighbor InputObject { get; set; } = null!;

    private protected override string? NamespaceArgument => NetNamespace;

    private protected override object? Target => ParameterSetName == ObjectSet ? InputObject : null;

    private protected override void Process()
    {
        using var session = new NetworkSession();
        if (ParameterSetName == ObjectSet)
        {
            Remove(session, LinkIdentity.Find(session, InputObject, InputObject.InterfaceAlias, InputObject.InterfaceIndex, $"neighbor {InputObject}", IsPreview), IPAddr.Parse(InputObject.IPAddress));
            return;
        }

        Names.CheckInterface(InterfaceAlias);
        foreach (var address in IPAddress)
        {
            Guard(() => Remove(session, new LinkRef(Where, InterfaceAlias), IPAddr.Parse(address)), address);
        }
    }

    private void Remove(NetworkSession session, LinkRef link, IPAddr address)
    {
        var plan = new NetworkPlan();
        plan.Add(new RemoveNeighbor(link, address));
        if (!MayChange(plan.Commands, $"{address} on interface {link}", "Remove neighbor"))
        {
            return;
        }

        var result = plan.Apply(session, OnFailure.Continue);
        result.ThrowIfFailed();
        if (result.Outcomes[0] == Outcome.AlreadyDone)
        {
            throw CommandFault.NotFound($"neighbor {address} on interface {link}");
        }
    }
}

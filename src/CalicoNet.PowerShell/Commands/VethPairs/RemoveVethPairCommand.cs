using System.Management.Automation;
using CalicoNet.Core;

namespace CalicoNet.Commands;

/// <summary>
/// Removes veth pairs, both ends at once, with their addresses and routes. Many that come down the pipeline are removed together. Needs
/// CAP_NET_ADMIN, and CAP_SYS_ADMIN to reach into the namespaces.
/// </summary>
[Cmdlet(VerbsCommon.Remove, "VethPair", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = ObjectSet)]
[Needs(NeedsAttribute.NetAdmin, NeedsAttribute.SysAdmin)]
public sealed class RemoveVethPairCommand : PairCommand
{
    private const string NameSet = "Name", ObjectSet = "InputObject";

    private readonly PairRemoval _removal = new();

    /// <summary>Names of ends, one end each: the other goes with it.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = NameSet), Alias("ifAlias"), ArgumentCompleter(typeof(InterfaceCompleter))]
    [AllowEmptyString]
    public string[] InterfaceAlias { get; set; } = [];

    /// <summary>The namespace these ends are in: a name, a path, an object, or <c>.</c> for this session's own. Without it the current one.</summary>
    [Parameter(ParameterSetName = NameSet), NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? NetNamespace { get; set; }

    /// <summary>Pairs. They are removed by identity: a renamed end is followed, another interface that has its name or number by now stays.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ObjectSet)]
    public VethPair InputObject { get; set; } = null!;

    /// <summary>Removes the pair of a Calico endpoint too, of which the rest stays. Remove-CalicoEndpoint removes all of it.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override string? NamespaceArgument => NetNamespace;

    private protected override void Process()
    {
        if (ParameterSetName == ObjectSet)
        {
            Guard(() => OnPair(InputObject, pair => Add(pair.IsPlanned ? PairRemoval.OfPlanned(pair) : PairRemoval.Of(pair, Force))), InputObject);
            return;
        }

        foreach (var name in InterfaceAlias)
        {
            Guard(() => Add(PairRemoval.Of(new LinkRef(Where, name), Force)), name);
        }
    }

    private void Add(RemoveLink change)
    {
        if (MayChange(change.Commands, change.Link.ToString(), "Remove veth pair") && _removal.Add(change))
        {
            Flush();
        }
    }

    private protected override void Finish() => Flush();

    private void Flush()
    {
        foreach (var failure in _removal.Flush())
        {
            Report(failure, failure.Subject);
        }
    }

    /// <summary>A pipeline that is stopped was told of these that they are removed: they are.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _removal.Flush();
        }

        base.Dispose(disposing);
    }
}

using System.Management.Automation;
using CalicoNet.Core;

namespace CalicoNet.Commands;

/// <summary>Has a node give its blocks up, and deletes its document. One with addresses in use is refused, unless by -Force: they stay allocated.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "CalicoNode", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = NameSet)]
public sealed class UnregisterCalicoNodeCommand : DatastoreCommand
{
    private const string NameSet = "Name", ObjectSet = "InputObject";

    /// <summary>Names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = NameSet), NameTransformation, ArgumentCompleter(typeof(NodeCompleter))]
    [AllowEmptyString]
    public string[] Name { get; set; } = [];

    /// <summary>Nodes.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ObjectSet)]
    public CalicoNode InputObject { get; set; } = null!;

    /// <summary>Even if it has addresses in use.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override void Process()
    {
        if (ParameterSetName == ObjectSet)
        {
            Guard(() => Unregister(SourceOf(InputObject), InputObject.Planned && !IsPreview ? throw CommandFault.Planned($"node '{InputObject}'") : InputObject.Name, InputObject.Planned), InputObject);
            return;
        }

        foreach (var name in Name)
        {
            Guard(() => Unregister(Source, name), name);
        }
    }

    private void Unregister(CalicoDatastore source, string name, bool isPlanned = false)
    {
        var nodes = new CalicoNodes(source.Connection.Open());
        if (!isPlanned)
        {
            nodes.Unregister(name, Force, isPreview: true, Cancellation);
        }

        if (MayChange([$"take the blocks from node '{name}', and delete it, in {source}"], name, "Unregister node"))
        {
            nodes.Unregister(name, Force, cancellation: Cancellation);
        }
    }
}

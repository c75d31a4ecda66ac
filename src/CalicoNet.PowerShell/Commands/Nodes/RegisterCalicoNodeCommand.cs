using System.Management.Automation;
using CalicoNet.Core;

namespace CalicoNet.Commands;

/// <summary>
/// Makes a node's document, with labels that pools can select it by. A node that asks for an address gets one without labels by itself; one
/// that is there is never changed.
/// </summary>
[Cmdlet(VerbsLifecycle.Register, "CalicoNode", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(CalicoNode))]
public sealed class RegisterCalicoNodeCommand : DatastoreCommand
{
    /// <summary>Its name: a DNS name in lower case. Without it this host's.</summary>
    [Parameter(Position = 0), ArgumentCompleter(typeof(NodeCompleter)), ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>Labels, as <c>key=value</c>.</summary>
    [Parameter(Position = 1), TextListTransformation]
    public string[] Label { get; set; } = [];

    /// <summary>Takes a node with the same labels that exists.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override object? Target => Name;

    private protected override bool MakesDatastore => true;

    private protected override void Process()
    {
        var name = Core.NodeName.Check(Name ?? Node);
        var labels = Label.Aggregate(StringMap.Empty, (all, label) => label.Split('=', 2) is [{ Length: > 0 } key, var value]
            ? all.With(key, value)
            : throw new ArgumentException($"'{label}' is not a label: use key=value."));
        if (IpamSurvey.Take(Store, Cancellation) is var survey && survey.Nodes.FirstOrDefault(node => node.Name == name) is { } existing)
        {
            WriteObject(Force && existing.Labels.Equals(labels)
                ? IpamObjects.Node(Source, existing, survey)
                : throw CommandFault.Exists($"Node '{name}'", Force ? $"its labels are '{string.Join(", ", existing.Labels.Select(label => $"{label.Key}={label.Value}"))}'" : null));
            return;
        }

        if (MayChange([$"create node '{name}'{(Label.Length == 0 ? "" : $" with the labels {string.Join(", ", Label)}")} in {Source}"], name, "Register node"))
        {
            WriteObject(IpamObjects.Node(Source, new CalicoNodes(Store).Register(name, labels, DateTimeOffset.UtcNow, Cancellation)));
        }
        else if (IsPreview)
        {
            WriteObject(new CalicoNode { Source = Source, Name = name, Label = new TextList(Label.Order(StringComparer.Ordinal)), Planned = true });
        }
    }
}

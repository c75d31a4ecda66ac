using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Creates a network namespace, as <c>ip netns add</c> does it. Needs CAP_SYS_ADMIN.</summary>
[Cmdlet(VerbsCommon.New, "NetNamespace", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(NetNamespace))]
[Needs(NeedsAttribute.SysAdmin)]
public sealed class NewNetNamespaceCommand : NetworkCommand
{
    /// <summary>Its name: at most 255 bytes, no '/', not '.' or '..'. From the pipeline texts only.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), NameTransformation]
    [AllowEmptyString]
    public string Name { get; set; } = "";

    /// <summary>Takes one that exists.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override object? Target => Name;

    private protected override void Process()
    {
        Names.CheckNamespace(Name);
        var reference = NetNamespaceRef.Parse(Name);
        if (NetNamespaces.Exists(Name))
        {
            WriteObject(Force ? NamespaceReader.Read(Name) : throw CommandFault.Exists($"Network namespace '{Name}'"));
            return;
        }

        var plan = new NetworkPlan();
        plan.Add(new CreateNamespace(reference));
        using (var session = new NetworkSession())
        {
            if (!Apply(plan, session, Name, "Create network namespace"))
            {
                if (IsPreview)
                {
                    // The text is noted, so that it is refused as planned also where it binds by its property's name.
                    var planned = new NetNamespace { Name = Name, Path = reference.Path, Planned = true };
                    WriteObject(planned with { NetNamespace = PlannedNamespaces.Note(Name, planned) });
                }

                return;
            }
        }

        WriteObject(NamespaceReader.Read(Name));
    }
}

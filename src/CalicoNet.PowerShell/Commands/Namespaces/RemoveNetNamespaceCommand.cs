using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>
/// Removes a network namespace, as <c>ip netns del</c> does it: its name goes, and with the last process and socket in it the namespace
/// itself. Needs CAP_SYS_ADMIN.
/// </summary>
[Cmdlet(VerbsCommon.Remove, "NetNamespace", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = ObjectSet)]
[Needs(NeedsAttribute.SysAdmin)]
public sealed class RemoveNetNamespaceCommand : NetworkCommand
{
    private const string NameSet = "Name", ObjectSet = "InputObject";

    /// <summary>Names; from the pipeline texts only.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = NameSet), NameTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    [AllowEmptyString]
    public string[] Name { get; set; } = [];

    /// <summary>Namespaces.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ObjectSet)]
    public NetNamespace InputObject { get; set; } = null!;

    /// <summary>Removes the name of one that processes are in: they keep the namespace alive without it.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override void Process()
    {
        if (ParameterSetName == ObjectSet)
        {
            Guard(() => Remove(InputObject), InputObject);
            return;
        }

        foreach (var name in Name)
        {
            Guard(
                () =>
                {
                    Names.CheckNamespace(name);
                    NamespaceReader.CheckRemoval(name, cookie: "", Force);
                    Remove(NetNamespaceRef.Parse(name));
                },
                name);
        }
    }

    private void Remove(NetNamespace found)
    {
        var reference = NetNamespaceRef.Parse(found.NetNamespace);
        if (!reference.IsName)
        {
            throw new ArgumentException($"Network namespace '{found}' has no name to remove: it goes with the last process in it.");
        }

        if (!found.Planned)
        {
            NamespaceReader.CheckRemoval(found.Name, found.NetNamespaceCookie, Force);
        }

        Remove(reference);
    }

    private void Remove(NetNamespaceRef reference)
    {
        var plan = new NetworkPlan();
        plan.Add(new RemoveNamespace(reference));
        using var session = new NetworkSession();
        Apply(plan, session, reference.ToString(), "Remove network namespace");
    }
}

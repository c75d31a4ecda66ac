using System.Management.Automation;

namespace CalicoNet.Commands;

/// <summary>Lists network namespaces, as <c>ip netns list</c> does it. What is inside one is read with CAP_SYS_ADMIN only.</summary>
[Cmdlet(VerbsCommon.Get, "NetNamespace")]
[OutputType(typeof(NetNamespace))]
public sealed class GetNetNamespaceCommand : NetworkCommand
{
    /// <summary>Names; wildcards are allowed. Paths and <c>.</c> for this session's own do as well. Without it all.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true), NetNamespaceTransformation, SupportsWildcards, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Lists the unnamed ones of running processes too, this session's own (<c>.</c>) among them: by path, with a process that is in it.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    private protected override void Process()
    {
        foreach (var name in Name)
        {
            Guard(() => WriteObject(NamespaceReader.List(new NamePattern(name), All), enumerateCollection: true), name);
        }
    }
}

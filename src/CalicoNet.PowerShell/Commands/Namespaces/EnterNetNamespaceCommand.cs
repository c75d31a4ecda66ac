using System.Management.Automation;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>
/// Makes a network namespace the one that this session's cmdlets work in when none is given, until <c>Exit-NetNamespace</c>. Only cmdlets of
/// this module follow: the session itself, and what it starts, stay where they are.
/// </summary>
[Cmdlet(VerbsCommon.Enter, "NetNamespace")]
[Needs(NeedsAttribute.SysAdmin)]
public sealed class EnterNetNamespaceCommand : NamespaceCommand
{
    /// <summary>The namespace: a name, a path, a NetNamespace object, or <c>.</c> for this session's own.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), NetNamespaceTransformation, NameTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string NetNamespace { get; set; } = "";

    private protected override string? NamespaceArgument => NetNamespace;

    private protected override object? Target => NetNamespace;

    private protected override void Process()
    {
        NetworkStack.Open(Where).Dispose();   // one that is not there, or may not be entered, is told now
        CurrentNamespace.Top = new(Where, IsBlock: false, CurrentNamespace.Top);
    }
}

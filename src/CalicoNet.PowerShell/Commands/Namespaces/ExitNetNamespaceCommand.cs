using System.Management.Automation;

namespace CalicoNet.Commands;

/// <summary>
/// Goes back to the namespace that was this session's current one before the last <c>Enter-NetNamespace</c>. Without one it does nothing. In
/// a block of <c>Invoke-NetNamespace</c> it does not leave the block's namespace.
/// </summary>
[Cmdlet(VerbsCommon.Exit, "NetNamespace")]
public sealed class ExitNetNamespaceCommand : NetworkCommand
{
    private protected override void Process()
    {
        if (CurrentNamespace.Top is { IsBlock: false } top)
        {
            CurrentNamespace.Top = top.Below;
        }
    }
}

using System.Management.Automation;

namespace CalicoNet.Commands;

/// <summary>Keeps the kernel from forwarding packets between interfaces. Needs CAP_NET_ADMIN.</summary>
[Cmdlet(VerbsLifecycle.Disable, "IPForwarding", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(IPForwarding))]
[Needs(NeedsAttribute.NetAdmin)]
public sealed class DisableIPForwardingCommand : SwitchForwardingCommand
{
    /// <summary>Writes the state as it became.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process()
    {
        if (Switch(on: false) is { } state && PassThru)
        {
            WriteObject(state);
        }
    }
}

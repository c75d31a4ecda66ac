using System.Management.Automation;

namespace CalicoNet.Commands;

/// <summary>Lets the kernel forward packets between interfaces (<c>ip_forward</c>, <c>conf/*/forwarding</c>). Needs CAP_NET_ADMIN.</summary>
[Cmdlet(VerbsLifecycle.Enable, "IPForwarding", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(IPForwarding))]
[Needs(NeedsAttribute.NetAdmin)]
public sealed class EnableIPForwardingCommand : SwitchForwardingCommand
{
    private protected override void Process()
    {
        if (Switch(on: true) is { } state)
        {
            WriteObject(state);
        }
    }
}

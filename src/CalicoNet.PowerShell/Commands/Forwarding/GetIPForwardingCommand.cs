using System.Management.Automation;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Tells whether packets are forwarded between interfaces.</summary>
[Cmdlet(VerbsCommon.Get, "IPForwarding")]
[OutputType(typeof(IPForwarding))]
public sealed class GetIPForwardingCommand : ForwardingCommand
{
    private protected override void Process()
    {
        IPForwarding state;
        using (var stack = NetworkStack.Open(Where))
        {
            Check(stack);
            state = Read(stack);
        }

        WriteObject(state);
    }
}

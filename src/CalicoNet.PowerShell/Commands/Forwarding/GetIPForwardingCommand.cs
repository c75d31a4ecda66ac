using System.Management.Automation;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Tells whether packets are forwarded between interfaces.</summary>
[Cmdlet(VerbsCommon.Get, "IPForwarding")]
[OutputType(typeof(IPForwarding))]
public sealed class GetIPForwardingCommand : ForwardingCommand
{
    /// <summary>The namespace: a name, a path, an object, or <c>.</c> for this session's own. Without it the current one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public override string? NetNamespace { get; set; }

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

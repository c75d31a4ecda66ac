using System.Management.Automation;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Asks the kernel which way packets to an address take, as <c>ip route get</c> does it.</summary>
[Cmdlet(VerbsCommon.Find, "HostRoute")]
[OutputType(typeof(HostRoute))]
public sealed class FindHostRouteCommand : NamespaceCommand
{
    /// <summary>The addresses.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), IPAddressTransformation]
    public string[] RemoteIPAddress { get; set; } = [];

    /// <summary>The namespace: a name, a path, an object, or <c>.</c> for this session's own. Without it the current one.</summary>
    [Parameter, NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? NetNamespace { get; set; }

    private protected override string? NamespaceArgument => NetNamespace;

    private protected override void Process()
    {
        foreach (var text in RemoteIPAddress)
        {
            Guard(() => WriteObject(Find(IPAddr.Parse(text))), text);
        }
    }

    private HostRoute Find(IPAddr address)
    {
        using var stack = NetworkStack.Open(Where);
        try
        {
            return RouteReader.Find(stack, address);
        }
        catch (NetlinkException e) when (e.Errno is Errno.EINVAL or Errno.EACCES && e.KernelMessage is null)
        {
            // The errno of a blackhole and of a prohibition, which mean something else everywhere else; of a bad request the kernel says more.
            throw new CommandFault(
                ErrorIds.NetworkUnreachable, ErrorCategory.InvalidOperation,
                $"Packets to {address} are dropped: the route is {(e.Errno == Errno.EINVAL ? "a blackhole" : "a prohibition")}.",
                "Look at the routes with Get-HostRoute -Table all; the longest prefix counts.");
        }
    }
}

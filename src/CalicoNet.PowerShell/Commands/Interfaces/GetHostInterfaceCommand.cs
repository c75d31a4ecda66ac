using System.Management.Automation;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Lists the interfaces of a network namespace, as <c>ip link show</c> does it.</summary>
[Cmdlet(VerbsCommon.Get, "HostInterface")]
[OutputType(typeof(HostInterface))]
public sealed class GetHostInterfaceCommand : NamespaceCommand
{
    /// <summary>Names; wildcards are allowed. Without it all.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true), Alias("ifAlias"), SupportsWildcards, ValidateNotNullOrEmpty, ArgumentCompleter(typeof(InterfaceCompleter))]
    public string[]? InterfaceAlias { get; set; }

    /// <summary>Numbers, from 1 on. Where names are given too, an interface must have one of both.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Alias("ifIndex"), ValidateRange(1, int.MaxValue)]
    public int[]? InterfaceIndex { get; set; }

    /// <summary>The namespace: a name, a path, an object, or <c>.</c> for this session's own. Without it the current one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? NetNamespace { get; set; }

    private protected override string? NamespaceArgument => NetNamespace;

    private protected override void Process()
    {
        List<HostInterface> found;
        using (var stack = NetworkStack.Open(Where))
        {
            found = [.. InterfaceReader.Select(stack, InterfaceAlias, InterfaceIndex, Guard).Select(link => Objects.Interface(stack, link))];
        }

        WriteObject(found, enumerateCollection: true);
    }
}

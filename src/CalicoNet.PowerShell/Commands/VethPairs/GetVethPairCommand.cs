using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>
/// Lists veth pairs, whichever end is given: the ends are joined across namespaces. Without anything those with their host end in the
/// session's namespace. Needs CAP_SYS_ADMIN to look into other namespaces.
/// </summary>
[Cmdlet(VerbsCommon.Get, "VethPair", DefaultParameterSetName = NameSet)]
[OutputType(typeof(VethPair))]
public sealed class GetVethPairCommand : PairCommand
{
    private const string NameSet = "Name", PairSet = "Pair";

    /// <summary>Names of ends in the namespace; wildcards are allowed. Without it all.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = NameSet), Alias("ifAlias"), SupportsWildcards, ValidateNotNullOrEmpty, ArgumentCompleter(typeof(InterfaceCompleter))]
    public string[]? InterfaceAlias { get; set; }

    /// <summary>Numbers of ends in the namespace, from 1 on.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = NameSet), Alias("ifIndex"), ValidateRange(1, int.MaxValue)]
    public int[]? InterfaceIndex { get; set; }

    /// <summary>
    /// The namespace to look for ends in, the host's or a workload's: a name, a path, an object, or <c>.</c> for this session's own. Without it the
    /// host's.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = NameSet), NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? NetNamespace { get; set; }

    /// <summary>
    /// The host's namespace: the end there is the host's. Without it the one of a Calico endpoint that faces its host, the one in this session's own
    /// namespace, else the one that was looked for.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = NameSet), NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? HostNetNamespace { get; set; }

    /// <summary>A pair, to be read again.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PairSet), VethPairTransformation]
    public VethPair VethPair { get; set; } = null!;

    private protected override string? NamespaceArgument => NetNamespace ?? HostNetNamespace;

    private protected override object? Target => ParameterSetName == PairSet ? VethPair : null;

    private protected override void Process()
    {
        if (ParameterSetName == PairSet)
        {
            FromPair<VethPair>(VethPair, pair => [pair.Current]);
            return;
        }

        IReadOnlyList<VethPair> found;
        IReadOnlyList<Link> single;
        using (var stack = NetworkStack.Open(Where))
        {
            var ends = InterfaceReader.Select(stack, InterfaceAlias, InterfaceIndex, Guard);
            found = PairReader.List(stack, ends, HostNetNamespace is null ? null : NetNamespaceRef.Parse(HostNetNamespace));
            single = InterfaceReader.IsWildcard(InterfaceAlias, InterfaceIndex) ? [] : PairReader.Unpaired(stack, ends, found);
        }

        foreach (var end in single)
        {
            Guard(() => throw CommandFault.NotFound($"veth pair with the end {new LinkRef(Where, end.Name)}"), end.Name);
        }

        WriteObject(found, enumerateCollection: true);
    }
}

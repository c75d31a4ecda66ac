using System.Management.Automation;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Tells the link-local gateways of workloads.</summary>
[Cmdlet(VerbsCommon.Get, "LinkLocalGateway", DefaultParameterSetName = NamespaceSet)]
[OutputType(typeof(LinkLocalGateway))]
public sealed class GetLinkLocalGatewayCommand : PairCommand
{
    private const string NamespaceSet = "Namespace", PairSet = "Pair";

    /// <summary>The namespace: a name, a path, an object, or <c>.</c> for this session's own. Without it the current one.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = NamespaceSet), NetNamespaceTransformation, NameTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? NetNamespace { get; set; }

    /// <summary>A pair.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PairSet), VethPairTransformation]
    public VethPair VethPair { get; set; } = null!;

    private protected override string? NamespaceArgument => NetNamespace;

    private protected override void Process()
    {
        if (ParameterSetName == PairSet)
        {
            FromPair(VethPair, pair => GatewayReader.Read(pair.Session.Stack(pair.RequireReal().Namespace), pair.WorkloadLink.Index, pair.Current));
            return;
        }

        IReadOnlyList<LinkLocalGateway> found;
        using (var stack = NetworkStack.Open(Where))
        {
            found = GatewayReader.Read(stack, 0, null);
        }

        WriteObject(found, enumerateCollection: true);
    }
}

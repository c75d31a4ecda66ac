using System.Management.Automation;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Lists the sources of outgoing NAT; of a pair, its addresses, enabled or disabled. Needs CAP_NET_ADMIN, which nf_tables asks for even to read.</summary>
[Cmdlet(VerbsCommon.Get, "NatOutgoing", DefaultParameterSetName = NamespaceSet)]
[OutputType(typeof(NatOutgoing))]
[Needs(NeedsAttribute.NetAdmin)]
public sealed class GetNatOutgoingCommand : PairCommand
{
    private const string NamespaceSet = "Namespace", PairSet = "Pair";

    /// <summary>The host's namespace: a name, a path, an object, or <c>.</c> for this session's own. Without it the current one.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = NamespaceSet), NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? NetNamespace { get; set; }

    /// <summary>A pair.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PairSet), VethPairTransformation]
    public VethPair VethPair { get; set; } = null!;

    private protected override string? NamespaceArgument => NetNamespace;

    private protected override void Process()
    {
        if (ParameterSetName == PairSet)
        {
            FromPair(VethPair, pair =>
            {
                pair.RequireReal();
                var known = NatReader.Read(pair.Session.Stack(pair.Host.Namespace));
                return pair.RequireAddresses().Select(address => address.ToPrefix()).Select(source =>
                    known.FirstOrDefault(found => IPPrefix.Parse(found.SourcePrefix).Contains(source.Address)) is { } by
                        ? by with { VethPair = pair.Current }
                        : NatReader.ToObject(pair.Host.Namespace, source, enabled: false, [], pair.Current));
            });
            return;
        }

        IReadOnlyList<NatOutgoing> found;
        using (var stack = NetworkStack.Open(Where))
        {
            found = NatReader.Read(stack);
        }

        WriteObject(found, enumerateCollection: true);
    }
}

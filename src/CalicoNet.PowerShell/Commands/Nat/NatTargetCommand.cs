using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>A cmdlet that works on sources of outgoing NAT: a pair's addresses, or addresses and prefixes.</summary>
public abstract class NatTargetCommand : PairCommand
{
    private protected const string PairSet = "Pair", SourceSet = "Source";

    private protected NatTargetCommand()
    {
    }

    /// <summary>A pair, for its addresses.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PairSet), VethPairTransformation]
    public VethPair VethPair { get; set; } = null!;

    /// <summary>Source addresses and prefixes.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = SourceSet), IPAddressTransformation(AllowPrefix = true)]
    public string[] SourcePrefix { get; set; } = [];

    /// <summary>The host's namespace: a name, a path, an object, or <c>.</c> for this session's own. Without it the current one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = SourceSet), NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? NetNamespace { get; set; }

    private protected sealed override string? NamespaceArgument => NetNamespace;

    private protected override object? Target => ParameterSetName == PairSet ? VethPair : string.Join(", ", SourcePrefix);

    /// <summary>Works on sources and gives what is to be written.</summary>
    private protected abstract IEnumerable<NatOutgoing> Act(NetworkSession session, NetNamespaceRef host, IReadOnlyList<IPPrefix> sources, VethPair? pair);

    private protected sealed override void Process()
    {
        if (ParameterSetName == PairSet)
        {
            FromPair(VethPair, pair => Act(pair.Session, pair.Host.Namespace, [.. pair.RequireAddresses().Select(address => address.ToPrefix())], pair.Current));
            return;
        }

        var sources = SourcePrefix.Select(IPPrefix.Parse).ToList();
        foreach (var source in sources.Where(source => source != source.Network))
        {
            throw new ArgumentException($"'{source}' is not a prefix: it has host bits; did you mean {source.Network}?");
        }

        List<NatOutgoing> results;
        using (var session = new NetworkSession())
        {
            results = [.. Act(session, Where, sources, null)];
        }

        WriteObject(results, enumerateCollection: true);
    }
}

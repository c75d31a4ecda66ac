using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>A cmdlet that works on sources of outgoing NAT: a pair's addresses, or addresses and prefixes.</summary>
public abstract class NatTargetCommand : PairCommand
{
    private protected const string PairSet = "Pair", ObjectSet = "InputObject", SourceSet = "Source";

    private protected NatTargetCommand()
    {
    }

    /// <summary>A pair, for its addresses.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PairSet), VethPairTransformation]
    public VethPair VethPair { get; set; } = null!;

    /// <summary>Sources, as Get-NatOutgoing gives them.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ObjectSet)]
    public NatOutgoing InputObject { get; set; } = null!;

    /// <summary>Source addresses and prefixes.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = SourceSet), IPAddressTransformation(AllowPrefix = true)]
    public string[] SourcePrefix { get; set; } = [];

    /// <summary>The host's namespace: a name, a path, an object, or <c>.</c> for this session's own. Without it the current one.</summary>
    [Parameter(ParameterSetName = SourceSet), NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? NetNamespace { get; set; }

    private protected sealed override string? NamespaceArgument => NetNamespace;

    private protected override object? Target => ParameterSetName switch
    {
        PairSet => VethPair,
        ObjectSet => InputObject,
        _ => string.Join(", ", SourcePrefix),
    };

    /// <summary>Works on sources and gives what is to be written.</summary>
    private protected abstract IEnumerable<NatOutgoing> Act(NetworkSession session, NetNamespaceRef host, IReadOnlyList<IPPrefix> sources, VethPair? pair);

    private protected sealed override void Process()
    {
        switch (ParameterSetName)
        {
            case PairSet:
                FromPair(VethPair, pair => Act(pair.Session, pair.Host.Namespace, [.. pair.RequireAddresses().Select(address => address.ToPrefix())], pair.Current));
                break;
            case ObjectSet:
                if (InputObject.Planned && !IsPreview)
                {
                    throw CommandFault.Planned($"outgoing NAT of {InputObject.SourcePrefix}");
                }

                FromSources(NetNamespaceRef.Parse(InputObject.NetNamespace), [IPPrefix.Parse(InputObject.SourcePrefix)], InputObject.VethPair);
                break;
            default:
                var sources = SourcePrefix.Select(IPPrefix.Parse).ToList();
                foreach (var source in sources.Where(source => source != source.Network))
                {
                    throw new ArgumentException($"'{source}' is not a prefix: it has host bits; did you mean {source.Network}?");
                }

                FromSources(Where, sources, null);
                break;
        }
    }

    private void FromSources(NetNamespaceRef host, IReadOnlyList<IPPrefix> sources, VethPair? pair)
    {
        List<NatOutgoing> results;
        using (var session = new NetworkSession())
        {
            results = [.. Act(session, host, sources, pair)];
        }

        WriteObject(results, enumerateCollection: true);
    }
}

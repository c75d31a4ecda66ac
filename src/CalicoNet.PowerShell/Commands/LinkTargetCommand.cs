using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>A cmdlet that works on host interfaces: those of pairs, those given as objects, or those named.</summary>
public abstract class LinkTargetCommand : PairCommand
{
    private protected const string NameSet = "Name", ObjectSet = "InputObject", PairSet = "Pair";

    private protected LinkTargetCommand()
    {
    }

    /// <summary>A pair, for its host end.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PairSet), VethPairTransformation]
    public VethPair VethPair { get; set; } = null!;

    /// <summary>Interfaces.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ObjectSet)]
    public HostInterface InputObject { get; set; } = null!;

    /// <summary>Names.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = NameSet), Alias("ifAlias"), ArgumentCompleter(typeof(InterfaceCompleter))]
    [AllowEmptyString]
    public virtual string[] InterfaceAlias { get; set; } = [];

    /// <summary>The namespace: a name, a path, an object, or <c>.</c> for this session's own. Without it the current one.</summary>
    [Parameter(ParameterSetName = NameSet), NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? NetNamespace { get; set; }

    private protected sealed override string? NamespaceArgument => NetNamespace;

    /// <summary>The names as patterns: what changes something takes them literally.</summary>
    private protected virtual IEnumerable<string> Patterns => InterfaceAlias.Select(WildcardPattern.Escape);

    /// <summary>Does the work on one interface, which is null where it is only planned, and gives what is to be written.</summary>
    private protected abstract object? Act(NetworkSession session, LinkRef link, Link? now, VethPair? pair);

    private protected sealed override void Process()
    {
        switch (ParameterSetName)
        {
            case PairSet:
                FromPair(VethPair, pair => Given(Act(pair.Session, pair.Host, pair.IsPlanned ? null : pair.HostLink, pair.Current)));
                break;
            case ObjectSet:
                Guard(
                    () =>
                    {
                        if (InputObject.Planned && !IsPreview)
                        {
                            throw CommandFault.Planned($"interface '{InputObject}'");
                        }

                        InSession(session =>
                        {
                            var place = NetNamespaceRef.Parse(InputObject.NetNamespace);
                            var now = InputObject.Planned ? null : LinkIdentity.Find(session, place, InputObject.NetNamespaceCookie, InputObject.InterfaceIndex, $"interface '{InputObject}'");
                            return Given(Act(session, new LinkRef(place, now?.Name ?? InputObject.InterfaceAlias), now, null));
                        });
                    },
                    InputObject);
                break;
            default:
                InSession(session =>
                {
                    List<object> results = [];
                    var stack = session.Stack(Where);
                    foreach (var link in InterfaceReader.Select(stack, [.. Patterns], null, Guard))
                    {
                        Guard(() => results.AddRange(Given(Act(session, new LinkRef(stack.Namespace, link.Name), link, null))), link.Name);
                    }

                    return results;
                });
                break;
        }
    }

    private static IEnumerable<object> Given(object? result) => result is null ? [] : [result];

    /// <summary>Writes what work in a session gives when the session is closed again.</summary>
    private void InSession(Func<NetworkSession, IEnumerable<object>> work)
    {
        List<object> results;
        using (var session = new NetworkSession())
        {
            results = [.. work(session)];
        }

        WriteObject(results, enumerateCollection: true);
    }
}

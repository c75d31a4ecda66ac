using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Takes addresses from an interface, as <c>ip address del</c> does it; of a veth pair from the workload's end. Needs CAP_NET_ADMIN.</summary>
[Cmdlet(VerbsCommon.Remove, "HostAddress", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = ObjectSet)]
[Needs(NeedsAttribute.NetAdmin)]
public sealed class RemoveHostAddressCommand : PairCommand
{
    private const string ObjectSet = "InputObject", PairSet = "Pair", InterfaceSet = "Interface";

    /// <summary>Addresses: with a prefix length that very one, without whatever length it has.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PairSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = InterfaceSet)]
    [IPAddressTransformation(AllowPrefix = true)]
    public string[] IPAddress { get; set; } = [];

    /// <summary>A pair, for its workload end.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PairSet), VethPairTransformation]
    public VethPair VethPair { get; set; } = null!;

    /// <summary>The interface.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InterfaceSet), Alias("ifAlias"), ArgumentCompleter(typeof(InterfaceCompleter))]
    [AllowEmptyString]
    public string InterfaceAlias { get; set; } = "";

    /// <summary>The namespace: a name, a path, an object, or <c>.</c> for this session's own. Without it the current one.</summary>
    [Parameter(ParameterSetName = InterfaceSet), NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? NetNamespace { get; set; }

    /// <summary>Addresses, as Get-HostAddress gives them.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ObjectSet)]
    public HostAddress InputObject { get; set; } = null!;

    private protected override string? NamespaceArgument => NetNamespace;

    private protected override void Process()
    {
        switch (ParameterSetName)
        {
            case ObjectSet:
                Guard(() => Remove(InputObject), InputObject);
                break;
            case PairSet:
                Guard(() => OnPair(VethPair, pair => Remove(pair.Session, pair.Workload, IPAddress, pair.IsPlanned)), VethPair);
                break;
            default:
                Names.CheckInterface(InterfaceAlias);
                using (var session = new NetworkSession())
                {
                    Remove(session, new LinkRef(Where, InterfaceAlias), IPAddress, isPlanned: false);
                }

                break;
        }
    }

    private void Remove(HostAddress found)
    {
        using var session = new NetworkSession();
        var link = LinkIdentity.Find(session, found, found.InterfaceAlias, found.InterfaceIndex, $"address {found}", IsPreview);
        Remove(session, link, [found.ToString()], found.Planned);
    }

    private void Remove(NetworkSession session, LinkRef link, IEnumerable<string> addresses, bool isPlanned)
    {
        foreach (var text in addresses)
        {
            Guard(
                () =>
                {
                    var plan = new NetworkPlan();
                    foreach (var address in isPlanned ? [new InterfaceAddress(0, IPPrefix.Parse(text))] : AddressReader.Find(session, link, text))
                    {
                        plan.Add(new RemoveAddress(link, address.Prefix)
                        {
                            Peer = address.Peer,
                            Scope = address.Scope,
                            NoDuplicateDetection = (address.Flags & AddressFlags.NoDuplicateDetection) != 0,
                        });
                    }

                    Apply(plan, session, $"{text} on {link}", "Remove address");
                },
                text);
        }
    }
}

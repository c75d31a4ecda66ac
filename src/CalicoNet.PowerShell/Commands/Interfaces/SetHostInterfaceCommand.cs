using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>
/// Changes an interface, as <c>ip link set</c> does it; of a veth pair the host's end. All of the changes are made, or none. Needs CAP_NET_ADMIN.
/// </summary>
[Cmdlet(VerbsCommon.Set, "HostInterface", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = NameSet)]
[OutputType(typeof(HostInterface))]
[Needs(NeedsAttribute.NetAdmin)]
public sealed class SetHostInterfaceCommand : PairCommand
{
    private const string NameSet = "Name", ObjectSet = "InputObject", PairSet = "Pair";

    /// <summary>Names.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = NameSet), Alias("ifAlias"), ArgumentCompleter(typeof(InterfaceCompleter))]
    [AllowEmptyString]
    public string[] InterfaceAlias { get; set; } = [];

    /// <summary>The namespace: a name, a path, an object, or <c>.</c> for this session's own. Without it the current one.</summary>
    [Parameter(ParameterSetName = NameSet), NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? NetNamespace { get; set; }

    /// <summary>Interfaces.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ObjectSet)]
    public HostInterface InputObject { get; set; } = null!;

    /// <summary>A pair, for its host end.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PairSet), VethPairTransformation]
    public VethPair VethPair { get; set; } = null!;

    /// <summary>Up, or Down: that takes routes and neighbors along.</summary>
    [Parameter, ValidateSet(Texts.Up, Texts.Down)]
    public string? Status { get; set; }

    /// <summary>The MTU in bytes, 68 to 65536; drivers have limits of their own (65535 for a veth).</summary>
    [Parameter, ValidateRange(68, 65536)]
    public int? MtuSize { get; set; }

    /// <summary>The MAC address.</summary>
    [Parameter, Alias("MAC"), MacAddressTransformation]
    public string? MacAddress { get; set; }

    /// <summary>A new name, 15 bytes at most. Kernels before 6.2 rename only what is down.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? NewName { get; set; }

    private protected override string? NamespaceArgument => NetNamespace;

    private InterfaceChange Wanted => new()
    {
        Up = Status is null ? null : Status.Equals(Texts.Up, StringComparison.OrdinalIgnoreCase),
        Mtu = MtuSize,
        Address = string.IsNullOrEmpty(MacAddress) ? null : LinkLayerAddress.ParseMac(MacAddress),
        Name = NewName,
    };

    private protected override void Process()
    {
        if (NewName is not null)
        {
            Names.CheckInterface(NewName);
        }

        switch (ParameterSetName)
        {
            case PairSet:
                FromPair(VethPair, pair => Change(pair.Session, pair.Host, pair.IsPlanned ? null : pair.HostLink));
                break;
            case ObjectSet:
                Guard(() => ByIdentity(InputObject), InputObject);
                break;
            default:
                foreach (var name in InterfaceAlias)
                {
                    Guard(() => ByName(new LinkRef(Where, name)), name);
                }

                break;
        }
    }

    private void ByName(LinkRef link)
    {
        IReadOnlyList<HostInterface> changed;
        using (var session = new NetworkSession())
        {
            changed = Change(session, link, InterfaceReader.Find(session, link));
        }

        WriteObject(changed, enumerateCollection: true);
    }

    private void ByIdentity(HostInterface found)
    {
        if (found.Planned && !IsPreview)
        {
            throw CommandFault.Planned($"interface '{found}'");
        }

        var place = NetNamespaceRef.Parse(found.NetNamespace);
        IReadOnlyList<HostInterface> changed;
        using (var session = new NetworkSession())
        {
            var now = found.Planned ? null : LinkIdentity.Find(session, place, found.NetNamespaceCookie, found.InterfaceIndex, $"interface '{found}'");
            changed = Change(session, new LinkRef(place, now?.Name ?? found.InterfaceAlias), now);
        }

        WriteObject(changed, enumerateCollection: true);
    }

    /// <summary>The interface as it became, or would become; none where the user said no.</summary>
    private IReadOnlyList<HostInterface> Change(NetworkSession session, LinkRef link, Link? now)
    {
        var wanted = Wanted;
        var (plan, changed) = wanted.PlanFor(link, now);
        var isDone = plan.Changes.Count == 0 || Apply(plan, session, link.ToString(), "Change interface");
        if (now is null)
        {
            return [wanted.Preview(new HostInterface { NetNamespace = link.Namespace.ToString(), InterfaceAlias = link.Name })];
        }

        var stack = session.Stack(link.Namespace);
        return isDone ? [Objects.Interface(stack, stack.Links.Find(now.Index) ?? throw CommandFault.NotFound($"interface {changed} any more"))]
            : IsPreview ? [wanted.Preview(Objects.Interface(stack, now))]
            : [];
    }
}

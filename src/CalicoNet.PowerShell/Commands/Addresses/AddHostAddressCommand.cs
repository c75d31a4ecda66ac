using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Gives an interface addresses, as <c>ip address add</c> does it; of a veth pair the workload's end. Needs CAP_NET_ADMIN.</summary>
[Cmdlet(VerbsCommon.Add, "HostAddress", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low, DefaultParameterSetName = PairSet)]
[OutputType(typeof(HostAddress))]
[Needs(NeedsAttribute.NetAdmin)]
public sealed class AddHostAddressCommand : PairCommand
{
    private const string PairSet = "Pair", InterfaceSet = "Interface";

    /// <summary>Addresses; without a prefix length /32 and /128.</summary>
    [Parameter(Mandatory = true, Position = 0), IPAddressTransformation(AllowPrefix = true)]
    public string[] IPAddress { get; set; } = [];

    /// <summary>
    /// A pair, for its workload end. An IPv6 address is usable there at once, without duplicate address detection: nobody else is on that cable.
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PairSet), VethPairTransformation]
    public VethPair VethPair { get; set; } = null!;

    /// <summary>The interface.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InterfaceSet), Alias("ifAlias"), ArgumentCompleter(typeof(InterfaceCompleter))]
    [AllowEmptyString]
    public string InterfaceAlias { get; set; } = "";

    /// <summary>The namespace: a name, a path, an object, or <c>.</c> for this session's own. Without it the current one.</summary>
    [Parameter(ParameterSetName = InterfaceSet), NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? NetNamespace { get; set; }

    /// <summary>Takes equal addresses that exist.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override string? NamespaceArgument => NetNamespace;

    private protected override object? Target => ParameterSetName == PairSet ? VethPair : InterfaceAlias;

    private protected override void Process()
    {
        if (ParameterSetName == PairSet)
        {
            FromPair(VethPair, pair => Add(pair.Session, pair.Workload, pair));
            return;
        }

        Names.CheckInterface(InterfaceAlias);
        IReadOnlyList<HostAddress> added;
        using (var session = new NetworkSession())
        {
            added = Add(session, new LinkRef(Where, InterfaceAlias), null);
        }

        WriteObject(added, enumerateCollection: true);
    }

    private IReadOnlyList<HostAddress> Add(NetworkSession session, LinkRef link, OpenPair? pair)
    {
        List<InterfaceAddress> added = [];
        foreach (var prefix in IPAddress.Select(IPPrefix.Parse))
        {
            Guard(() => added.AddRange(Add(session, link, prefix, isCable: pair is not null)), prefix.ToString());
        }

        // As a plan only, the pair must bring its addresses along: there is nothing to read them from.
        var current = pair is null ? null
            : !IsPreview ? pair.Current
            : pair.Pair with { Planned = true, IPAddress = TextList.Of(pair.Addresses.Concat(added.Select(address => address.Prefix.Address)).Distinct()) };
        return [.. added.Select(address => Objects.Address(link.Namespace, address, link.Name, current) with { Planned = IsPreview })];
    }

    /// <summary>The address as the kernel keeps it, or would; none where the user said no.</summary>
    private IEnumerable<InterfaceAddress> Add(NetworkSession session, LinkRef link, IPPrefix prefix, bool isCable)
    {
        var change = new AddAddress(link, prefix) { NoDuplicateDetection = isCable && prefix.Family == IPFamily.IPv6 };
        if (IsPreview)
        {
            MayChange(change.Commands, change.Title, "Add address");
            return [new InterfaceAddress(0, prefix)];
        }

        IEnumerable<InterfaceAddress> OfAddress()
            => session.Stack(link.Namespace).Addresses.List(session.IndexOf(link), prefix.Family).Where(address => address.Prefix.Address == prefix.Address);

        // IPv4 takes an address once for each prefix length, IPv6 once.
        if (OfAddress().FirstOrDefault(address => address.Prefix == prefix || prefix.Family == IPFamily.IPv6) is { } existing)
        {
            return Force && existing.Prefix == prefix
                ? [existing]
                : throw CommandFault.Exists($"Address {prefix} on interface {link}", existing.Prefix == prefix ? "it is equal, -Force takes it" : $"as {existing.Prefix}");
        }

        var plan = new NetworkPlan();
        plan.Add(change);
        return Apply(plan, session, $"{prefix} on {link}", "Add address") ? OfAddress().Where(address => address.Prefix == prefix) : [];
    }
}

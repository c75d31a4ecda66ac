using System.Management.Automation;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Lists routes, as <c>ip route show</c> does it; of a veth pair those through its host end.</summary>
[Cmdlet(VerbsCommon.Get, "HostRoute", DefaultParameterSetName = InterfaceSet)]
[OutputType(typeof(HostRoute))]
public sealed class GetHostRouteCommand : PairCommand
{
    private const string PairSet = "Pair", InterfaceSet = "Interface";

    /// <summary>Only routes to these very destinations: 0.0.0.0/0 or ::/0 for default routes; an address alone is its /32 or /128.</summary>
    [Parameter(Position = 0), IPAddressTransformation(AllowPrefix = true)]
    public string[]? DestinationPrefix { get; set; }

    /// <summary>Only routes through these interfaces; wildcards are allowed.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = InterfaceSet), Alias("ifAlias"), SupportsWildcards, ValidateNotNullOrEmpty, ArgumentCompleter(typeof(InterfaceCompleter))]
    public string[]? InterfaceAlias { get; set; }

    /// <summary>Only routes through the interfaces with these numbers, from 1 on.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = InterfaceSet), Alias("ifIndex"), ValidateRange(1, int.MaxValue)]
    public int[]? InterfaceIndex { get; set; }

    /// <summary>The namespace: a name, a path, an object, or <c>.</c> for this session's own. Without it the current one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = InterfaceSet), NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? NetNamespace { get; set; }

    /// <summary>A pair, for its host end.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PairSet), VethPairTransformation]
    public VethPair VethPair { get; set; } = null!;

    /// <summary>Only this family.</summary>
    [Parameter, ValidateSet(nameof(IPFamily.IPv4), nameof(IPFamily.IPv6))]
    public string? AddressFamily { get; set; }

    /// <summary>The table: main, local, default, a number from 1 to 4294967295, or all.</summary>
    [Parameter, ArgumentCompleter(typeof(RouteTableCompleter))]
    public string Table { get; set; } = "main";

    private protected override string? NamespaceArgument => NetNamespace;

    private protected override object? Target => ParameterSetName == PairSet ? VethPair : null;

    private IPFamily Family => AddressFamily is null ? IPFamily.Unspecified : Enum.Parse<IPFamily>(AddressFamily, ignoreCase: true);

    private protected override void Process()
    {
        var table = RouteReader.Table(Table);
        if (ParameterSetName == PairSet)
        {
            FromPair(VethPair, pair => Chosen(RouteReader.List(pair.Session.Stack(pair.Host.Namespace), [pair.HostLink], Family, table, pair.Current)));
            return;
        }

        IReadOnlyList<HostRoute> found;
        using (var stack = NetworkStack.Open(Where))
        {
            var links = InterfaceAlias is null && InterfaceIndex is null ? null : InterfaceReader.Select(stack, InterfaceAlias, InterfaceIndex, Guard);
            found = RouteReader.List(stack, links, Family, table);
        }

        WriteObject(Chosen(found), enumerateCollection: true);
    }

    private IEnumerable<HostRoute> Chosen(IReadOnlyList<HostRoute> found)
    {
        if (DestinationPrefix is null)
        {
            return found;
        }

        List<HostRoute> chosen = [];
        foreach (var prefix in DestinationPrefix.Select(text => IPPrefix.Parse(text).ToString()))
        {
            Guard(
                () =>
                {
                    var matches = found.Where(route => route.DestinationPrefix == prefix).ToList();
                    chosen.AddRange(matches.Count > 0 ? matches : throw CommandFault.NotFound($"route to {prefix}"));
                },
                prefix);
        }

        return chosen;
    }
}

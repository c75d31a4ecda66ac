using System.Management.Automation;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Lists the addresses of interfaces, as <c>ip address show</c> does it; of a veth pair those of the workload's end.</summary>
[Cmdlet(VerbsCommon.Get, "HostAddress", DefaultParameterSetName = InterfaceSet)]
[OutputType(typeof(HostAddress))]
public sealed class GetHostAddressCommand : PairCommand
{
    private const string PairSet = "Pair", InterfaceSet = "Interface";

    /// <summary>Only these addresses: with a prefix length those that have it, without any.</summary>
    [Parameter(Position = 0), IPAddressTransformation(AllowPrefix = true)]
    public string[]? IPAddress { get; set; }

    /// <summary>Only those of these interfaces; wildcards are allowed.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = InterfaceSet), Alias("ifAlias"), SupportsWildcards, ValidateNotNullOrEmpty, ArgumentCompleter(typeof(InterfaceCompleter))]
    public string[]? InterfaceAlias { get; set; }

    /// <summary>Only those of the interfaces with these numbers, from 1 on.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = InterfaceSet), Alias("ifIndex"), ValidateRange(1, int.MaxValue)]
    public int[]? InterfaceIndex { get; set; }

    /// <summary>The namespace: a name, a path, an object, or <c>.</c> for this session's own. Without it the current one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = InterfaceSet), NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? NetNamespace { get; set; }

    /// <summary>A pair, for its workload end.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PairSet), VethPairTransformation]
    public VethPair VethPair { get; set; } = null!;

    /// <summary>Only this family.</summary>
    [Parameter, ValidateSet(nameof(IPFamily.IPv4), nameof(IPFamily.IPv6))]
    public string? AddressFamily { get; set; }

    private protected override string? NamespaceArgument => NetNamespace;

    private protected override object? Target => ParameterSetName == PairSet ? VethPair : null;

    private IPFamily Family => AddressFamily is null ? IPFamily.Unspecified : Enum.Parse<IPFamily>(AddressFamily, ignoreCase: true);

    private protected override void Process()
    {
        if (ParameterSetName == PairSet)
        {
            FromPair(VethPair, pair => Chosen(AddressReader.List(pair.Session.Stack(pair.Workload.Namespace), [pair.WorkloadLink], Family, pair.Current)));
            return;
        }

        IReadOnlyList<HostAddress> found;
        using (var stack = NetworkStack.Open(Where))
        {
            found = AddressReader.List(stack, InterfaceReader.Select(stack, InterfaceAlias, InterfaceIndex, Guard), Family);
        }

        WriteObject(Chosen(found), enumerateCollection: true);
    }

    private IEnumerable<HostAddress> Chosen(IReadOnlyList<HostAddress> found)
    {
        if (IPAddress is null)
        {
            return found;
        }

        List<HostAddress> chosen = [];
        foreach (var text in IPAddress)
        {
            Guard(
                () =>
                {
                    var matches = found.Where(address => AddressReader.IsMatch(address, text)).ToList();
                    chosen.AddRange(matches.Count > 0 ? matches : throw CommandFault.NotFound($"address {text}"));
                },
                text);
        }

        return chosen;
    }
}

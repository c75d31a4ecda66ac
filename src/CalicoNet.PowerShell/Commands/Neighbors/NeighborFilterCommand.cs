using System.Management.Automation;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>A cmdlet on the entries of a neighbor table: those of a namespace or of a pair's workload, chosen by filters.</summary>
public abstract class NeighborFilterCommand : PairCommand
{
    private protected const string NamespaceSet = "Namespace", PairSet = "Pair", ObjectSet = "InputObject";

    private protected NeighborFilterCommand()
    {
    }

    /// <summary>The namespace: a name, a path, an object, or <c>.</c> for this session's own. Without it the current one.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = NamespaceSet), NetNamespaceTransformation, NameTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? NetNamespace { get; set; }

    /// <summary>A pair: the entries of its workload's end.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PairSet), VethPairTransformation]
    public VethPair VethPair { get; set; } = null!;

    /// <summary>Only those of these interfaces; wildcards are allowed.</summary>
    [Parameter(ParameterSetName = NamespaceSet), Alias("ifAlias"), SupportsWildcards, ValidateNotNullOrEmpty, ArgumentCompleter(typeof(InterfaceCompleter))]
    public virtual string[]? InterfaceAlias { get; set; }

    /// <summary>Only these addresses.</summary>
    [Parameter(ParameterSetName = NamespaceSet), Parameter(ParameterSetName = PairSet), IPAddressTransformation]
    public string[]? IPAddress { get; set; }

    /// <summary>Only those in these states; Unreachable, as Windows has it, is Failed.</summary>
    [Parameter(ParameterSetName = NamespaceSet), Parameter(ParameterSetName = PairSet)]
    [ValidateSet("Incomplete", "Reachable", "Stale", "Delay", "Probe", "Failed", "Unreachable", "NoArp", "Permanent")]
    public string[]? State { get; set; }

    /// <summary>Only those of this family.</summary>
    [Parameter(ParameterSetName = NamespaceSet), Parameter(ParameterSetName = PairSet), ValidateSet(nameof(IPFamily.IPv4), nameof(IPFamily.IPv6))]
    public string? AddressFamily { get; set; }

    private protected sealed override string? NamespaceArgument => NetNamespace;

    /// <summary>The interfaces' names as patterns.</summary>
    private protected virtual string[]? Patterns => InterfaceAlias;

    /// <summary>The states asked for; without any all but those that need no resolving (multicast, loopback), as ip neigh has it.</summary>
    private protected NeighborState States => State is null
        ? ~NeighborState.NoArp
        : State.Aggregate(NeighborState.None, (all, text) => all | (text.Equals("Unreachable", StringComparison.OrdinalIgnoreCase) ? NeighborState.Failed : Enum.Parse<NeighborState>(text, ignoreCase: true)));

    /// <summary>The entries that are meant, filtered by the kernel where it can.</summary>
    private protected IEnumerable<NeighborEntry> Select(NetworkStack stack, int interfaceIndex)
    {
        var family = AddressFamily is null ? IPFamily.Unspecified : Enum.Parse<IPFamily>(AddressFamily, ignoreCase: true);
        HashSet<int>? links = null;
        if (Patterns is { } names)
        {
            links = [.. InterfaceReader.Select(stack, names, null, Guard).Select(link => link.Index)];
            interfaceIndex = links.Count == 1 ? links.First() : 0;
        }

        var addresses = IPAddress?.Select(IPAddr.Parse).ToHashSet();
        var states = States;
        foreach (var neighbor in stack.Neighbors.List(family, interfaceIndex))
        {
            if ((neighbor.State & states) != 0 && links?.Contains(neighbor.InterfaceIndex) != false && addresses?.Contains(neighbor.Address) != false)
            {
                yield return neighbor;
            }
        }
    }
}

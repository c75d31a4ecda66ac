using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>What was seen of one namespace.</summary>
public sealed class NamespaceFacts
{
    /// <summary>The interfaces by name.</summary>
    public IReadOnlyDictionary<string, Link> Links { get; init; } = new Dictionary<string, Link>();

    /// <summary>The addresses by interface index.</summary>
    public ILookup<int, InterfaceAddress> Addresses { get; init; } = Enumerable.Empty<InterfaceAddress>().ToLookup(a => a.InterfaceIndex);

    /// <summary>The routes by destination.</summary>
    public ILookup<IPPrefix, Route> Routes { get; init; } = Enumerable.Empty<Route>().ToLookup(r => r.Destination);

    /// <summary>The neighbors by address.</summary>
    public ILookup<IPAddr, NeighborEntry> Neighbors { get; init; } = Enumerable.Empty<NeighborEntry>().ToLookup(n => n.Address);

    /// <summary>What is in the sets of outgoing NAT.</summary>
    public IReadOnlySet<(NatSet Set, IPPrefix Prefix)> Nat { get; init; } = new HashSet<(NatSet, IPPrefix)>();

    /// <summary>The version of our nf_tables table; null where there is none.</summary>
    public int? FirewallVersion { get; init; }

    /// <summary>How long is waited before an answer in proxy, by family and interface index.</summary>
    public IReadOnlyDictionary<(IPFamily Family, int InterfaceIndex), TimeSpan> ProxyDelays { get; init; } = new Dictionary<(IPFamily, int), TimeSpan>();

    /// <summary>Settings that changes asked for, by path below /proc/sys; null for one that is not there.</summary>
    public IReadOnlyDictionary<string, string?> Sysctls { get; init; } = new Dictionary<string, string?>();
}

/// <summary>What was seen, at one time, of the namespaces that changes touch. Findings are made from it without asking the kernel again.</summary>
public sealed class NetworkSnapshot
{
    private readonly Dictionary<NetNamespaceRef, NamespaceFacts?> _seen = [];

    /// <summary>What was seen of a namespace; null where there is none of that name.</summary>
    public NamespaceFacts? this[NetNamespaceRef reference] => _seen.GetValueOrDefault(reference);

    /// <summary>A link, or null where there is none of that name or no such namespace.</summary>
    public Link? Find(LinkRef link) => this[link.Namespace]?.Links.GetValueOrDefault(link.Name);

    internal static NetworkSnapshot Read(NetworkSession session, IEnumerable<NetworkChange> changes)
    {
        var wanted = new Dictionary<NetNamespaceRef, (Facts Facts, List<string> Sysctls)>();
        foreach (var change in changes)
        {
            foreach (var reference in change is AddVeth veth ? [veth.Namespace, veth.Workload.Namespace] : (ReadOnlySpan<NetNamespaceRef>)[change.Namespace])
            {
                var (facts, sysctls) = wanted.GetValueOrDefault(reference, (Facts.None, []));
                if (change is SetSysctl sysctl)
                {
                    sysctls.Add(sysctl.Path);
                }

                wanted[reference] = (facts | change.Facts, sysctls);
            }
        }

        var snapshot = new NetworkSnapshot();
        foreach (var (reference, (facts, sysctls)) in wanted)
        {
            snapshot._seen[reference] = Read(session, reference, facts, sysctls);
        }

        return snapshot;
    }

    private static NamespaceFacts? Read(NetworkSession session, NetNamespaceRef reference, Facts facts, IEnumerable<string> sysctls)
    {
        NetworkStack stack;
        try
        {
            stack = session.Stack(reference);
        }
        catch (NetlinkException e) when (e.Errno == Errno.ENOENT)
        {
            return null;
        }

        bool Wants(Facts fact) => (facts & fact) != 0;
        return new NamespaceFacts
        {
            Links = (Wants(Facts.Links) ? stack.Links.List() : []).ToDictionary(link => link.Name),
            Addresses = (Wants(Facts.Addresses) ? stack.Addresses.List() : []).ToLookup(a => a.InterfaceIndex),
            Routes = (Wants(Facts.Routes) ? stack.Routes.List(table: 0) : []).ToLookup(r => r.Destination),
            Neighbors = (Wants(Facts.Neighbors) ? stack.Neighbors.List() : []).ToLookup(n => n.Address),
            Nat = (Wants(Facts.Firewall) ? Enum.GetValues<NatSet>() : []).SelectMany(set => Firewall.Read(stack, set).Select(prefix => (set, prefix))).ToHashSet(),
            FirewallVersion = Wants(Facts.Firewall) ? Firewall.VersionOf(stack) : null,
            ProxyDelays = (Wants(Facts.NeighborParameters) ? stack.Neighbors.Parameters() : []).ToDictionary(p => (p.Family, p.InterfaceIndex), p => p.ProxyDelay),
            Sysctls = sysctls.Distinct().ToDictionary(path => path, path => stack.Sysctls.Find(path)),
        };
    }
}

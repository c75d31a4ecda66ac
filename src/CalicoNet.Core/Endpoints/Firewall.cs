using CalicoNet.Netlink;
using CalicoNet.Netlink.Nftables;

namespace CalicoNet.Core;

/// <summary>What outgoing NAT is told by: one set per family each.</summary>
public enum NatSet
{
    /// <summary>Single source addresses: a hash set, as fast with ten thousand as with ten.</summary>
    Addresses,
    /// <summary>Source prefixes: an interval set; a pool is one element, however many endpoints are in it.</summary>
    Prefixes,
    /// <summary>Destinations to which packets keep their source: an interval set that all rules honour.</summary>
    Excluded,
    /// <summary>The same, but of IP pools: what goes to an address of theirs, on whichever host, keeps its source, as in Calico. <see cref="HostSetup"/> keeps it.</summary>
    Pools,
}

/// <summary>
/// Our nf_tables table: one static rule per set, whatever is in it. Outgoing NAT is masquerading of what leaves to other places than our own
/// workloads; forged IPv6 sources of our links are dropped (IPv4's by rp_filter, see <see cref="EndpointPlan"/>), and so is what only a router
/// may say. Links are told by their group, so the rules need nothing per endpoint.
/// </summary>
public static class Firewall
{
    /// <summary>The version of chains and rules, kept in the table's comment.</summary>
    public const int Version = 1;

    private const string Comment = "caliconet version ";
    private const string Antispoof = "antispoof", Postrouting = "postrouting";

    /// <summary>
    /// What only a router may say (RFC 4861): a workload that says it would become the host's router, where the host listens on its interfaces
    /// (accept_ra, which every new interface takes from conf/default).
    /// </summary>
    private static readonly (byte Type, string Name)[] RouterMessages = [(134, "nd-router-advert"), (137, "nd-redirect")];

    /// <summary>The table.</summary>
    public static readonly NftTableRef Table = new(NftFamily.Inet, "caliconet");

    private static readonly IPFamily[] Families = [IPFamily.IPv4, IPFamily.IPv6];

    /// <summary>The set of a family.</summary>
    public static NftSet Set(NatSet set, IPFamily family)
    {
        var name = set switch { NatSet.Addresses => "nat_addresses", NatSet.Prefixes => "nat_prefixes", NatSet.Excluded => "nat_excluded", _ => "nat_pools" };
        return new NftSet(Table, name + (family == IPFamily.IPv4 ? '4' : '6'), family == IPFamily.IPv4 ? NftSetKey.IPv4Address : NftSetKey.IPv6Address)
        {
            Flags = set == NatSet.Addresses ? NftSetFlags.None : NftSetFlags.Interval,
        };
    }

    /// <summary>What is in a set, both families together; empty where there is no table.</summary>
    public static IReadOnlyList<IPPrefix> Read(NetworkStack stack, NatSet set)
    {
        ArgumentNullException.ThrowIfNull(stack);
        // Every element of ours was written as a prefix; a foreign hand's range that is none shows by its ends.
        return [.. Families.SelectMany(family => stack.Nftables.Elements(Set(set, family)))
            .SelectMany(element => element.Prefix is { } prefix ? [prefix] : (IPPrefix[])[element.First.ToPrefix(), element.Last.ToPrefix()])];
    }

    /// <summary>Whether the table is there, in this version.</summary>
    /// <exception cref="CalicoException">It is of a newer version.</exception>
    public static bool IsSetUp(NetworkStack stack)
    {
        ArgumentNullException.ThrowIfNull(stack);
        return VersionOf(stack) is { } found
            && (found <= Version
                ? true
                : throw new CalicoException(
                    CalicoFault.NewerVersion, $"The nf_tables table '{Table}' is of version {found}; this module knows version {Version}.", Table.ToString()));
    }

    /// <summary>The version of the table that is there, 0 where it does not say; null where there is none.</summary>
    internal static int? VersionOf(NetworkStack stack)
    {
        if (stack.Nftables.Find(Table) is not { } table)
        {
            return null;
        }

        return table.Comment is { } comment && comment.StartsWith(Comment, StringComparison.Ordinal)
            && int.TryParse(comment.AsSpan(Comment.Length), System.Globalization.CultureInfo.InvariantCulture, out var version) ? version : 0;
    }

    /// <summary>Queues the whole table. Its exclusive creation makes "set up once" atomic: whoever finds it (EEXIST) finds all of it.</summary>
    internal static void Write(NftTransaction transaction)
    {
        transaction.AddTable(new NftTable(Table) { Comment = $"{Comment}{Version}" }, exclusive: true);
        foreach (var set in AllSets())
        {
            transaction.AddSet(set);
        }

        transaction.AddChain(new NftChain(Table, Postrouting) { Base = new NftBase(NftChainType.Nat, NftHook.Postrouting, NftPriority.SourceNat) });
        foreach (var (sources, family) in NatRules())
        {
            transaction.AddRule(new NftRule(Table, Postrouting,
            [
                .. NftMatch.Family(family), .. NftMatch.SourceIn(Set(sources, family)), .. NftMatch.DestinationNotIn(Set(NatSet.Excluded, family)),
                .. NftMatch.DestinationNotIn(Set(NatSet.Pools, family)), .. NftMatch.OutputGroupNot(Ownership.Group, Ownership.LastGroup), new NftMasquerade(NftNatFlags.FullyRandom),
            ]));
        }

        transaction.AddChain(new NftChain(Table, Antispoof) { Base = new NftBase(NftChainType.Filter, NftHook.Prerouting, NftPriority.Raw) });
        transaction.AddRule(new NftRule(Table, Antispoof,
        [
            .. NftMatch.InputGroup(Ownership.Group, Ownership.LastGroup), .. NftMatch.Family(IPFamily.IPv6), .. NftMatch.NoRouteBack(),
            new NftCounter(), NftVerdict.Drop,
        ]));
        foreach (var (type, _) in RouterMessages)
        {
            transaction.AddRule(new NftRule(
                Table, Antispoof, [.. NftMatch.InputGroup(Ownership.Group, Ownership.LastGroup), .. NftMatch.IcmpV6Type(type), new NftCounter(), NftVerdict.Drop]));
        }
    }

    /// <summary>The same as nft lines.</summary>
    internal static IEnumerable<string> Commands(NetNamespaceRef where)
    {
        var groups = $"{Ownership.Group}-{Ownership.LastGroup}";
        yield return Nft(where, $"add table {Table} '{{ comment \"{Comment}{Version}\"; }}'");
        foreach (var set in AllSets())
        {
            yield return Nft(where, $"add set {set} '{{ type {(set.Family == IPFamily.IPv4 ? "ipv4_addr" : "ipv6_addr")};{(set.IsInterval ? " flags interval;" : "")} }}'");
        }

        yield return Nft(where, $"add chain {Table} {Postrouting} '{{ type nat hook postrouting priority {NftPriority.SourceNat}; policy accept; }}'");
        foreach (var (sources, family) in NatRules())
        {
            var ip = family == IPFamily.IPv4 ? "ip" : "ip6";
            yield return Nft(where, $"add rule {Table} {Postrouting} {ip} saddr @{Set(sources, family).Name} {ip} daddr != @{Set(NatSet.Excluded, family).Name} {ip} daddr != @{Set(NatSet.Pools, family).Name} oifgroup != {groups} masquerade fully-random");
        }

        yield return Nft(where, $"add chain {Table} {Antispoof} '{{ type filter hook prerouting priority {NftPriority.Raw}; policy accept; }}'");
        yield return Nft(where, $"add rule {Table} {Antispoof} iifgroup {groups} meta nfproto ipv6 fib saddr . iif oif missing counter drop");
        foreach (var (_, name) in RouterMessages)
        {
            yield return Nft(where, $"add rule {Table} {Antispoof} iifgroup {groups} icmpv6 type {name} counter drop");
        }
    }

    internal static string Nft(NetNamespaceRef where, string arguments) => CommandText.In(where, $"nft {arguments}");

    private static IEnumerable<NftSet> AllSets()
        => Enum.GetValues<NatSet>().SelectMany(set => Families.Select(family => Set(set, family)));

    private static IEnumerable<(NatSet Sources, IPFamily Family)> NatRules()
        => Families.SelectMany(family => (NatSet[])[NatSet.Addresses, NatSet.Prefixes], (family, sources) => (sources, family));
}

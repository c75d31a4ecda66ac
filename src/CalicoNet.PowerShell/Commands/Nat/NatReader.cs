using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Sources of outgoing NAT as objects, and as places in the sets.</summary>
internal static class NatReader
{
    /// <summary>The set that a source belongs to: addresses are hashed, prefixes are intervals.</summary>
    public static NatSet SetOf(IPPrefix source) => source.IsHost ? NatSet.Addresses : NatSet.Prefixes;

    public static IReadOnlyList<NatOutgoing> Read(NetworkStack stack)
    {
        var excluded = Firewall.Read(stack, NatSet.Excluded);
        return [.. Firewall.Read(stack, NatSet.Addresses).Concat(Firewall.Read(stack, NatSet.Prefixes)).Order()
            .Select(source => ToObject(stack.Namespace, source, enabled: true, excluded, null))];
    }

    public static NatOutgoing ToObject(NetNamespaceRef where, IPPrefix source, bool enabled, IEnumerable<IPPrefix> excluded, VethPair? pair) => new()
    {
        NetNamespace = where.ToString(),
        SourcePrefix = source.ToString(),
        Status = Texts.Of(enabled),
        ExcludePrefix = TextList.Of(excluded.Where(prefix => prefix.Family == source.Family).Order()),
        AddressFamily = Texts.Family(source.Family),
        VethPair = pair,
    };
}

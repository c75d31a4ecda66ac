namespace CalicoNet.Netlink.Nftables;

/// <summary>
/// The phrases of nft's language as expressions, exactly those nft makes of them, so that <c>nft list</c> shows them as phrases again. A
/// rule spreads them: <c>[.. NftMatch.Family(IPFamily.IPv4), .. NftMatch.SourceIn(set), NftVerdict.Drop]</c>.
/// </summary>
public static class NftMatch
{
    /// <summary><c>meta nfproto ipv4</c>. In an inet table it must stand before a phrase about addresses; nft leaves it out when it lists them.</summary>
    public static IReadOnlyList<NftExpression> Family(IPFamily family)
        => [new NftMeta(NftMetaKey.Family), NftCompare.With(NftData.Of((byte)family))];

    /// <summary><c>ip saddr @set</c> or <c>ip6 saddr @set</c>, by the set's family.</summary>
    public static IReadOnlyList<NftExpression> SourceIn(NftSet set) => [NftPayload.Source(FamilyOf(set)), new NftLookup(set.Name)];

    /// <summary><c>ip saddr != @set</c> or <c>ip6 saddr != @set</c>.</summary>
    public static IReadOnlyList<NftExpression> SourceNotIn(NftSet set) => [NftPayload.Source(FamilyOf(set)), new NftLookup(set.Name, Inverted: true)];

    /// <summary><c>ip daddr @set</c> or <c>ip6 daddr @set</c>.</summary>
    public static IReadOnlyList<NftExpression> DestinationIn(NftSet set) => [NftPayload.Destination(FamilyOf(set)), new NftLookup(set.Name)];

    /// <summary><c>ip daddr != @set</c> or <c>ip6 daddr != @set</c>.</summary>
    public static IReadOnlyList<NftExpression> DestinationNotIn(NftSet set) => [NftPayload.Destination(FamilyOf(set)), new NftLookup(set.Name, Inverted: true)];

    /// <summary><c>iifname "eth0"</c>.</summary>
    public static IReadOnlyList<NftExpression> InputInterface(string name)
        => [new NftMeta(NftMetaKey.InputInterfaceName), NftCompare.With(NftData.InterfaceName(name))];

    /// <summary><c>oifname "eth0"</c>.</summary>
    public static IReadOnlyList<NftExpression> OutputInterface(string name)
        => [new NftMeta(NftMetaKey.OutputInterfaceName), NftCompare.With(NftData.InterfaceName(name))];

    /// <summary><c>iifgroup first-last</c>: groups of interfaces, both ends included.</summary>
    public static IReadOnlyList<NftExpression> InputGroup(uint first, uint last) =>
    [
        new NftMeta(NftMetaKey.InputGroup),
        new NftByteOrder(),   // the comparison goes byte by byte from the first
        new NftCompare(NftComparison.GreaterOrEqual, NftData.NetworkOrder(first)),
        new NftCompare(NftComparison.LessOrEqual, NftData.NetworkOrder(last)),
    ];

    /// <summary>Packets that leave through no interface of a range of groups (<c>oifgroup != FIRST-LAST</c>).</summary>
    public static IReadOnlyList<NftExpression> OutputGroupNot(uint first, uint last) =>
    [
        new NftMeta(NftMetaKey.OutputGroup),
        new NftByteOrder(),
        new NftRange(NftData.NetworkOrder(first), NftData.NetworkOrder(last), Inverted: true),
    ];

    /// <summary><c>meta l4proto 6</c>: a transport protocol by its number (6 TCP, 17 UDP).</summary>
    public static IReadOnlyList<NftExpression> TransportProtocol(byte protocol)
        => [new NftMeta(NftMetaKey.TransportProtocol), NftCompare.With(NftData.Of(protocol))];

    /// <summary><c>icmpv6 type nd-router-advert</c>: a message by its type (RFC 4443, 2.1).</summary>
    public static IReadOnlyList<NftExpression> IcmpV6Type(byte type)
        => [.. Family(IPFamily.IPv6), .. TransportProtocol(58), new NftPayload(NftPayloadBase.Transport, 0, 1), NftCompare.With(NftData.Of(type))];

    /// <summary><c>fib saddr . iif oif missing</c>: no route leads back to the source through the interface it came from (RFC 3704, strict).</summary>
    public static IReadOnlyList<NftExpression> NoRouteBack() =>
    [
        new NftFib(NftFibFlags.Source | NftFibFlags.InputInterface | NftFibFlags.Present, NftFibResult.OutputInterface),
        NftCompare.With(NftData.HostOrder(0)),
    ];

    /// <summary><c>ct state established,related</c>: any of the states.</summary>
    public static IReadOnlyList<NftExpression> ConnectionState(NftConnectionStates any) =>
    [
        new NftConnection(NftConnectionKey.State),
        NftBitwise.And(NftData.HostOrder((uint)any)),
        new NftCompare(NftComparison.NotEqual, NftData.HostOrder(0)),
    ];

    private static IPFamily FamilyOf(NftSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        return set.Family != IPFamily.Unspecified ? set.Family : throw new ArgumentException($"The elements of set {set} are no addresses.", nameof(set));
    }
}

using CalicoNet.Netlink.Nftables;
using CsCheck;

namespace CalicoNet.Netlink.Tests.Nftables;

public sealed class NftElementTests : IDisposable
{
    private static readonly NftTableRef s_table = NftSandbox.Table;
    private static readonly NftSet s_ranges4 = new(s_table, "ranges4", NftSetKey.IPv4Address) { Flags = NftSetFlags.Interval };
    private static readonly NftSet s_ranges6 = new(s_table, "ranges6", NftSetKey.IPv6Address) { Flags = NftSetFlags.Interval };
    private static readonly NftSet s_hash4 = new(s_table, "hash4", NftSetKey.IPv4Address);
    private static readonly NftSet s_hash6 = new(s_table, "hash6", NftSetKey.IPv6Address);

    /// <summary>Ranges that overlap and touch and reach the ends of the address space: from few bits, and from all.</summary>
    private static readonly Gen<NftElement> s_range4 = Gen.OneOf(
        Gen.Select(Gen.UInt, Gen.Int[0, 32], (bits, length) => (NftElement)new IPPrefix(IPAddr.FromBits(IPFamily.IPv4, bits), length)),
        Gen.Select(Gen.UInt[0, 15], Gen.Int[0, 4], (bits, length) => (NftElement)new IPPrefix(IPAddr.FromBits(IPFamily.IPv4, bits << 28), length)),
        Gen.Select(Gen.UInt[0, 40], Gen.UInt[0, 9], (bits, more) => new NftElement(Low(bits), Low(bits + more))),
        Gen.Select(Gen.UInt[0, 40], Gen.UInt[0, 9], (bits, more) => new NftElement(High(bits + more), High(bits))));

    private static readonly Gen<NftElement> s_range6 = Gen.Select(Gen.ULong, Gen.ULong, Gen.Int[0, 128],
        (high, low, length) => (NftElement)new IPPrefix(IPAddr.FromBits(IPFamily.IPv6, new UInt128(high, low)), length));

    private readonly NftSandbox _sandbox = new();

    public NftElementTests()
        => _sandbox.Commit(t => t.AddTable(new NftTable(s_table)).AddSet(s_ranges4).AddSet(s_ranges6).AddSet(s_hash4).AddSet(s_hash6));

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void Any_ranges_are_read_back_by_nft_and_by_us()
    {
        Gen.Select(s_range4.List[0, 30], Gen.Int[0, 5]).Sample(
            (ranges, kept) => RoundTrip(s_ranges4, [.. Disjoint(ranges)], kept), iter: 100, threads: 1);
        Gen.Select(s_range6.List[0, 30], Gen.Int[0, 3]).Sample(
            (ranges, kept) => RoundTrip(s_ranges6, [.. Disjoint(ranges)], kept), iter: 30, threads: 1);
    }

    [Fact]
    public void A_union_holds_the_same_addresses_in_ranges_that_the_kernel_takes() => s_range4.List[0, 40].Sample(
        ranges =>
        {
            var union = NftElement.Union(ranges);
            _sandbox.Commit(t => t.FlushSet(s_ranges4).AddElements(s_ranges4, union));
            foreach (var edge in ranges.SelectMany(r => new[] { r.First.Bits(), r.Last.Bits(), r.First.Bits() - 1, r.Last.Bits() + 1 }).Where(b => b <= uint.MaxValue))
            {
                var address = IPAddr.FromBits(IPFamily.IPv4, edge);
                Assert.Equal(Covered(ranges, address), Covered(union, address));
            }

            Assert.All(union.Zip(union.Skip(1)), pair => Assert.True(pair.First.Last.Bits() + 1 < pair.Second.First.Bits()));
        }, iter: 100, threads: 1);

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    [InlineData("0.0.0.0/1", "128.0.0.0/1")]
    [InlineData("10.0.0.0/9", "10.128.0.0/9", "11.0.0.0/8")]
    [InlineData("::/0")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::")]
    public void The_ends_of_the_address_space_and_ranges_that_touch_are_kept(params string[] prefixes)
    {
        var elements = prefixes.Select(p => (NftElement)IPPrefix.Parse(p)).ToArray();
        RoundTrip(elements[0].First.Family == IPFamily.IPv4 ? s_ranges4 : s_ranges6, elements, kept: 1);
    }

    [Fact]
    public void What_nft_adds_and_removes_is_read()
    {
        _sandbox.Load("add element inet test ranges4 { 0.0.0.0/8, 10.0.0.0/8, 11.0.0.0-11.0.0.7, 255.0.0.0/8 }");
        Assert.Equal(["0.0.0.0/8", "10.0.0.0/8", "11.0.0.0/29", "255.0.0.0/8"], _sandbox.Ruleset.Elements(s_ranges4).Select(e => e.ToString()));

        _sandbox.Commit(t => t.RemoveElements(s_ranges4, [IPPrefix.Parse("10.0.0.0/8")]).AddElements(s_ranges4, [IPPrefix.Parse("11.0.0.8/29")]));
        _sandbox.Load("delete element inet test ranges4 { 255.0.0.0/8 }\ndelete element inet test ranges4 { 11.0.0.8/29 }");
        Assert.Equal(["0.0.0.0/8", "11.0.0.0/29"], _sandbox.Ruleset.Elements(s_ranges4).Select(e => e.ToString()));
    }

    [Fact]
    public void Comments_are_kept_with_their_elements()
    {
        var address = (NftElement)IPAddr.Parse("10.0.0.1") with { Comment = "one address" };
        var prefix = (NftElement)IPPrefix.Parse("fd00::/8") with { Comment = new string('ü', 64) };
        _sandbox.Commit(t => t.AddElements(s_hash4, [address]).AddElements(s_ranges6, [prefix]));

        Assert.Equal([address], _sandbox.Ruleset.Elements(s_hash4));
        Assert.Equal([address], _sandbox.Elements(s_hash4));
        Assert.Equal([prefix], _sandbox.Ruleset.Elements(s_ranges6));
        Assert.Contains($"comment \"{prefix.Comment}\"", _sandbox.List(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(100_000)]
    public void Many_elements_are_added_and_removed_in_one_transaction(int count)
    {
        var addresses4 = Enumerable.Range(0, count).Select(i => (NftElement)IPAddr.FromBits(IPFamily.IPv4, (UInt128)(0x0a000000 + (i * 3)))).ToList();
        var addresses6 = Enumerable.Range(0, count).Select(i => (NftElement)IPAddr.FromBits(IPFamily.IPv6, ((UInt128)0xfd << 120) + (UInt128)i)).ToList();
        var ranges = Enumerable.Range(0, count).Select(i => (NftElement)new IPPrefix(IPAddr.FromBits(IPFamily.IPv4, (UInt128)(i * 32)), 28)).ToList();

        _sandbox.Commit(t => t.AddElements(s_hash4, addresses4).AddElements(s_hash6, addresses6).AddElements(s_ranges4, ranges));
        Assert.Equal(addresses4, _sandbox.Ruleset.Elements(s_hash4));
        Assert.Equal(addresses6, _sandbox.Ruleset.Elements(s_hash6));
        Assert.Equal(ranges, _sandbox.Ruleset.Elements(s_ranges4));
        if (count <= 10_000)
        {
            Assert.Equal(addresses4, _sandbox.Elements(s_hash4).Order());
            Assert.Equal(ranges, _sandbox.Elements(s_ranges4));
        }

        var half = count / 2;
        _sandbox.Commit(t => t
            .RemoveElements(s_hash4, addresses4.Skip(half)).DestroyElements(s_hash6, addresses6.Skip(half)).RemoveElements(s_ranges4, ranges.Skip(half)));
        Assert.Equal(addresses4.Take(half), _sandbox.Ruleset.Elements(s_hash4));
        Assert.Equal(addresses6.Take(half), _sandbox.Ruleset.Elements(s_hash6));
        Assert.Equal(ranges.Take(half), _sandbox.Ruleset.Elements(s_ranges4));
    }

    [Fact]
    public void A_listing_is_complete_while_the_kernel_moves_the_set_to_another_table()
    {
        var addresses = Enumerable.Range(0, 30_000).Select(i => (NftElement)IPAddr.FromBits(IPFamily.IPv4, (UInt128)(0x0a000000 + i))).ToList();
        for (var round = 0; round < 5; round++)
        {
            _sandbox.Commit(t => t.AddElements(s_hash4, addresses));
            Assert.Equal(addresses, _sandbox.Ruleset.Elements(s_hash4));
            _sandbox.Commit(t => t.RemoveElements(s_hash4, addresses.Skip(5_000)));
            Assert.Equal(addresses.Take(5_000), _sandbox.Ruleset.Elements(s_hash4));
        }
    }

    [Fact]
    public void A_range_that_is_a_prefix_is_written_as_one()
    {
        Assert.Equal("10.0.0.0/29", new NftElement(IPAddr.Parse("10.0.0.0"), IPAddr.Parse("10.0.0.7")).ToString());
        Assert.Equal("10.0.0.1-10.0.0.8", new NftElement(IPAddr.Parse("10.0.0.1"), IPAddr.Parse("10.0.0.8")).ToString());
        Assert.Equal("10.0.0.1", NftElement.From(IPPrefix.Parse("10.0.0.1/32")).ToString());
        Assert.Equal("::/0", NftElement.From(IPPrefix.Parse("::/0")).ToString());
        Assert.Throws<ArgumentException>(() => new NftElement(IPAddr.Parse("10.0.0.1"), IPAddr.Parse("10.0.0.0")));
        Assert.Throws<ArgumentException>(() => new NftElement(IPAddr.Parse("10.0.0.1"), IPAddr.Parse("fd00::1")));
    }

    /// <summary>Written in two transactions, read by both; then all but some removed, read by both again.</summary>
    private void RoundTrip(NftSet set, NftElement[] elements, int kept)
    {
        var half = elements.Length / 2;
        _sandbox.Commit(t => t.FlushSet(set));
        _sandbox.Commit(t => t.AddElements(set, elements[half..]));
        _sandbox.Commit(t => t.AddElements(set, elements[..half]));
        Same(elements);
        _sandbox.Commit(t => t.RemoveElements(set, elements.Skip(kept)));
        Same(elements.Take(kept));

        void Same(IEnumerable<NftElement> expected)
        {
            Assert.Equal(expected.Order(), _sandbox.Ruleset.Elements(set));
            Assert.Equal(expected.Order(), _sandbox.Elements(set).Order());
        }
    }

    /// <summary>Those that overlap none before them, out of order.</summary>
    private static List<NftElement> Disjoint(IEnumerable<NftElement> ranges)
    {
        var kept = new List<NftElement>();
        foreach (var range in ranges)
        {
            if (kept.TrueForAll(other => range.First > other.Last || range.Last < other.First))
            {
                kept.Add(range);
            }
        }

        return kept;
    }

    private static bool Covered(IEnumerable<NftElement> ranges, IPAddr address) => ranges.Any(r => r.First <= address && address <= r.Last);

    private static IPAddr Low(uint bits) => IPAddr.FromBits(IPFamily.IPv4, bits);

    private static IPAddr High(uint bits) => IPAddr.FromBits(IPFamily.IPv4, uint.MaxValue - bits);
}

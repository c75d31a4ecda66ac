using System.Net;
using CalicoNet.Netlink.Tests.Wire;
using CsCheck;

namespace CalicoNet.Netlink.Tests.Values;

public sealed class IPPrefixTests
{
    [Fact]
    public void Text_reads_back() => Generate.Prefix.Sample(prefix =>
    {
        Assert.Equal($"{prefix.Address}/{prefix.Length}", prefix.ToString());
        Assert.Equal(prefix, IPPrefix.Parse(prefix.ToString()));
        Assert.Equal(prefix.GetHashCode(), IPPrefix.Parse(prefix.ToString()).GetHashCode());
        Assert.Equal(prefix.Address.ToPrefix(), IPPrefix.Parse(prefix.Address.ToString()));
    });

    [Fact]
    public void Networks_are_those_of_the_class_library() => Gen.Select(Generate.Prefix, Generate.Address, Gen.Int[0, 128]).Sample((prefix, other, bit) =>
    {
        var network = prefix.Network;
        var known = new IPNetwork(network.Address.ToIPAddress(), network.Length);   // refuses host bits

        // A near address too: a random one is hardly ever inside.
        var near = IPAddr.FromBits(prefix.Family, prefix.Address.Bits() ^ (UInt128.One << (bit % prefix.Address.BitCount)));
        foreach (var address in (IPAddr[])[other, near, prefix.Address])
            Assert.Equal(known.Contains(address.ToIPAddress()), prefix.Contains(address));
        Assert.True(prefix.Contains(prefix.First) && prefix.Contains(prefix.Last));
        Assert.Equal(
            prefix.Length == 0 ? (prefix.Family == IPFamily.IPv4 ? uint.MaxValue : UInt128.MaxValue) : (UInt128.One << (prefix.Address.BitCount - prefix.Length)) - 1,
            prefix.Last.Bits() - prefix.First.Bits());
        Assert.Equal(prefix.Length == prefix.Address.BitCount, prefix.IsHost);
    });

    [Fact]
    public void Prefixes_overlap_when_one_holds_the_other() => Gen.Select(Generate.Prefix, Generate.Prefix).Sample((a, b) =>
    {
        Assert.Equal(a.Contains(b.First) || b.Contains(a.First), a.Overlaps(b));
        Assert.Equal(a.Overlaps(b), b.Overlaps(a));
        Assert.True(a.Overlaps(new IPPrefix(a.First, a.Address.BitCount)));
    });

    [Theory]
    [InlineData("10.2.0.1/33")]
    [InlineData("10.2.0.1/-1")]
    [InlineData("10.2.0.1/")]
    [InlineData("10.2.0.1/08")]
    [InlineData("10.2.0.1/00")]
    [InlineData("10.2.0.1/ 8")]
    [InlineData("10.2.0.1/8 ")]
    [InlineData("10.2.0.1 /8")]
    [InlineData("10.2.0.1/+8")]
    [InlineData("10.2.0.1/8/8")]
    [InlineData("10.2.0.1/255.0.0.0")]
    [InlineData("10.2.0.1/1e1")]
    [InlineData("10.2.0.1/4294967297")]
    [InlineData("10.2.0.300/8")]
    [InlineData("10.2/16")]
    [InlineData("/8")]
    [InlineData("/")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("fe80::1/129")]
    [InlineData("fe80::1%eth0/64")]
    [InlineData("[fe80::1]/64")]
    public void What_is_no_prefix_is_refused(string? text)
    {
        Assert.False(IPPrefix.TryParse(text, out _));
        if (text is not null)
            Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => IPPrefix.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lengths_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new IPPrefix(IPAddr.Parse("10.2.0.1"), 33));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IPPrefix(IPAddr.Parse("::"), 129));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IPPrefix(IPAddr.Parse("::"), -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IPPrefix(default, 1));
    }

    [Fact]
    public void No_prefix_is_a_value_of_its_own()
    {
        IPPrefix none = default;

        Assert.Equal("", none.ToString());
        Assert.False(none.IsHost || none.IsDefault || none.Contains(default) || none.Overlaps(none));
        Assert.True(IPPrefix.Default(IPFamily.IPv4).IsDefault);
        Assert.False(new IPPrefix(IPAddr.Parse("10.0.0.0"), 0).IsDefault);
        Assert.Equal(none, none.Network);
    }
}

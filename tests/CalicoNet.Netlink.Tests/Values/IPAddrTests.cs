using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CalicoNet.Netlink.Tests.Wire;
using CsCheck;

namespace CalicoNet.Netlink.Tests.Values;

public sealed class IPAddrTests
{
    [Fact]
    public void Bytes_are_those_of_the_class_library_and_text_reads_back() => Generate.Address.Sample(address =>
    {
        var bytes = new byte[address.ByteCount];
        address.CopyTo(bytes);
        var known = new IPAddress(bytes);

        Assert.Equal(known, IPAddress.Parse(address.ToString()));
        Assert.Equal(known, address.ToIPAddress());
        Assert.Equal(address, IPAddr.Parse(address.ToString()));
        Assert.Equal(address, IPAddr.FromBits(address.Family, address.Bits()));
        Assert.True(IPAddr.TryCreate(bytes, out var again));
        Assert.Equal((address, address.GetHashCode()), (again, again.GetHashCode()));
        Assert.Equal(address.ToString().ToUpperInvariant(), IPAddr.Parse(address.ToString().ToUpperInvariant()).ToString().ToUpperInvariant());
    });

    [Fact]
    public void What_it_takes_the_class_library_takes_for_the_same() => Gen.OneOf(
        Gen.Char["0123456789.:abcdefABCDEF%/[]x "].Array[0, 20].Select(letters => new string(letters)),
        Gen.Select(Generate.Address, Gen.Int[0, 44], Gen.Char["0123456789.:af%/[]x "]).Select(Mutate)).Sample(
        text =>
        {
            if (!IPAddr.TryParse(text, out var address))
                return;
            Assert.True(IPAddress.TryParse(text, out var known));
            Assert.Equal(known, address.ToIPAddress());
            Assert.Equal(known.AddressFamily, address.Family == IPFamily.IPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6);
            Assert.DoesNotContain(text, c => c is '%' or '/' or '[' or ']' or ' ' or 'x');
        }, iter: 20_000);

    [Theory]
    [InlineData("10.2.0.300")]
    [InlineData("10.2.0.256")]
    [InlineData("10.2.0")]
    [InlineData("10.2.0.1.5")]
    [InlineData("10.2.0.")]
    [InlineData(".10.2.0.1")]
    [InlineData("10..2.1")]
    [InlineData("10.2.0.01")]
    [InlineData("010.2.0.1")]
    [InlineData("00.2.0.1")]
    [InlineData("10.2.0.-1")]
    [InlineData("+10.2.0.1")]
    [InlineData("0x0a.2.0.1")]
    [InlineData("10.2.0.1 ")]
    [InlineData(" 10.2.0.1")]
    [InlineData("10.2.0.1/32")]
    [InlineData("10.2.0.1\0")]
    [InlineData("١.2.0.1")]
    [InlineData("167903233")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(null)]
    [InlineData("localhost")]
    [InlineData("fe80::1%eth0")]
    [InlineData("fe80::1%1")]
    [InlineData("[::1]")]
    [InlineData("[::1]:80")]
    [InlineData("::1 ")]
    [InlineData(" ::1")]
    [InlineData("::1/128")]
    [InlineData(":::")]
    [InlineData("1::2::3")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("12345::")]
    [InlineData("g::")]
    [InlineData("::ffff:10.2.0.300")]
    [InlineData("::ffff:10.2.0.01")]
    [InlineData("::10.2.0")]
    [InlineData("1:2:3:4:5:6:7:8:")]
    public void What_is_no_address_is_refused(string? text)
    {
        Assert.False(IPAddr.TryParse(text, out var address));
        Assert.True(address.IsNone);
        if (text is not null)
            Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => IPAddr.Parse(text)).Message, StringComparison.Ordinal);
    }

    /// <summary>RFC 5952.</summary>
    [Theory]
    [InlineData("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1")]
    [InlineData("2001:DB8::A", "2001:db8::a")]
    [InlineData("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1")]
    [InlineData("2001:0:0:1:0:0:0:1", "2001:0:0:1::1")]
    [InlineData("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.1")]
    [InlineData("0:0:0:0:0:0:0:0", "::")]
    [InlineData("::1", "::1")]
    [InlineData("fd00::", "fd00::")]
    [InlineData("0:1:2:3:4:5:6:7", "0:1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:0:0", "1:2:3:4:5:6::")]
    [InlineData("0:0:3:4:5:6:7:8", "::3:4:5:6:7:8")]
    [InlineData("::10.65.0.1", "::a41:1")]
    [InlineData("::0.0.10.65", "::a41")]
    [InlineData("fe80::5efe:10.65.0.1", "fe80::5efe:a41:1")]
    [InlineData("fd00::200:5efe:10.65.0.1", "fd00::200:5efe:a41:1")]
    [InlineData("64:ff9b::10.65.0.1", "64:ff9b::a41:1")]
    [InlineData("255.255.255.255", "255.255.255.255")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    public void Text_is_canonical(string text, string canonical) => Assert.Equal(canonical, IPAddr.Parse(text).ToString());

    /// <summary>
    /// Go's rule (net/netip), on which Calico's keys depend, written here a second time and in another way: of all texts with one "::" in place
    /// of two or more zero groups the shortest, the first of those, in groups without leading zeros; dots only after ::ffff:.
    /// </summary>
    [Fact]
    public void IPv6_text_is_Gos() => Gen.Select(Gen.UShort, Gen.Bool).Select((part, zero) => zero ? (ushort)0 : part).Array[8].Sample(groups =>
    {
        var bytes = groups.SelectMany(part => new[] { (byte)(part >> 8), (byte)part }).ToArray();
        Assert.True(IPAddr.TryCreate(bytes, out var address));
        var texts = groups.Select(part => part.ToString("x", CultureInfo.InvariantCulture)).ToArray();
        var all = from length in Enumerable.Range(2, 7)
                  from start in Enumerable.Range(0, 9 - length)
                  where groups.Skip(start).Take(length).All(part => part == 0)
                  select (length, start, text: $"{string.Join(':', texts.Take(start))}::{string.Join(':', texts.Skip(start + length))}");
        var expected = groups.Take(5).All(part => part == 0) && groups[5] == 0xffff
            ? $"::ffff:{bytes[12]}.{bytes[13]}.{bytes[14]}.{bytes[15]}"
            : all.OrderByDescending(run => run.length).ThenBy(run => run.start).Select(run => run.text).FirstOrDefault(string.Join(':', texts));

        Assert.Equal(expected, address.ToString());
        Assert.Equal(address, IPAddr.Parse(expected));
    }, iter: 20_000);

    [Theory]
    [InlineData("0.0.0.0", "u")]
    [InlineData("::", "u")]
    [InlineData("127.255.0.1", "l")]
    [InlineData("::1", "l")]
    [InlineData("169.254.1.1", "k")]
    [InlineData("fe80::1", "k")]
    [InlineData("febf::1", "k")]
    [InlineData("fec0::1", "")]
    [InlineData("169.253.1.1", "")]
    [InlineData("224.0.0.1", "m")]
    [InlineData("239.255.255.255", "m")]
    [InlineData("240.0.0.1", "")]
    [InlineData("255.255.255.255", "b")]
    [InlineData("255.255.255.254", "")]
    [InlineData("::255.255.255.255", "")]
    [InlineData("ff02::1", "m")]
    [InlineData("10.2.0.1", "")]
    [InlineData("2001:db8::1", "")]
    public void Kinds_of_addresses_are_told_apart(string text, string kinds)
    {
        var address = IPAddr.Parse(text);

        Assert.Equal(kinds, (address.IsUnspecified ? "u" : "") + (address.IsLoopback ? "l" : "") + (address.IsLinkLocal ? "k" : "") + (address.IsMulticast ? "m" : "") + (address.IsBroadcast ? "b" : ""));
    }

    [Theory]
    [InlineData("::ffff:10.2.0.1", "10.2.0.1")]
    [InlineData("::ffff:0.0.0.0", "0.0.0.0")]
    [InlineData("::fffe:10.2.0.1", "")]
    [InlineData("1::ffff:10.2.0.1", "")]
    [InlineData("::10.2.0.1", "")]
    [InlineData("10.2.0.1", "")]
    public void An_IPv4_mapped_address_has_its_IPv4_address(string text, string mapped) => Assert.Equal(mapped, IPAddr.Parse(text).MappedIPv4.ToString());

    [Fact]
    public void No_address_is_a_value_of_its_own()
    {
        IPAddr none = default;

        Assert.Equal((true, "", 0, 0), (none.IsNone, none.ToString(), none.ByteCount, none.BitCount));
        Assert.False(none.IsUnspecified || none.IsLoopback || none.IsLinkLocal || none.IsMulticast || none.IsBroadcast);
        Assert.True(none.MappedIPv4.IsNone);
        Assert.NotEqual(none, IPAddr.Any(IPFamily.IPv4));
        Assert.NotEqual(IPAddr.Any(IPFamily.IPv4), IPAddr.Any(IPFamily.IPv6));
        Assert.Throws<InvalidOperationException>(() => none.ToIPAddress());
        Assert.Throws<ArgumentOutOfRangeException>(() => IPAddr.FromBits(IPFamily.Unspecified, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => IPAddr.FromBits(IPFamily.IPv4, (UInt128)uint.MaxValue + 1));
    }

    [Fact]
    public void Order_is_by_family_then_by_number() => Gen.Select(Generate.Address, Generate.Address).Sample((a, b) =>
    {
        var expected = a.Family != b.Family ? ((byte)a.Family).CompareTo((byte)b.Family) : a.Bits().CompareTo(b.Bits());

        Assert.Equal(Math.Sign(expected), Math.Sign(a.CompareTo(b)));
        Assert.Equal(expected < 0, a < b);
        Assert.Equal(expected > 0, a > b);
        Assert.Equal(expected <= 0, a <= b);
        Assert.Equal(expected >= 0, a >= b);
        Assert.Equal(expected == 0, a == b);
        Assert.Equal(expected != 0, a != b);
    });

    private static string Mutate(IPAddr address, int at, char c)
    {
        var text = address.ToString();
        at %= text.Length + 1;
        return c < '5' ? text.Insert(at, c.ToString()) : text.Remove(Math.Min(at, text.Length - 1), 1).Insert(Math.Min(at, text.Length - 1), c.ToString());
    }
}

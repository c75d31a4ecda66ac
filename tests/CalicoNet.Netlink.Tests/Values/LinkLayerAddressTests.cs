using System.Net.NetworkInformation;
using CalicoNet.Netlink.Tests.Wire;
using CsCheck;

namespace CalicoNet.Netlink.Tests.Values;

public sealed class LinkLayerAddressTests
{
    [Fact]
    public void Bytes_are_kept_and_shown_as_ip_shows_them() => Generate.LinkLayer.Sample(address =>
    {
        Assert.Equal(string.Join(':', address.Bytes.ToArray().Select(octet => octet.ToString("x2", null))), address.ToString());
        Assert.True(LinkLayerAddress.TryCreate(address.Bytes, out var again));
        Assert.Equal((address, address.GetHashCode()), (again, again.GetHashCode()));
        Assert.Equal(address.ByteCount == 0, address.IsNone);
    });

    [Fact]
    public void MAC_addresses_read_back_as_the_class_library_reads_them() => Gen.Byte.Array[6].Sample(bytes =>
    {
        var text = string.Join(':', bytes.Select(octet => octet.ToString("x2", null)));

        Assert.Equal(text, LinkLayerAddress.ParseMac(text).ToString());
        Assert.Equal(PhysicalAddress.Parse(text).GetAddressBytes(), LinkLayerAddress.ParseMac(text).Bytes.ToArray());
        Assert.Equal(LinkLayerAddress.ParseMac(text), LinkLayerAddress.ParseMac(text.ToUpperInvariant().Replace(':', '-')));
        Assert.Equal((bytes[0] & 1) == 0 && bytes.Any(octet => octet != 0), LinkLayerAddress.ParseMac(text).IsUnicastMac);
    });

    [Theory]
    [InlineData("ee:ee:ee:ee:ee")]
    [InlineData("ee:ee:ee:ee:ee:ee:ee")]
    [InlineData("ee:ee:ee:ee:ee:eg")]
    [InlineData("ee:ee:ee:ee:ee:e")]
    [InlineData("ee:ee:ee:ee:ee-ee")]
    [InlineData("eeeeeeeeeeee")]
    [InlineData("eeee.eeee.eeee")]
    [InlineData("ee ee ee ee ee ee")]
    [InlineData(" e:ee:ee:ee:ee:ee")]
    [InlineData("ee:ee:ee:ee:ee:ee ")]
    [InlineData("e:e:e:e:e:e")]
    [InlineData("ee:ee:ee:ee:ee:+e")]
    [InlineData("")]
    [InlineData(null)]
    public void What_is_no_MAC_address_is_refused(string? text)
    {
        Assert.False(LinkLayerAddress.TryParseMac(text, out _));
        if (text is not null)
            Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => LinkLayerAddress.ParseMac(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_32_bytes_are_refused()
    {
        Assert.True(LinkLayerAddress.TryCreate(new byte[32], out var longest));
        Assert.Equal(32, longest.ByteCount);
        Assert.False(LinkLayerAddress.TryCreate(new byte[33], out _));
    }

    [Fact]
    public void Trailing_zeros_count()
    {
        LinkLayerAddress.TryCreate([1], out var one);
        LinkLayerAddress.TryCreate([1, 0], out var two);

        Assert.NotEqual(one, two);
        Assert.False(one == two);
    }
}

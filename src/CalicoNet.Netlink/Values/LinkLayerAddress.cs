using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace CalicoNet.Netlink;

/// <summary>
/// A link-layer address of 0 to 32 bytes (MAX_ADDR_LEN, linux/netdevice.h): six on Ethernet, four on a tunnel, twenty on InfiniBand.
/// The default value is "no address" and has the empty text.
/// </summary>
public readonly struct LinkLayerAddress : IEquatable<LinkLayerAddress>
{
    private readonly Bytes32 _bytes;
    private readonly byte _length;

    private LinkLayerAddress(ReadOnlySpan<byte> bytes)
    {
        _length = (byte)bytes.Length;
        bytes.CopyTo(_bytes);
    }

    /// <summary>The number of bytes.</summary>
    public int ByteCount => _length;

    /// <summary>Whether there is no address.</summary>
    public bool IsNone => _length == 0;

    /// <summary>Whether it can be an Ethernet interface's: six bytes, no group bit, not all zero (is_valid_ether_addr, linux/etherdevice.h).</summary>
    public bool IsUnicastMac => _length == 6 && (_bytes[0] & 1) == 0 && Bytes.ContainsAnyExcept((byte)0);

    /// <summary>The bytes in transmission order.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => ((ReadOnlySpan<byte>)_bytes)[.._length];

    /// <summary>Takes 0 to 32 bytes.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> bytes, out LinkLayerAddress address)
    {
        address = bytes.Length <= 32 ? new LinkLayerAddress(bytes) : default;
        return bytes.Length <= 32;
    }

    /// <summary>Parses a MAC address: six bytes in hexadecimal, parted by colons or dashes.</summary>
    public static bool TryParseMac([NotNullWhen(true)] string? text, out LinkLayerAddress address)
    {
        address = default;
        if (text is not { Length: 17 } || text[2] is not (':' or '-'))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[6];
        for (var i = 0; i < 6; i++)
        {
            if (i < 5 && text[(i * 3) + 2] != text[2])
            {
                return false;
            }

            int high = Hex(text[i * 3]), low = Hex(text[(i * 3) + 1]);
            if (high < 0 || low < 0)
            {
                return false;
            }

            bytes[i] = (byte)((high << 4) | low);
        }

        address = new LinkLayerAddress(bytes);
        return true;
    }

    /// <summary>Parses a MAC address.</summary>
    /// <exception cref="FormatException">The text is none. The message holds it.</exception>
    public static LinkLayerAddress ParseMac(string text)
        => TryParseMac(text, out var address) ? address : throw new FormatException($"'{text}' is not a MAC address (six bytes, like ee:ee:ee:ee:ee:ee).");

    /// <summary>Lower-case hexadecimal bytes parted by colons; empty for none.</summary>
    public override string ToString()
        => IsNone ? "" : string.Create((_length * 3) - 1, this, static (text, address) =>
        {
            for (var i = 0; i < address._length; i++)
            {
                if (i > 0)
                {
                    text[(i * 3) - 1] = ':';
                }

                text[i * 3] = Digit(address._bytes[i] >> 4);
                text[(i * 3) + 1] = Digit(address._bytes[i] & 15);
            }
        });

    /// <inheritdoc/>
    public bool Equals(LinkLayerAddress other) => Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is LinkLayerAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    /// <summary>Equality by value.</summary>
    public static bool operator ==(LinkLayerAddress left, LinkLayerAddress right) => left.Equals(right);

    /// <summary>Inequality by value.</summary>
    public static bool operator !=(LinkLayerAddress left, LinkLayerAddress right) => !left.Equals(right);

    private static int Hex(char c) => char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : -1;

    private static char Digit(int value) => (char)(value < 10 ? '0' + value : 'a' + value - 10);

    [InlineArray(32)]
    private struct Bytes32
    {
        private byte _first;
    }
}

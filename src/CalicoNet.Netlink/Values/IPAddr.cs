using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace CalicoNet.Netlink;

/// <summary>An address family, in the kernel's numbers (AF_*, linux/socket.h).</summary>
public enum IPFamily : byte
{
    /// <summary>Either family (AF_UNSPEC).</summary>
    Unspecified = 0,
    /// <summary>IPv4 (AF_INET).</summary>
    IPv4 = 2,
    /// <summary>IPv6 (AF_INET6).</summary>
    IPv6 = 10,
}

/// <summary>
/// An IPv4 or IPv6 address as a 17-byte value: a dump of 100,000 neighbors makes no object per address, as
/// <see cref="IPAddress"/> would. The default value is "no address" and has the empty text.
/// </summary>
public readonly struct IPAddr : IEquatable<IPAddr>, IComparable<IPAddr>
{
    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    private readonly Bytes16 _bytes;
    private readonly IPFamily _family;

    private IPAddr(IPFamily family, ReadOnlySpan<byte> bytes)
    {
        _family = family;
        bytes.CopyTo(_bytes);
    }

    /// <summary>The address's family; <see cref="IPFamily.Unspecified"/> for "no address".</summary>
    public IPFamily Family => _family;

    /// <summary>Whether there is no address.</summary>
    public bool IsNone => _family == IPFamily.Unspecified;

    /// <summary>4, 16, or 0 for "no address".</summary>
    public int ByteCount => _family switch { IPFamily.IPv4 => 4, IPFamily.IPv6 => 16, _ => 0 };

    /// <summary>32, 128, or 0 for "no address".</summary>
    public int BitCount => ByteCount * 8;

    /// <summary>Whether it is 0.0.0.0 or ::.</summary>
    public bool IsUnspecified => !IsNone && Bits() == 0;

    /// <summary>169.254.0.0/16 (RFC 3927) or fe80::/10 (RFC 4291).</summary>
    public bool IsLinkLocal => _family == IPFamily.IPv4
        ? _bytes[0] == 169 && _bytes[1] == 254
        : _family == IPFamily.IPv6 && _bytes[0] == 0xfe && (_bytes[1] & 0xc0) == 0x80;

    /// <summary>127.0.0.0/8 or ::1.</summary>
    public bool IsLoopback => _family == IPFamily.IPv4 ? _bytes[0] == 127 : _family == IPFamily.IPv6 && Bits() == 1;

    /// <summary>224.0.0.0/4 or ff00::/8.</summary>
    public bool IsMulticast => _family == IPFamily.IPv4 ? (_bytes[0] & 0xf0) == 0xe0 : _family == IPFamily.IPv6 && _bytes[0] == 0xff;

    /// <summary>255.255.255.255, which means everybody on the link.</summary>
    public bool IsBroadcast => _family == IPFamily.IPv4 && Bits() == uint.MaxValue;

    /// <summary>The IPv4 address in an IPv4-mapped IPv6 address, ::ffff:0:0/96 (RFC 4291); no address where it is none.</summary>
    public IPAddr MappedIPv4 => _family == IPFamily.IPv6 && Bits() >> 32 == 0xffff ? FromBits(IPFamily.IPv4, Bits() & uint.MaxValue) : default;

    /// <summary>0.0.0.0 or ::.</summary>
    public static IPAddr Any(IPFamily family) => FromBits(family, 0);

    /// <summary>Reads 4 or 16 bytes in network order.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> bytes, out IPAddr address)
    {
        address = bytes.Length switch
        {
            4 => new IPAddr(IPFamily.IPv4, bytes),
            16 => new IPAddr(IPFamily.IPv6, bytes),
            _ => default,
        };
        return !address.IsNone;
    }

    /// <summary>Makes an address from its value as a number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The family is none of the two, or the number needs more than 32 bits in IPv4.</exception>
    public static IPAddr FromBits(IPFamily family, UInt128 bits)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        switch (family)
        {
            case IPFamily.IPv4:
                ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, uint.MaxValue);
                return new IPAddr(family, bytes[12..]);
            case IPFamily.IPv6:
                return new IPAddr(family, bytes);
            default:
                throw new ArgumentOutOfRangeException(nameof(family), family, "An address is IPv4 or IPv6.");
        }
    }

    /// <summary>
    /// Parses the canonical forms only: four decimal parts without leading zeros (RFC 6943), or IPv6 (RFC 4291) without zone and brackets.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out IPAddr address)
    {
        address = default;
        if (text is null || text.Length is 0 or > 45)
        {
            return false;
        }

        if (!text.Contains(':'))
        {
            return TryParseDotted(text, out address);
        }

        // The dotted tail of ::ffff:10.2.0.1 is held to the same rule as an IPv4 address; the class library lets leading zeros pass.
        if (text.Contains('.') && !TryParseDotted(text.AsSpan(text.LastIndexOf(':') + 1), out _))
        {
            return false;
        }

        if (text.AsSpan().ContainsAny('%', '[', ']') || !IPAddress.TryParse(text, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[16];
        parsed.TryWriteBytes(bytes, out _);
        address = new IPAddr(IPFamily.IPv6, bytes);
        return true;
    }

    /// <summary>Parses an address; see <see cref="TryParse"/> for the forms.</summary>
    /// <exception cref="FormatException">The text is no address. The message holds it.</exception>
    public static IPAddr Parse(string text)
        => TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an IPv4 or IPv6 address.");

    /// <summary>The address's value as a number.</summary>
    public UInt128 Bits()
    {
        ReadOnlySpan<byte> bytes = _bytes;
        return _family == IPFamily.IPv4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>Writes the 4 or 16 bytes in network order.</summary>
    public void CopyTo(Span<byte> destination)
    {
        ReadOnlySpan<byte> bytes = _bytes;
        bytes[..ByteCount].CopyTo(destination);
    }

    /// <summary>This address as the .NET class library knows it.</summary>
    /// <exception cref="InvalidOperationException">There is no address.</exception>
    public IPAddress ToIPAddress()
    {
        ReadOnlySpan<byte> bytes = _bytes;
        return IsNone ? throw new InvalidOperationException("There is no address.") : new IPAddress(bytes[..ByteCount]);
    }

    /// <summary>The address and its full length: /32 or /128.</summary>
    public IPPrefix ToPrefix() => new(this, BitCount);

    /// <summary>
    /// The canonical text (RFC 5952 for IPv6); empty for "no address". IPv4 is written with dots in an IPv4-mapped address only: the class
    /// library does so for ISATAP's and the low ones too (::5efe:a41:1, ::a41:1), which nobody else reads as the same text.
    /// </summary>
    public override string ToString() => _family switch
    {
        IPFamily.IPv4 => string.Create(null, stackalloc char[16], $"{_bytes[0]}.{_bytes[1]}.{_bytes[2]}.{_bytes[3]}"),
        IPFamily.IPv6 => IPv6Text(),
        _ => "",
    };

    /// <inheritdoc/>
    public bool Equals(IPAddr other)
    {
        ReadOnlySpan<byte> mine = _bytes, theirs = other._bytes;
        return _family == other._family && mine.SequenceEqual(theirs);
    }

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is IPAddr other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_family, Bits());

    /// <summary>IPv4 before IPv6, then by number.</summary>
    public int CompareTo(IPAddr other) => _family != other._family ? _family.CompareTo(other._family) : Bits().CompareTo(other.Bits());

    /// <summary>Equality by value.</summary>
    public static bool operator ==(IPAddr left, IPAddr right) => left.Equals(right);

    /// <summary>Inequality by value.</summary>
    public static bool operator !=(IPAddr left, IPAddr right) => !left.Equals(right);

    /// <summary>Order: IPv4 before IPv6, then by number.</summary>
    public static bool operator <(IPAddr left, IPAddr right) => left.CompareTo(right) < 0;

    /// <summary>Order: IPv4 before IPv6, then by number.</summary>
    public static bool operator >(IPAddr left, IPAddr right) => left.CompareTo(right) > 0;

    /// <summary>Order: IPv4 before IPv6, then by number.</summary>
    public static bool operator <=(IPAddr left, IPAddr right) => left.CompareTo(right) <= 0;

    /// <summary>Order: IPv4 before IPv6, then by number.</summary>
    public static bool operator >=(IPAddr left, IPAddr right) => left.CompareTo(right) >= 0;

    private string IPv6Text()
    {
        ReadOnlySpan<byte> bytes = _bytes;
        if (bytes[..12].SequenceEqual(MappedPrefix))
        {
            return string.Create(null, stackalloc char[24], $"::ffff:{bytes[12]}.{bytes[13]}.{bytes[14]}.{bytes[15]}");
        }

        // The longest run of zero groups, the first of equals, and none of one group alone.
        int start = 8, length = 1;
        for (var i = 0; i < 8; i++)
        {
            var end = i;
            while (end < 8 && Group(bytes, end) == 0)
            {
                end++;
            }

            if (end - i > length)
            {
                (start, length) = (i, end - i);
            }

            i = end;
        }

        Span<char> text = stackalloc char[39];
        var at = 0;
        for (var i = 0; i < 8; i++)
        {
            if (i == start)
            {
                "::".CopyTo(text[at..]);
                at += 2;
                i += length - 1;
                continue;
            }

            if (i > 0 && text[at - 1] != ':')
            {
                text[at++] = ':';
            }

            Group(bytes, i).TryFormat(text[at..], out var written, "x", CultureInfo.InvariantCulture);
            at += written;
        }

        return new string(text[..at]);

        static ushort Group(ReadOnlySpan<byte> bytes, int i) => BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 * i)..]);
    }

    private static bool TryParseDotted(ReadOnlySpan<char> text, out IPAddr address)
    {
        address = default;
        Span<byte> bytes = stackalloc byte[4];
        var part = 0;
        var digits = 0;
        var value = 0;
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                // A leading zero is octal to inet_aton(3) and decimal to others: refused.
                if (digits > 0 && value == 0)
                {
                    return false;
                }

                value = (value * 10) + (c - '0');
                digits++;
                if (value > 255)
                {
                    return false;
                }
            }
            else if (c == '.' && digits > 0 && part < 3)
            {
                bytes[part++] = (byte)value;
                (digits, value) = (0, 0);
            }
            else
            {
                return false;
            }
        }

        if (part != 3 || digits == 0)
        {
            return false;
        }

        bytes[3] = (byte)value;
        address = new IPAddr(IPFamily.IPv4, bytes);
        return true;
    }

    [InlineArray(16)]
    private struct Bytes16
    {
        private byte _first;
    }
}

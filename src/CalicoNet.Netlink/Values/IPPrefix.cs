using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace CalicoNet.Netlink;

/// <summary>An address and a prefix length, as 18 bytes. Unlike <see cref="System.Net.IPNetwork"/> it may have host bits: 10.2.0.1/24 is an interface's address.</summary>
public readonly struct IPPrefix : IEquatable<IPPrefix>, IComparable<IPPrefix>
{
    private readonly byte _length;

    /// <summary>Makes a prefix.</summary>
    /// <param name="address">The address, with or without host bits.</param>
    /// <param name="length">0 to 32 (IPv4) or 128 (IPv6), in bits.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is out of range for the family.</exception>
    public IPPrefix(IPAddr address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, address.BitCount);
        Address = address;
        _length = (byte)length;
    }

    /// <summary>The address, host bits included.</summary>
    public IPAddr Address { get; }

    /// <summary>The prefix length in bits.</summary>
    public int Length => _length;

    /// <summary>The family.</summary>
    public IPFamily Family => Address.Family;

    /// <summary>Whether it names exactly one address: /32 or /128.</summary>
    public bool IsHost => !Address.IsNone && Length == Address.BitCount;

    /// <summary>Whether it is 0.0.0.0/0 or ::/0.</summary>
    public bool IsDefault => !Address.IsNone && Length == 0 && Address.IsUnspecified;

    /// <summary>The same prefix with the host bits cleared.</summary>
    public IPPrefix Network => Address.IsNone ? this : new IPPrefix(IPAddr.FromBits(Family, Address.Bits() & Mask), Length);

    /// <summary>The first address.</summary>
    public IPAddr First => Network.Address;

    /// <summary>The last address.</summary>
    public IPAddr Last => IPAddr.FromBits(Family, Address.Bits() | (~Mask & Width));

    private UInt128 Width => Family == IPFamily.IPv4 ? uint.MaxValue : UInt128.MaxValue;

    private UInt128 Mask => Length == 0 ? UInt128.Zero : (UInt128.MaxValue << (Address.BitCount - Length)) & Width;

    /// <summary>0.0.0.0/0 or ::/0.</summary>
    public static IPPrefix Default(IPFamily family) => new(IPAddr.Any(family), 0);

    /// <summary>Parses <c>address/length</c>, or an address alone as /32 or /128.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out IPPrefix prefix)
    {
        prefix = default;
        if (text is null)
        {
            return false;
        }

        var slash = text.IndexOf('/');
        if (!IPAddr.TryParse(slash < 0 ? text : text[..slash], out var address))
        {
            return false;
        }

        if (slash < 0)
        {
            prefix = address.ToPrefix();
            return true;
        }

        var digits = text.AsSpan(slash + 1);
        if (digits.Length is 0 or > 3 || (digits.Length > 1 && digits[0] == '0')
            || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length > address.BitCount)
        {
            return false;
        }

        prefix = new IPPrefix(address, length);
        return true;
    }

    /// <summary>Parses <c>address/length</c>, or an address alone.</summary>
    /// <exception cref="FormatException">The text is no prefix. The message holds it.</exception>
    public static IPPrefix Parse(string text)
        => TryParse(text, out var prefix) ? prefix : throw new FormatException($"'{text}' is not an address or an address with a prefix length.");

    /// <summary>Whether an address lies in it.</summary>
    public bool Contains(IPAddr address) => address.Family == Family && !address.IsNone && ((address.Bits() ^ Address.Bits()) & Mask) == 0;

    /// <summary>Whether two prefixes share an address.</summary>
    public bool Overlaps(IPPrefix other) => Length <= other.Length ? Contains(other.Address) : other.Contains(Address);

    /// <summary><c>address/length</c>; empty for none.</summary>
    public override string ToString() => Address.IsNone ? "" : $"{Address}/{Length.ToString(CultureInfo.InvariantCulture)}";

    /// <inheritdoc/>
    public bool Equals(IPPrefix other) => Length == other.Length && Address == other.Address;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is IPPrefix other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Address, Length);

    /// <summary>By address, then by length.</summary>
    public int CompareTo(IPPrefix other) => Address != other.Address ? Address.CompareTo(other.Address) : Length.CompareTo(other.Length);

    /// <summary>Equality by value.</summary>
    public static bool operator ==(IPPrefix left, IPPrefix right) => left.Equals(right);

    /// <summary>Inequality by value.</summary>
    public static bool operator !=(IPPrefix left, IPPrefix right) => !left.Equals(right);

    /// <summary>Order by address, then by length.</summary>
    public static bool operator <(IPPrefix left, IPPrefix right) => left.CompareTo(right) < 0;

    /// <summary>Order by address, then by length.</summary>
    public static bool operator >(IPPrefix left, IPPrefix right) => left.CompareTo(right) > 0;

    /// <summary>Order by address, then by length.</summary>
    public static bool operator <=(IPPrefix left, IPPrefix right) => left.CompareTo(right) <= 0;

    /// <summary>Order by address, then by length.</summary>
    public static bool operator >=(IPPrefix left, IPPrefix right) => left.CompareTo(right) >= 0;
}

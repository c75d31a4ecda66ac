using System.Buffers.Binary;
using System.Text;

namespace CalicoNet.Netlink.Nftables;

/// <summary>Bytes to compare a register with: 64 at most. Equal when the bytes are.</summary>
public readonly struct NftData : IEquatable<NftData>
{
    private const int InterfaceNameSize = 16;   // IFNAMSIZ

    private readonly byte[]? _bytes;

    /// <summary>Copies bytes.</summary>
    public NftData(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>How many.</summary>
    public int Length => Bytes.Length;

    /// <summary>One byte, for example a protocol's number.</summary>
    public static NftData Of(byte value) => new([value]);

    /// <summary>An address.</summary>
    public static NftData Of(IPAddr address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.CopyTo(bytes);
        return new NftData(bytes[..address.ByteCount]);
    }

    /// <summary>Four bytes as packets have them: big-endian.</summary>
    public static NftData NetworkOrder(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return new NftData(bytes);
    }

    /// <summary>Four bytes as this machine has them: what <c>meta</c> and <c>ct</c> load.</summary>
    public static NftData HostOrder(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return new NftData(bytes);
    }

    /// <summary>An interface name, filled up to 16 bytes: equal to the whole name only.</summary>
    /// <exception cref="ArgumentException">It is no interface name.</exception>
    public static NftData InterfaceName(string name)
    {
        Names.CheckInterface(name);
        Span<byte> bytes = stackalloc byte[InterfaceNameSize];
        bytes.Clear();
        Encoding.UTF8.GetBytes(name, bytes);
        return new NftData(bytes);
    }

    /// <inheritdoc/>
    public bool Equals(NftData other) => Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is NftData other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    /// <summary>As hexadecimal digits: <c>0x0ca11000</c>.</summary>
    public override string ToString() => $"0x{Convert.ToHexStringLower(Bytes)}";

    /// <summary>Equality by value.</summary>
    public static bool operator ==(NftData left, NftData right) => left.Equals(right);

    /// <summary>Inequality by value.</summary>
    public static bool operator !=(NftData left, NftData right) => !left.Equals(right);
}

using System.Runtime.InteropServices;

namespace CalicoNet.Netlink;

/// <summary>Internet addresses as the socket calls take them: struct sockaddr_in (linux/in.h), struct sockaddr_in6 (linux/in6.h), port 0.</summary>
internal static class SocketName
{
    public const int MaxSize = 28;      // sizeof(struct sockaddr_in6)
    private const int SizeV4 = 16;      // sizeof(struct sockaddr_in)
    private const int AddressV4 = 4;    // offsetof(struct sockaddr_in, sin_addr)
    private const int AddressV6 = 8;    // offsetof(struct sockaddr_in6, sin6_addr)

    /// <summary>Writes an address.</summary>
    /// <returns>The part of <paramref name="room"/> (<see cref="MaxSize"/> bytes) that it takes.</returns>
    public static ReadOnlySpan<byte> Write(in IPAddr address, Span<byte> room)
    {
        room.Clear();
        MemoryMarshal.Write(room, (ushort)address.Family);
        address.CopyTo(room[(address.Family == IPFamily.IPv4 ? AddressV4 : AddressV6)..]);
        return room[..(address.Family == IPFamily.IPv4 ? SizeV4 : MaxSize)];
    }

    /// <summary>Reads an address; none where the bytes are too few, or of another family.</summary>
    public static IPAddr Read(ReadOnlySpan<byte> name)
    {
        IPAddr address = default;
        if (MemoryMarshal.TryRead(name, out ushort family))
        {
            _ = (IPFamily)family switch
            {
                IPFamily.IPv4 when name.Length >= SizeV4 => IPAddr.TryCreate(name.Slice(AddressV4, 4), out address),
                IPFamily.IPv6 when name.Length >= AddressV6 + 16 => IPAddr.TryCreate(name.Slice(AddressV6, 16), out address),
                _ => false,
            };
        }

        return address;
    }
}

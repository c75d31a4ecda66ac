using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CalicoNet.Netlink;

/// <summary>
/// One received message. Reading never throws: a length that leaves the message ends the walk and marks it malformed, and the socket
/// turns the mark into one exception.
/// </summary>
internal readonly ref struct NetlinkMessage
{
    private readonly ReadOnlySpan<byte> _payload;
    private readonly ref bool _malformed;

    public NetlinkMessage(MessageHeader header, ReadOnlySpan<byte> payload, ref bool malformed)
    {
        Header = header;
        _payload = payload;
        _malformed = ref malformed;
    }

    public MessageHeader Header { get; }

    public ReadOnlySpan<byte> Payload => _payload;

    public bool Is<TType>(TType type)
        where TType : unmanaged, Enum
        => Header.Type == Unsafe.BitCast<TType, ushort>(type);

    /// <summary>The fixed header behind nlmsghdr; all zero (and the message malformed) where it is cut short.</summary>
    public THeader Read<THeader>()
        where THeader : unmanaged
    {
        if (MemoryMarshal.TryRead(_payload, out THeader header))
        {
            return header;
        }

        _malformed = true;
        return default;
    }

    /// <summary>The attributes behind a fixed header.</summary>
    public AttributeReader Attributes<THeader>()
        where THeader : unmanaged
        => Attributes(Unsafe.SizeOf<THeader>());

    public AttributeReader Attributes(int offset)
    {
        offset = Align.Up(offset);
        return new AttributeReader(offset <= _payload.Length ? _payload[offset..] : default, ref _malformed);
    }
}

/// <summary>Walks a datagram's messages.</summary>
internal ref struct MessageReader
{
    private readonly ref bool _malformed;
    private ReadOnlySpan<byte> _rest;

    public MessageReader(ReadOnlySpan<byte> datagram, ref bool malformed)
    {
        _rest = datagram;
        _malformed = ref malformed;
    }

    public bool Next(out NetlinkMessage message)
    {
        message = default;
        if (_rest.IsEmpty || _malformed)
        {
            return false;
        }

        if (!MemoryMarshal.TryRead(_rest, out MessageHeader header) || header.Length < MessageHeader.Size || header.Length > (uint)_rest.Length)
        {
            _malformed = true;
            return false;
        }

        var length = (int)header.Length;
        message = new NetlinkMessage(header, _rest[MessageHeader.Size..length], ref _malformed);
        var next = Align.Up(length);
        _rest = next < _rest.Length ? _rest[next..] : default;   // the last message may be unpadded
        return true;
    }
}

using System.Buffers.Binary;
using System.Text;

namespace CalicoNet.Netlink;

/// <summary>Walks attributes: <c>foreach (var attribute in message.Attributes&lt;LinkHeader&gt;())</c>.</summary>
internal ref struct AttributeReader
{
    private readonly ref bool _malformed;
    private ReadOnlySpan<byte> _rest;

    public AttributeReader(ReadOnlySpan<byte> bytes, ref bool malformed)
    {
        _rest = bytes;
        _malformed = ref malformed;
        Current = default;
    }

    public NetlinkAttribute Current { get; private set; }

    public readonly AttributeReader GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length < NetlinkAttribute.HeaderSize)
        {
            // Fewer than four bytes can only be padding.
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        if (length < NetlinkAttribute.HeaderSize || length > _rest.Length)
        {
            _malformed = true;
            _rest = default;
            return false;
        }

        var type = BinaryPrimitives.ReadUInt16LittleEndian(_rest[2..]);
        Current = new NetlinkAttribute((ushort)(type & NetlinkAttribute.TypeMask), _rest[NetlinkAttribute.HeaderSize..length], ref _malformed);
        var next = Align.Up(length);
        _rest = next < _rest.Length ? _rest[next..] : default;
        return true;
    }
}

/// <summary>One attribute. A value of the wrong length reads as zero and marks the message malformed.</summary>
internal readonly ref struct NetlinkAttribute
{
    public const int HeaderSize = 4;
    public const int TypeMask = 0x3fff;   // NLA_TYPE_MASK: without NLA_F_NESTED and NLA_F_NET_BYTEORDER

    private readonly ref bool _malformed;

    public NetlinkAttribute(ushort type, ReadOnlySpan<byte> value, ref bool malformed)
    {
        Type = type;
        Value = value;
        _malformed = ref malformed;
    }

    public ushort Type { get; }

    public ReadOnlySpan<byte> Value { get; }

    public byte Byte => Value.Length >= 1 ? Value[0] : (byte)Bad();

    public ushort UInt16 => BinaryPrimitives.TryReadUInt16LittleEndian(Value, out var value) ? value : (ushort)Bad();

    public uint UInt32 => BinaryPrimitives.TryReadUInt32LittleEndian(Value, out var value) ? value : Bad();

    public int Int32 => unchecked((int)UInt32);

    public ulong UInt64 => BinaryPrimitives.TryReadUInt64LittleEndian(Value, out var value) ? value : Bad();

    public uint UInt32BigEndian => BinaryPrimitives.TryReadUInt32BigEndian(Value, out var value) ? value : Bad();

    public ulong UInt64BigEndian => BinaryPrimitives.TryReadUInt64BigEndian(Value, out var value) ? value : Bad();

    /// <summary>Text up to its NUL, or all of it where there is none.</summary>
    public string Text
    {
        get
        {
            var end = Value.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end >= 0 ? Value[..end] : Value);
        }
    }

    public IPAddr Address
    {
        get
        {
            if (IPAddr.TryCreate(Value, out var address))
            {
                return address;
            }

            Bad();
            return default;
        }
    }

    public LinkLayerAddress LinkLayer
    {
        get
        {
            if (LinkLayerAddress.TryCreate(Value, out var address))
            {
                return address;
            }

            Bad();
            return default;
        }
    }

    public AttributeReader Nested => new(Value, ref _malformed);

    /// <summary>Attributes behind a fixed header inside the value (a veth's peer).</summary>
    public AttributeReader NestedBehind(int header)
    {
        if (Value.Length < header)
        {
            Bad();
            return new AttributeReader(default, ref _malformed);
        }

        return new AttributeReader(Value[header..], ref _malformed);
    }

    private uint Bad()
    {
        _malformed = true;
        return 0;
    }
}

using System.Buffers.Binary;
using System.Text;

namespace CalicoNet.Netlink;

/// <summary>One request of a batch while it is being written: header, then attributes. A view; the batch owns the bytes.</summary>
internal readonly ref struct NetlinkRequest(NetlinkBatch batch)
{
    private const ushort Nested = 0x8000;   // NLA_F_NESTED: strict checking wants it on every nest

    /// <summary>Writes the fixed header behind nlmsghdr.</summary>
    public void Write<THeader>(in THeader header)
        where THeader : unmanaged
        => batch.Append(header);

    public void Write<TAttribute>(TAttribute attribute, ReadOnlySpan<byte> value)
        where TAttribute : unmanaged, Enum
        => value.CopyTo(batch.Attribute(attribute, value.Length));

    public void Write<TAttribute>(TAttribute attribute, byte value)
        where TAttribute : unmanaged, Enum
        => batch.Attribute(attribute, 1)[0] = value;

    public void Write<TAttribute>(TAttribute attribute, ushort value)
        where TAttribute : unmanaged, Enum
        => BinaryPrimitives.WriteUInt16LittleEndian(batch.Attribute(attribute, 2), value);

    public void Write<TAttribute>(TAttribute attribute, int value)
        where TAttribute : unmanaged, Enum
        => BinaryPrimitives.WriteInt32LittleEndian(batch.Attribute(attribute, 4), value);

    public void Write<TAttribute>(TAttribute attribute, uint value)
        where TAttribute : unmanaged, Enum
        => BinaryPrimitives.WriteUInt32LittleEndian(batch.Attribute(attribute, 4), value);

    public void Write<TAttribute>(TAttribute attribute, ulong value)
        where TAttribute : unmanaged, Enum
        => BinaryPrimitives.WriteUInt64LittleEndian(batch.Attribute(attribute, 8), value);

    public void Write<TAttribute>(TAttribute attribute, in IPAddr value)
        where TAttribute : unmanaged, Enum
        => value.CopyTo(batch.Attribute(attribute, value.ByteCount));

    public void Write<TAttribute>(TAttribute attribute, in LinkLayerAddress value)
        where TAttribute : unmanaged, Enum
        => value.Bytes.CopyTo(batch.Attribute(attribute, value.ByteCount));

    /// <summary>A string with its NUL, as rtnetlink and nf_tables want names.</summary>
    public void Write<TAttribute>(TAttribute attribute, string value)
        where TAttribute : unmanaged, Enum
        => Encoding.UTF8.GetBytes(value, batch.Attribute(attribute, Encoding.UTF8.GetByteCount(value) + 1));

    /// <summary>A text without a NUL, where the kernel wants bytes and counts them: 255 of an alias, its NUL included.</summary>
    public void WriteUnterminated<TAttribute>(TAttribute attribute, string value)
        where TAttribute : unmanaged, Enum
        => Encoding.UTF8.GetBytes(value, batch.Attribute(attribute, Encoding.UTF8.GetByteCount(value)));

    /// <summary>nf_tables speaks big-endian.</summary>
    public void WriteBigEndian<TAttribute>(TAttribute attribute, uint value)
        where TAttribute : unmanaged, Enum
        => BinaryPrimitives.WriteUInt32BigEndian(batch.Attribute(attribute, 4), value);

    public void WriteBigEndian<TAttribute>(TAttribute attribute, ulong value)
        where TAttribute : unmanaged, Enum
        => BinaryPrimitives.WriteUInt64BigEndian(batch.Attribute(attribute, 8), value);

    /// <summary>Attributes that are bytes already, as they were read.</summary>
    public void WriteRaw(ReadOnlySpan<byte> attributes) => batch.AppendRaw(attributes);

    /// <summary>Opens a nest; it ends with the returned scope: <c>using (message.Nest(LinkAttribute.Info)) { ... }</c>.</summary>
    public NestScope Nest<TAttribute>(TAttribute attribute)
        where TAttribute : unmanaged, Enum
    {
        var offset = batch.Used;
        batch.Attribute(attribute, 0, Nested);
        return new NestScope(batch, offset);
    }

    internal readonly ref struct NestScope(NetlinkBatch batch, int offset)
    {
        public void Dispose() => batch.EndNest(offset);
    }
}

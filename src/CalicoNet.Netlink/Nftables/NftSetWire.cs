using System.Buffers.Binary;

namespace CalicoNet.Netlink.Nftables;

/// <summary>Attributes of a set (NFTA_SET_*).</summary>
internal enum SetAttribute : ushort
{
    Table = 1,           // NFTA_SET_TABLE
    Name = 2,            // NFTA_SET_NAME
    Flags = 3,           // NFTA_SET_FLAGS
    KeyType = 4,         // NFTA_SET_KEY_TYPE
    KeyLength = 5,       // NFTA_SET_KEY_LEN
    DataType = 6,        // NFTA_SET_DATA_TYPE
    DataLength = 7,      // NFTA_SET_DATA_LEN
    Policy = 8,          // NFTA_SET_POLICY
    Description = 9,     // NFTA_SET_DESC
    Id = 10,             // NFTA_SET_ID
    Timeout = 11,        // NFTA_SET_TIMEOUT
    UserData = 13,       // NFTA_SET_USERDATA
    Handle = 16,         // NFTA_SET_HANDLE
}

/// <summary>Attributes of a set's description (NFTA_SET_DESC_*).</summary>
internal enum SetDescriptionAttribute : ushort
{
    Size = 1,   // NFTA_SET_DESC_SIZE
}

/// <summary>Sets as messages. Their elements are in <see cref="NftElementWire"/>.</summary>
internal static class NftSetWire
{
    private const int BigEndian = 2;   // BYTEORDER_BIG_ENDIAN, nft's datatype.h

    /// <param name="batch">Where to.</param>
    /// <param name="set">The set.</param>
    /// <param name="id">A number for it that no other set of the transaction has; the kernel insists on one.</param>
    /// <param name="flags">Flags of the message.</param>
    public static void Add(NetlinkBatch batch, NftSet set, uint id, NetlinkFlags flags)
    {
        Check(set);
        NftUserData.CheckComment(set.Comment);
        var message = Name(batch, NftMessageType.NewSet, flags, set, "add set");
        message.WriteBigEndian(SetAttribute.Flags, (uint)set.Flags);
        message.WriteBigEndian(SetAttribute.KeyType, (uint)set.Key);
        message.WriteBigEndian(SetAttribute.KeyLength, (uint)set.KeyLength);
        message.WriteBigEndian(SetAttribute.Id, id);
        if (set.Size != 0)
        {
            using (message.Nest(SetAttribute.Description))
            {
                message.WriteBigEndian(SetDescriptionAttribute.Size, set.Size);
            }
        }

        WriteUserData(message, set);
    }

    public static void Delete(NetlinkBatch batch, NftSet set)
    {
        Check(set);
        Name(batch, NftMessageType.DeleteSet, NetlinkFlags.None, set, "delete set");
    }

    public static void List(NetlinkBatch batch, NftTableRef table)
    {
        NftTableWire.Check(table);
        var message = NftMessage.Begin(batch, NftMessageType.GetSet, NetlinkFlags.Dump, table.Family, "list the sets of table", table);
        message.Write(SetAttribute.Table, table.Name);
    }

    public static void Check(NftSet set)
    {
        NftTableWire.Check(set.Table);
        NftMessage.CheckName(set.Name, "set");
    }

    public static bool TryRead(in NetlinkMessage message, out NftSet set)
    {
        set = null!;
        if (!message.Is(NftMessageType.NewSet))
        {
            return false;
        }

        string table = "", name = "";
        string? comment = null;
        var key = NftSetKey.Unspecified;
        var flags = NftSetFlags.None;
        var keyLength = 0;
        uint size = 0;
        ulong handle = 0;
        var merge = false;
        foreach (var attribute in message.Attributes<NetfilterHeader>())
        {
            switch ((SetAttribute)attribute.Type)
            {
                case SetAttribute.Table: table = attribute.Text; break;
                case SetAttribute.Name: name = attribute.Text; break;
                case SetAttribute.Flags: flags = (NftSetFlags)attribute.UInt32BigEndian; break;
                case SetAttribute.KeyType: key = (NftSetKey)attribute.UInt32BigEndian; break;
                case SetAttribute.KeyLength: keyLength = unchecked((int)attribute.UInt32BigEndian); break;
                case SetAttribute.Handle: handle = attribute.UInt64BigEndian; break;
                case SetAttribute.Description: size = ReadSize(attribute); break;
                case SetAttribute.UserData:
                    comment = NftUserData.Find(attribute.Value, NftUserData.SetComment, out var text) ? NftUserData.Text(text) : null;
                    merge = NftUserData.Find(attribute.Value, NftUserData.SetMergeElements, out var value) && value.ContainsAnyExcept((byte)0);
                    break;
            }
        }

        set = new NftSet(new NftTableRef(NftMessage.Family(message), table), name, key)
        {
            Flags = flags,
            KeyLength = keyLength,
            Size = size,
            AutoMerge = merge,
            Comment = comment,
            Handle = handle,
        };
        return true;
    }

    private static uint ReadSize(in NetlinkAttribute description)
    {
        foreach (var attribute in description.Nested)
        {
            if ((SetDescriptionAttribute)attribute.Type == SetDescriptionAttribute.Size)
            {
                return attribute.UInt32BigEndian;
            }
        }

        return 0;
    }

    /// <summary>As nft writes it: numbers in this machine's order.</summary>
    private static void WriteUserData(NetlinkRequest message, NftSet set)
    {
        Span<byte> room = stackalloc byte[NftUserData.MaxBytes];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(number, BigEndian);
        var used = NftUserData.Put(room, NftUserData.SetKeyByteOrder, number);
        if (set.AutoMerge)
        {
            BinaryPrimitives.WriteInt32LittleEndian(number, 1);
            used += NftUserData.Put(room[used..], NftUserData.SetMergeElements, number);
        }

        if (set.Comment is not null)
        {
            used += NftUserData.PutText(room[used..], NftUserData.SetComment, set.Comment);
        }

        message.Write(SetAttribute.UserData, room[..used]);
    }

    private static NetlinkRequest Name(NetlinkBatch batch, NftMessageType type, NetlinkFlags flags, NftSet set, string operation)
    {
        var message = NftMessage.Begin(batch, type, flags, set.Table.Family, operation, set);
        message.Write(SetAttribute.Table, set.Table.Name);
        message.Write(SetAttribute.Name, set.Name);
        return message;
    }
}

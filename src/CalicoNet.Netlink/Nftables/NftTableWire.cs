namespace CalicoNet.Netlink.Nftables;

/// <summary>Attributes of a table (NFTA_TABLE_*).</summary>
internal enum TableAttribute : ushort
{
    Name = 1,       // NFTA_TABLE_NAME
    Flags = 2,      // NFTA_TABLE_FLAGS
    Use = 3,        // NFTA_TABLE_USE
    Handle = 4,     // NFTA_TABLE_HANDLE
    UserData = 6,   // NFTA_TABLE_USERDATA
    Owner = 7,      // NFTA_TABLE_OWNER
}

/// <summary>Tables as messages.</summary>
internal static class NftTableWire
{
    public static void Add(NetlinkBatch batch, NftTable table, NetlinkFlags flags)
    {
        Check(table.Ref);
        NftUserData.CheckComment(table.Comment);
        var message = NftMessage.Begin(batch, NftMessageType.NewTable, flags, table.Ref.Family, "add table", table);
        message.Write(TableAttribute.Name, table.Ref.Name);
        message.WriteBigEndian(TableAttribute.Flags, (uint)table.Flags);
        NftUserData.WriteComment(message, TableAttribute.UserData, table.Comment);
    }

    public static void Delete(NetlinkBatch batch, NftTableRef table)
        => Name(batch, NftMessageType.DeleteTable, NetlinkFlags.None, table, "delete table");

    public static void Get(NetlinkBatch batch, NftTableRef table)
        => Name(batch, NftMessageType.GetTable, NetlinkFlags.None, table, "read table");

    public static void List(NetlinkBatch batch)
        => NftMessage.Begin(batch, NftMessageType.GetTable, NetlinkFlags.Dump, NftFamily.Unspecified, "list tables");

    public static void Check(NftTableRef table) => NftMessage.CheckName(table.Name, "table");

    public static bool TryRead(in NetlinkMessage message, out NftTable table)
    {
        table = null!;
        if (!message.Is(NftMessageType.NewTable))
        {
            return false;
        }

        var name = "";
        string? comment = null;
        var flags = NftTableFlags.None;
        ulong handle = 0;
        foreach (var attribute in message.Attributes<NetfilterHeader>())
        {
            switch ((TableAttribute)attribute.Type)
            {
                case TableAttribute.Name: name = attribute.Text; break;
                case TableAttribute.Flags: flags = (NftTableFlags)attribute.UInt32BigEndian; break;
                case TableAttribute.Handle: handle = attribute.UInt64BigEndian; break;
                case TableAttribute.UserData: comment = NftUserData.ReadComment(attribute.Value); break;
            }
        }

        table = new NftTable(new NftTableRef(NftMessage.Family(message), name)) { Comment = comment, Flags = flags, Handle = handle };
        return true;
    }

    private static void Name(NetlinkBatch batch, NftMessageType type, NetlinkFlags flags, NftTableRef table, string operation)
    {
        Check(table);
        NftMessage.Begin(batch, type, flags, table.Family, operation, table).Write(TableAttribute.Name, table.Name);
    }
}

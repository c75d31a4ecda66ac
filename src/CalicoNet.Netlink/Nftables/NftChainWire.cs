namespace CalicoNet.Netlink.Nftables;

/// <summary>Attributes of a chain (NFTA_CHAIN_*).</summary>
internal enum ChainAttribute : ushort
{
    Table = 1,       // NFTA_CHAIN_TABLE
    Handle = 2,      // NFTA_CHAIN_HANDLE
    Name = 3,        // NFTA_CHAIN_NAME
    Hook = 4,        // NFTA_CHAIN_HOOK
    Policy = 5,      // NFTA_CHAIN_POLICY
    Use = 6,         // NFTA_CHAIN_USE
    Type = 7,        // NFTA_CHAIN_TYPE
    Counters = 8,    // NFTA_CHAIN_COUNTERS
    Flags = 10,      // NFTA_CHAIN_FLAGS
    Id = 11,         // NFTA_CHAIN_ID
    UserData = 12,   // NFTA_CHAIN_USERDATA
}

/// <summary>Attributes of a base chain's hook (NFTA_HOOK_*).</summary>
internal enum HookAttribute : ushort
{
    Number = 1,     // NFTA_HOOK_HOOKNUM
    Priority = 2,   // NFTA_HOOK_PRIORITY
}

/// <summary>Chains as messages.</summary>
internal static class NftChainWire
{
    public static void Add(NetlinkBatch batch, NftChain chain, NetlinkFlags flags)
    {
        Check(chain.Table, chain.Name);
        NftUserData.CheckComment(chain.Comment);
        var message = Name(batch, NftMessageType.NewChain, flags, chain.Table, chain.Name, "add chain");
        if (chain.Base is { } hooked)
        {
            using (message.Nest(ChainAttribute.Hook))
            {
                message.WriteBigEndian(HookAttribute.Number, (uint)hooked.Hook);
                message.WriteBigEndian(HookAttribute.Priority, unchecked((uint)hooked.Priority));
            }

            message.WriteBigEndian(ChainAttribute.Policy, (uint)hooked.Policy);
            message.Write(ChainAttribute.Type, hooked.Type);
        }

        NftUserData.WriteComment(message, ChainAttribute.UserData, chain.Comment);
    }

    public static void Delete(NetlinkBatch batch, NftTableRef table, string chain)
    {
        Check(table, chain);
        Name(batch, NftMessageType.DeleteChain, NetlinkFlags.None, table, chain, "delete chain");
    }

    /// <summary>The kernel filters by family only.</summary>
    public static void List(NetlinkBatch batch, NftTableRef table)
        => NftMessage.Begin(batch, NftMessageType.GetChain, NetlinkFlags.Dump, table.Family, "list the chains of table", table);

    public static void Check(NftTableRef table, string chain)
    {
        NftTableWire.Check(table);
        NftMessage.CheckName(chain, "chain");
    }

    public static bool TryRead(in NetlinkMessage message, out NftChain chain)
    {
        chain = null!;
        if (!message.Is(NftMessageType.NewChain))
        {
            return false;
        }

        string table = "", name = "";
        string? comment = null, type = null;
        (NftHook Hook, int Priority) hook = default;
        var policy = NftPolicy.Accept;
        ulong handle = 0;
        foreach (var attribute in message.Attributes<NetfilterHeader>())
        {
            switch ((ChainAttribute)attribute.Type)
            {
                case ChainAttribute.Table: table = attribute.Text; break;
                case ChainAttribute.Name: name = attribute.Text; break;
                case ChainAttribute.Handle: handle = attribute.UInt64BigEndian; break;
                case ChainAttribute.Type: type = attribute.Text; break;
                case ChainAttribute.Hook: hook = ReadHook(attribute); break;
                case ChainAttribute.Policy: policy = (NftPolicy)attribute.UInt32BigEndian; break;
                case ChainAttribute.UserData: comment = NftUserData.ReadComment(attribute.Value); break;
            }
        }

        chain = new NftChain(new NftTableRef(NftMessage.Family(message), table), name)
        {
            Base = type is null ? null : new NftBase(type, hook.Hook, hook.Priority, policy),
            Comment = comment,
            Handle = handle,
        };
        return true;
    }

    private static (NftHook Hook, int Priority) ReadHook(in NetlinkAttribute nest)
    {
        (NftHook Hook, int Priority) hook = default;
        foreach (var attribute in nest.Nested)
        {
            switch ((HookAttribute)attribute.Type)
            {
                case HookAttribute.Number: hook.Hook = (NftHook)attribute.UInt32BigEndian; break;
                case HookAttribute.Priority: hook.Priority = unchecked((int)attribute.UInt32BigEndian); break;
            }
        }

        return hook;
    }

    private static NetlinkRequest Name(NetlinkBatch batch, NftMessageType type, NetlinkFlags flags, NftTableRef table, string chain, string operation)
    {
        var message = NftMessage.Begin(batch, type, flags, table.Family, operation, new NftChain(table, chain));
        message.Write(ChainAttribute.Table, table.Name);
        message.Write(ChainAttribute.Name, chain);
        return message;
    }
}

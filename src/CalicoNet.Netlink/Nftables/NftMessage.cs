namespace CalicoNet.Netlink.Nftables;

/// <summary>Messages of nf_tables (NFT_MSG_*, linux/netfilter/nf_tables.h) with the subsystem (NFNL_SUBSYS_NFTABLES) in the high byte.</summary>
internal enum NftMessageType : ushort
{
    BatchBegin = 16,                        // NFNL_MSG_BATCH_BEGIN
    BatchEnd = 17,                          // NFNL_MSG_BATCH_END

    NewTable = Subsystem | 0,               // NFT_MSG_NEWTABLE
    GetTable = Subsystem | 1,               // NFT_MSG_GETTABLE
    DeleteTable = Subsystem | 2,            // NFT_MSG_DELTABLE
    NewChain = Subsystem | 3,               // NFT_MSG_NEWCHAIN
    GetChain = Subsystem | 4,               // NFT_MSG_GETCHAIN
    DeleteChain = Subsystem | 5,            // NFT_MSG_DELCHAIN
    NewRule = Subsystem | 6,                // NFT_MSG_NEWRULE
    GetRule = Subsystem | 7,                // NFT_MSG_GETRULE
    DeleteRule = Subsystem | 8,             // NFT_MSG_DELRULE
    NewSet = Subsystem | 9,                 // NFT_MSG_NEWSET
    GetSet = Subsystem | 10,                // NFT_MSG_GETSET
    DeleteSet = Subsystem | 11,             // NFT_MSG_DELSET
    NewElements = Subsystem | 12,           // NFT_MSG_NEWSETELEM
    GetElements = Subsystem | 13,           // NFT_MSG_GETSETELEM
    DeleteElements = Subsystem | 14,        // NFT_MSG_DELSETELEM
    NewGeneration = Subsystem | 15,         // NFT_MSG_NEWGEN
    GetGeneration = Subsystem | 16,         // NFT_MSG_GETGEN
    DestroyElements = Subsystem | 30,       // NFT_MSG_DESTROYSETELEM, Linux 6.3

    Subsystem = 10 << 8,                    // NFNL_SUBSYS_NFTABLES
}

/// <summary>Attributes of BATCH_BEGIN (NFNL_BATCH_*, linux/netfilter/nfnetlink.h).</summary>
internal enum BatchAttribute : ushort
{
    Generation = 1,   // NFNL_BATCH_GENID
}

/// <summary>Attributes of the generation (NFTA_GEN_*).</summary>
internal enum GenerationAttribute : ushort
{
    Id = 1,   // NFTA_GEN_ID
}

/// <summary>The items of every list (NFTA_LIST_*).</summary>
internal enum ListAttribute : ushort
{
    Element = 1,   // NFTA_LIST_ELEM
}

/// <summary>What every nf_tables message begins with, and the names in it.</summary>
internal static class NftMessage
{
    private const int MaxName = 255;   // NFT_NAME_MAXLEN - 1

    public static NetlinkRequest Begin(
        NetlinkBatch batch, NftMessageType type, NetlinkFlags flags, NftFamily family, string operation, object? subject = null)
    {
        var message = batch.Begin(type, flags, operation, subject);
        message.Write(new NetfilterHeader { Family = (byte)family });
        return message;
    }

    /// <summary>
    /// The kernel reads a name up to its first NUL, so one inside would silently mean another object. Called before a message is begun:
    /// what throws must not leave half a message in the batch.
    /// </summary>
    public static void CheckName(string? name, string what)
    {
        if (string.IsNullOrEmpty(name) || name.Contains('\0') || System.Text.Encoding.UTF8.GetByteCount(name) > MaxName)
        {
            throw new ArgumentException($"'{name?.Replace("\0", "\\0", StringComparison.Ordinal)}' is not the name of a {what}: 1 to {MaxName} bytes without NUL.", nameof(name));
        }
    }

    public static NftFamily Family(in NetlinkMessage message) => (NftFamily)message.Read<NetfilterHeader>().Family;
}

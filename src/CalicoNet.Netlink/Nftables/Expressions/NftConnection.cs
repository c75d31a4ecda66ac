namespace CalicoNet.Netlink.Nftables;

/// <summary>What connection tracking knows (NFT_CT_*).</summary>
public enum NftConnectionKey : uint
{
    /// <summary>The packet's state in its connection, 4 bytes of <see cref="NftConnectionStates"/> (NFT_CT_STATE).</summary>
    State = 0,
    /// <summary>Which way it goes, 1 byte (NFT_CT_DIRECTION).</summary>
    Direction = 1,
    /// <summary>What was done to the connection, 4 bytes (NFT_CT_STATUS).</summary>
    Status = 2,
    /// <summary>The connection's mark, 4 bytes (NFT_CT_MARK).</summary>
    Mark = 3,
}

/// <summary>States of a packet in its connection (NF_CT_STATE_BIT, linux/netfilter/nf_conntrack_common.h).</summary>
[Flags]
public enum NftConnectionStates : uint
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary><c>invalid</c>: of no connection (NF_CT_STATE_INVALID_BIT).</summary>
    Invalid = 0x1,
    /// <summary><c>established</c>: of one that was answered (NF_CT_STATE_BIT(IP_CT_ESTABLISHED)).</summary>
    Established = 0x2,
    /// <summary><c>related</c>: one that another brings about (NF_CT_STATE_BIT(IP_CT_RELATED)).</summary>
    Related = 0x4,
    /// <summary><c>new</c>: of one that begins (NF_CT_STATE_BIT(IP_CT_NEW)).</summary>
    New = 0x8,
    /// <summary><c>untracked</c>: not looked at (NF_CT_STATE_UNTRACKED_BIT).</summary>
    Untracked = 0x40,
}

/// <summary>Loads what connection tracking knows of the packet, in this machine's byte order.</summary>
/// <param name="Key">What.</param>
/// <param name="Register">Where to.</param>
public sealed record NftConnection(NftConnectionKey Key, NftRegister Register = NftRegister.R1) : NftExpression
{
    internal const string KernelName = "ct";

    private enum Attribute : ushort
    {
        Register = 1,   // NFTA_CT_DREG
        Key = 2,        // NFTA_CT_KEY
    }

    /// <inheritdoc/>
    public override string Name => KernelName;

    internal override void Write(NetlinkRequest message)
    {
        NftExpressionWire.WriteRegister(message, Attribute.Register, Register);
        message.WriteBigEndian(Attribute.Key, (uint)Key);
    }

    internal static NftConnection? Read(in NetlinkAttribute data)
    {
        NftConnectionKey key = default;
        NftRegister register = default;
        foreach (var attribute in data.Nested)
        {
            switch ((Attribute)attribute.Type)
            {
                case Attribute.Register: register = NftExpressionWire.ReadRegister(attribute); break;
                case Attribute.Key: key = (NftConnectionKey)attribute.UInt32BigEndian; break;
                default: return null;
            }
        }

        return new NftConnection(key, register);
    }
}

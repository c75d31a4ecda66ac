namespace CalicoNet.Netlink.Nftables;

/// <summary>What the kernel knows of a packet beside its bytes (NFT_META_*).</summary>
public enum NftMetaKey : uint
{
    /// <summary>Its length, 4 bytes (NFT_META_LEN).</summary>
    Length = 0,
    /// <summary>Its EtherType, 2 bytes (NFT_META_PROTOCOL).</summary>
    Protocol = 1,
    /// <summary>Its mark, 4 bytes (NFT_META_MARK).</summary>
    Mark = 3,
    /// <summary>The index of the interface it came in by, 4 bytes (NFT_META_IIF).</summary>
    InputInterface = 4,
    /// <summary>The index of the interface it goes out by, 4 bytes (NFT_META_OIF).</summary>
    OutputInterface = 5,
    /// <summary>The name of the interface it came in by, 16 bytes (NFT_META_IIFNAME).</summary>
    InputInterfaceName = 6,
    /// <summary>The name of the interface it goes out by, 16 bytes (NFT_META_OIFNAME).</summary>
    OutputInterfaceName = 7,
    /// <summary>Its family, 1 byte of <see cref="NftFamily"/> (NFT_META_NFPROTO).</summary>
    Family = 15,
    /// <summary>Its transport protocol, 1 byte (NFT_META_L4PROTO).</summary>
    TransportProtocol = 16,
    /// <summary>Unicast, broadcast, multicast, 1 byte (NFT_META_PKTTYPE).</summary>
    PacketType = 19,
    /// <summary>The group of the interface it came in by, 4 bytes (NFT_META_IIFGROUP).</summary>
    InputGroup = 21,
    /// <summary>The group of the interface it goes out by, 4 bytes (NFT_META_OIFGROUP).</summary>
    OutputGroup = 22,
}

/// <summary>Loads what the kernel knows of the packet: numbers in this machine's byte order.</summary>
/// <param name="Key">What.</param>
/// <param name="Register">Where to.</param>
public sealed record NftMeta(NftMetaKey Key, NftRegister Register = NftRegister.R1) : NftExpression
{
    internal const string KernelName = "meta";

    private enum Attribute : ushort
    {
        Register = 1,   // NFTA_META_DREG
        Key = 2,        // NFTA_META_KEY
    }

    /// <inheritdoc/>
    public override string Name => KernelName;

    internal override void Write(NetlinkRequest message)
    {
        NftExpressionWire.WriteRegister(message, Attribute.Register, Register);
        message.WriteBigEndian(Attribute.Key, (uint)Key);
    }

    internal static NftMeta? Read(in NetlinkAttribute data)
    {
        NftMetaKey key = default;
        NftRegister register = default;
        foreach (var attribute in data.Nested)
        {
            switch ((Attribute)attribute.Type)
            {
                case Attribute.Register: register = NftExpressionWire.ReadRegister(attribute); break;
                case Attribute.Key: key = (NftMetaKey)attribute.UInt32BigEndian; break;
                default: return null;
            }
        }

        return new NftMeta(key, register);
    }
}

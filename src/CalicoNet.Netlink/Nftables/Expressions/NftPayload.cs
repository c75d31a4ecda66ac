namespace CalicoNet.Netlink.Nftables;

/// <summary>Where in a packet an offset is counted from (NFT_PAYLOAD_*).</summary>
public enum NftPayloadBase : uint
{
    /// <summary>The link layer's header (NFT_PAYLOAD_LL_HEADER).</summary>
    Link = 0,
    /// <summary>The IPv4, IPv6 or ARP header (NFT_PAYLOAD_NETWORK_HEADER).</summary>
    Network = 1,
    /// <summary>The TCP, UDP or ICMP header (NFT_PAYLOAD_TRANSPORT_HEADER).</summary>
    Transport = 2,
}

/// <summary>Loads bytes of the packet. In an inet table a check of the family must stand before one of an IPv4 or IPv6 header.</summary>
/// <param name="Base">Where the offset is counted from.</param>
/// <param name="Offset">The first byte.</param>
/// <param name="Length">How many bytes.</param>
/// <param name="Register">Where to.</param>
public sealed record NftPayload(NftPayloadBase Base, int Offset, int Length, NftRegister Register = NftRegister.R1) : NftExpression
{
    internal const string KernelName = "payload";

    private enum Attribute : ushort
    {
        Register = 1,   // NFTA_PAYLOAD_DREG
        Base = 2,       // NFTA_PAYLOAD_BASE
        Offset = 3,     // NFTA_PAYLOAD_OFFSET
        Length = 4,     // NFTA_PAYLOAD_LEN
    }

    /// <inheritdoc/>
    public override string Name => KernelName;

    /// <summary>The source address (RFC 791, RFC 8200).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The family is none of the two.</exception>
    public static NftPayload Source(IPFamily family) => family switch
    {
        IPFamily.IPv4 => new NftPayload(NftPayloadBase.Network, 12, 4),
        IPFamily.IPv6 => new NftPayload(NftPayloadBase.Network, 8, 16),
        _ => throw new ArgumentOutOfRangeException(nameof(family), family, "A header is IPv4 or IPv6."),
    };

    /// <summary>The destination address: it follows the source's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The family is none of the two.</exception>
    public static NftPayload Destination(IPFamily family)
    {
        var source = Source(family);
        return source with { Offset = source.Offset + source.Length };
    }

    internal override void Write(NetlinkRequest message)
    {
        NftExpressionWire.WriteRegister(message, Attribute.Register, Register);
        message.WriteBigEndian(Attribute.Base, (uint)Base);
        message.WriteBigEndian(Attribute.Offset, (uint)Offset);
        message.WriteBigEndian(Attribute.Length, (uint)Length);
    }

    internal static NftPayload? Read(in NetlinkAttribute data)
    {
        NftRegister register = default;
        NftPayloadBase from = default;
        int offset = 0, length = 0;
        foreach (var attribute in data.Nested)
        {
            switch ((Attribute)attribute.Type)
            {
                case Attribute.Register: register = NftExpressionWire.ReadRegister(attribute); break;
                case Attribute.Base: from = (NftPayloadBase)attribute.UInt32BigEndian; break;
                case Attribute.Offset: offset = unchecked((int)attribute.UInt32BigEndian); break;
                case Attribute.Length: length = unchecked((int)attribute.UInt32BigEndian); break;
                default: return null;
            }
        }

        return new NftPayload(from, offset, length, register);
    }
}

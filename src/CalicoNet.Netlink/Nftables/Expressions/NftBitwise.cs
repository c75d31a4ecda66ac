namespace CalicoNet.Netlink.Nftables;

/// <summary>Changes bits of a register: <c>target = (source and mask) xor flip</c>. Shifts are read as <see cref="NftUnknown"/>.</summary>
/// <param name="Mask">The bits to keep.</param>
/// <param name="Flip">The bits to turn over then; as long as the mask.</param>
/// <param name="Source">From which register.</param>
/// <param name="Target">Where to.</param>
public sealed record NftBitwise(NftData Mask, NftData Flip, NftRegister Source = NftRegister.R1, NftRegister Target = NftRegister.R1) : NftExpression
{
    internal const string KernelName = "bitwise";

    private enum Attribute : ushort
    {
        Source = 1,      // NFTA_BITWISE_SREG
        Target = 2,      // NFTA_BITWISE_DREG
        Length = 3,      // NFTA_BITWISE_LEN
        Mask = 4,        // NFTA_BITWISE_MASK
        Flip = 5,        // NFTA_BITWISE_XOR
        Operation = 6,   // NFTA_BITWISE_OP, NFT_BITWISE_MASK_XOR 0
    }

    /// <inheritdoc/>
    public override string Name => KernelName;

    /// <summary>Keeps some bits, clears the others.</summary>
    public static NftBitwise And(NftData mask) => new(mask, new NftData(new byte[mask.Length]));

    internal override void Write(NetlinkRequest message)
    {
        NftExpressionWire.WriteRegister(message, Attribute.Source, Source);
        NftExpressionWire.WriteRegister(message, Attribute.Target, Target);
        message.WriteBigEndian(Attribute.Length, (uint)Mask.Length);
        NftExpressionWire.WriteData(message, Attribute.Mask, Mask);
        NftExpressionWire.WriteData(message, Attribute.Flip, Flip);
    }

    internal static NftBitwise? Read(in NetlinkAttribute data)
    {
        NftRegister source = default, target = default;
        NftData mask = default, flip = default;
        foreach (var attribute in data.Nested)
        {
            switch ((Attribute)attribute.Type)
            {
                case Attribute.Source: source = NftExpressionWire.ReadRegister(attribute); break;
                case Attribute.Target: target = NftExpressionWire.ReadRegister(attribute); break;
                case Attribute.Length: break;   // the mask's
                case Attribute.Mask: mask = NftExpressionWire.ReadData(attribute); break;
                case Attribute.Flip: flip = NftExpressionWire.ReadData(attribute); break;
                case Attribute.Operation when attribute.UInt32BigEndian == 0: break;
                default: return null;
            }
        }

        return new NftBitwise(mask, flip, source, target);
    }
}

namespace CalicoNet.Netlink.Nftables;

/// <summary>Turns numbers in a register from this machine's byte order to the network's, or back: for <see cref="NftComparison.Less"/> and its like.</summary>
/// <param name="ToNetwork">Whether to the network's order; else to this machine's.</param>
/// <param name="Size">Bytes of one number: 2, 4 or 8.</param>
/// <param name="Length">Bytes of all of them.</param>
/// <param name="Source">From which register.</param>
/// <param name="Target">Where to.</param>
public sealed record NftByteOrder(
    bool ToNetwork = true, int Size = 4, int Length = 4, NftRegister Source = NftRegister.R1, NftRegister Target = NftRegister.R1) : NftExpression
{
    internal const string KernelName = "byteorder";

    private enum Attribute : ushort
    {
        Source = 1,      // NFTA_BYTEORDER_SREG
        Target = 2,      // NFTA_BYTEORDER_DREG
        Operation = 3,   // NFTA_BYTEORDER_OP, NFT_BYTEORDER_NTOH 0, NFT_BYTEORDER_HTON 1
        Length = 4,      // NFTA_BYTEORDER_LEN
        Size = 5,        // NFTA_BYTEORDER_SIZE
    }

    /// <inheritdoc/>
    public override string Name => KernelName;

    internal override void Write(NetlinkRequest message)
    {
        NftExpressionWire.WriteRegister(message, Attribute.Source, Source);
        NftExpressionWire.WriteRegister(message, Attribute.Target, Target);
        message.WriteBigEndian(Attribute.Operation, ToNetwork ? 1u : 0u);
        message.WriteBigEndian(Attribute.Length, (uint)Length);
        message.WriteBigEndian(Attribute.Size, (uint)Size);
    }

    internal static NftByteOrder? Read(in NetlinkAttribute data)
    {
        NftRegister source = default, target = default;
        var toNetwork = false;
        int size = 0, length = 0;
        foreach (var attribute in data.Nested)
        {
            switch ((Attribute)attribute.Type)
            {
                case Attribute.Source: source = NftExpressionWire.ReadRegister(attribute); break;
                case Attribute.Target: target = NftExpressionWire.ReadRegister(attribute); break;
                case Attribute.Operation: toNetwork = attribute.UInt32BigEndian != 0; break;
                case Attribute.Length: length = unchecked((int)attribute.UInt32BigEndian); break;
                case Attribute.Size: size = unchecked((int)attribute.UInt32BigEndian); break;
                default: return null;
            }
        }

        return new NftByteOrder(toNetwork, size, length, source, target);
    }
}

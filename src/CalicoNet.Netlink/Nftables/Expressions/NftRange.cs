namespace CalicoNet.Netlink.Nftables;

/// <summary>
/// Ends the rule unless a register is in a range, or with <paramref name="Inverted"/> if it is. nft writes "in" as two comparisons, and
/// only "not in" as this.
/// </summary>
/// <param name="First">The lowest value in it.</param>
/// <param name="Last">The highest.</param>
/// <param name="Inverted">Whether it must be outside.</param>
/// <param name="Register">Which register.</param>
public sealed record NftRange(NftData First, NftData Last, bool Inverted = false, NftRegister Register = NftRegister.R1) : NftExpression
{
    internal const string KernelName = "range";

    private enum Attribute : ushort
    {
        Register = 1,    // NFTA_RANGE_SREG
        Operation = 2,   // NFTA_RANGE_OP, NFT_RANGE_EQ 0, NFT_RANGE_NEQ 1
        First = 3,       // NFTA_RANGE_FROM_DATA
        Last = 4,        // NFTA_RANGE_TO_DATA
    }

    /// <inheritdoc/>
    public override string Name => KernelName;

    internal override void Write(NetlinkRequest message)
    {
        NftExpressionWire.WriteRegister(message, Attribute.Register, Register);
        message.WriteBigEndian(Attribute.Operation, Inverted ? 1u : 0u);
        NftExpressionWire.WriteData(message, Attribute.First, First);
        NftExpressionWire.WriteData(message, Attribute.Last, Last);
    }

    internal static NftRange? Read(in NetlinkAttribute data)
    {
        NftRegister register = default;
        var inverted = false;
        NftData first = default, last = default;
        foreach (var attribute in data.Nested)
        {
            switch ((Attribute)attribute.Type)
            {
                case Attribute.Register: register = NftExpressionWire.ReadRegister(attribute); break;
                case Attribute.Operation: inverted = attribute.UInt32BigEndian != 0; break;
                case Attribute.First: first = NftExpressionWire.ReadData(attribute); break;
                case Attribute.Last: last = NftExpressionWire.ReadData(attribute); break;
                default: return null;
            }
        }

        return new NftRange(first, last, inverted, register);
    }
}

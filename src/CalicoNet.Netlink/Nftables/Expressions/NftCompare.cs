namespace CalicoNet.Netlink.Nftables;

/// <summary>How to compare (NFT_CMP_*). Byte by byte: for numbers the register must be in network order.</summary>
public enum NftComparison : uint
{
    /// <summary>Equal (NFT_CMP_EQ).</summary>
    Equal = 0,
    /// <summary>Not equal (NFT_CMP_NEQ).</summary>
    NotEqual = 1,
    /// <summary>Less (NFT_CMP_LT).</summary>
    Less = 2,
    /// <summary>Less or equal (NFT_CMP_LTE).</summary>
    LessOrEqual = 3,
    /// <summary>Greater (NFT_CMP_GT).</summary>
    Greater = 4,
    /// <summary>Greater or equal (NFT_CMP_GTE).</summary>
    GreaterOrEqual = 5,
}

/// <summary>Ends the rule unless a register compares so.</summary>
/// <param name="Comparison">How.</param>
/// <param name="Data">What with.</param>
/// <param name="Register">Which register.</param>
public sealed record NftCompare(NftComparison Comparison, NftData Data, NftRegister Register = NftRegister.R1) : NftExpression
{
    internal const string KernelName = "cmp";

    private enum Attribute : ushort
    {
        Register = 1,     // NFTA_CMP_SREG
        Comparison = 2,   // NFTA_CMP_OP
        Data = 3,         // NFTA_CMP_DATA
    }

    /// <inheritdoc/>
    public override string Name => KernelName;

    /// <summary>Equal.</summary>
    public static NftCompare With(NftData data) => new(NftComparison.Equal, data);

    internal override void Write(NetlinkRequest message)
    {
        NftExpressionWire.WriteRegister(message, Attribute.Register, Register);
        message.WriteBigEndian(Attribute.Comparison, (uint)Comparison);
        NftExpressionWire.WriteData(message, Attribute.Data, Data);
    }

    internal static NftCompare? Read(in NetlinkAttribute data)
    {
        NftRegister register = default;
        NftComparison comparison = default;
        NftData value = default;
        foreach (var attribute in data.Nested)
        {
            switch ((Attribute)attribute.Type)
            {
                case Attribute.Register: register = NftExpressionWire.ReadRegister(attribute); break;
                case Attribute.Comparison: comparison = (NftComparison)attribute.UInt32BigEndian; break;
                case Attribute.Data: value = NftExpressionWire.ReadData(attribute); break;
                default: return null;
            }
        }

        return new NftCompare(comparison, value, register);
    }
}

namespace CalicoNet.Netlink.Nftables;

/// <summary>What becomes of a packet (NF_* of linux/netfilter.h, NFT_* of nf_tables.h).</summary>
public enum NftVerdictCode
{
    /// <summary>It is dropped (NF_DROP).</summary>
    Drop = 0,
    /// <summary>It goes on, past the rest of the chain (NF_ACCEPT).</summary>
    Accept = 1,
    /// <summary>The next rule (NFT_CONTINUE).</summary>
    Continue = -1,
    /// <summary>Another chain, and back (NFT_JUMP).</summary>
    Jump = -3,
    /// <summary>Another chain for good (NFT_GOTO).</summary>
    Goto = -4,
    /// <summary>Back to where it jumped from; in a base chain, its policy (NFT_RETURN).</summary>
    Return = -5,
}

/// <summary>Decides on the packet: an <c>immediate</c> load of the verdict register.</summary>
/// <param name="Code">What becomes of it.</param>
/// <param name="Chain">The chain to go to: for jump and goto.</param>
public sealed record NftVerdict(NftVerdictCode Code, string? Chain = null) : NftExpression
{
    internal const string KernelName = "immediate";

    private enum Attribute : ushort
    {
        Register = 1,   // NFTA_IMMEDIATE_DREG
        Data = 2,       // NFTA_IMMEDIATE_DATA
    }

    private enum VerdictAttribute : ushort
    {
        Code = 1,    // NFTA_VERDICT_CODE
        Chain = 2,   // NFTA_VERDICT_CHAIN
    }

    /// <summary>Accept.</summary>
    public static NftVerdict Accept { get; } = new(NftVerdictCode.Accept);

    /// <summary>Drop.</summary>
    public static NftVerdict Drop { get; } = new(NftVerdictCode.Drop);

    /// <summary>Return.</summary>
    public static NftVerdict Return { get; } = new(NftVerdictCode.Return);

    /// <inheritdoc/>
    public override string Name => KernelName;

    /// <summary>Jump to a chain of the same table.</summary>
    public static NftVerdict Jump(string chain) => new(NftVerdictCode.Jump, chain);

    /// <summary>Go to a chain of the same table.</summary>
    public static NftVerdict Goto(string chain) => new(NftVerdictCode.Goto, chain);

    internal override void Write(NetlinkRequest message)
    {
        NftExpressionWire.WriteRegister(message, Attribute.Register, NftRegister.Verdict);
        using (message.Nest(Attribute.Data))
        using (message.Nest(DataAttribute.Verdict))
        {
            message.WriteBigEndian(VerdictAttribute.Code, unchecked((uint)Code));
            if (Chain is not null)
            {
                message.Write(VerdictAttribute.Chain, Chain);
            }
        }
    }

    /// <summary>Null for an immediate that loads a value into another register.</summary>
    internal static NftVerdict? Read(in NetlinkAttribute data)
    {
        NftVerdict? verdict = null;
        foreach (var attribute in data.Nested)
        {
            switch ((Attribute)attribute.Type)
            {
                case Attribute.Register when NftExpressionWire.ReadRegister(attribute) == NftRegister.Verdict: break;
                case Attribute.Data: verdict = ReadVerdict(attribute); break;
                default: return null;
            }
        }

        return verdict;
    }

    private static NftVerdict? ReadVerdict(in NetlinkAttribute data)
    {
        foreach (var value in data.Nested)
        {
            if ((DataAttribute)value.Type != DataAttribute.Verdict)
            {
                continue;
            }

            NftVerdictCode code = default;
            string? chain = null;
            foreach (var attribute in value.Nested)
            {
                switch ((VerdictAttribute)attribute.Type)
                {
                    case VerdictAttribute.Code: code = (NftVerdictCode)unchecked((int)attribute.UInt32BigEndian); break;
                    case VerdictAttribute.Chain: chain = attribute.Text; break;
                }
            }

            return new NftVerdict(code, chain);
        }

        return null;
    }
}

namespace CalicoNet.Netlink.Nftables;

/// <summary>
/// One step of a rule. It loads a register, compares one and ends the rule where it does not match, or acts. nft's <c>ip saddr @set</c> is
/// two of them: <see cref="NftPayload"/>, <see cref="NftLookup"/>.
/// </summary>
public abstract record NftExpression
{
    private protected NftExpression()
    {
    }

    /// <summary>The kernel's name for it: <c>payload</c>, <c>masq</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Writes its attributes (the inside of NFTA_EXPR_DATA).</summary>
    internal abstract void Write(NetlinkRequest message);
}

/// <summary>Registers (NFT_REG_*): four of 16 bytes. The kernel has sixteen of 4 bytes in the same place, for keys of several values.</summary>
public enum NftRegister : uint
{
    /// <summary>Where verdicts go (NFT_REG_VERDICT).</summary>
    Verdict = 0,
    /// <summary>The first of 16 bytes (NFT_REG_1).</summary>
    R1 = 1,
    /// <summary>The second (NFT_REG_2).</summary>
    R2 = 2,
    /// <summary>The third (NFT_REG_3).</summary>
    R3 = 3,
    /// <summary>The fourth (NFT_REG_4).</summary>
    R4 = 4,
    /// <summary>The first of 4 bytes (NFT_REG32_00); the others count on to 23.</summary>
    Short0 = 8,
}

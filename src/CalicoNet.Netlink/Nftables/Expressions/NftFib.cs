namespace CalicoNet.Netlink.Nftables;

/// <summary>What is asked of the routing tables (NFT_FIB_RESULT_*).</summary>
public enum NftFibResult : uint
{
    /// <summary>The index of the interface the route leads through, 4 bytes; 0 for none (NFT_FIB_RESULT_OIF).</summary>
    OutputInterface = 1,
    /// <summary>Its name, 16 bytes (NFT_FIB_RESULT_OIFNAME).</summary>
    OutputInterfaceName = 2,
    /// <summary>The type of the address, 4 bytes of <see cref="RouteType"/> (NFT_FIB_RESULT_ADDRTYPE).</summary>
    AddressType = 3,
}

/// <summary>What is looked up, and how (NFTA_FIB_F_*).</summary>
[Flags]
public enum NftFibFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>The source address (NFTA_FIB_F_SADDR).</summary>
    Source = 0x1,
    /// <summary>The destination address (NFTA_FIB_F_DADDR).</summary>
    Destination = 0x2,
    /// <summary>With the packet's mark (NFTA_FIB_F_MARK).</summary>
    Mark = 0x4,
    /// <summary>Routes through the interface it came in by only (NFTA_FIB_F_IIF).</summary>
    InputInterface = 0x8,
    /// <summary>Routes through the interface it goes out by only (NFTA_FIB_F_OIF).</summary>
    OutputInterface = 0x10,
    /// <summary>Only whether there is a route: the result is 1 or 0 (NFTA_FIB_F_PRESENT).</summary>
    Present = 0x20,
}

/// <summary>Asks the routing tables (forwarding information base): <c>fib saddr . iif oif</c>.</summary>
/// <param name="Flags">What is looked up.</param>
/// <param name="Result">What is asked.</param>
/// <param name="Register">Where to.</param>
public sealed record NftFib(NftFibFlags Flags, NftFibResult Result, NftRegister Register = NftRegister.R1) : NftExpression
{
    internal const string KernelName = "fib";

    private enum Attribute : ushort
    {
        Register = 1,   // NFTA_FIB_DREG
        Result = 2,     // NFTA_FIB_RESULT
        Flags = 3,      // NFTA_FIB_FLAGS
    }

    /// <inheritdoc/>
    public override string Name => KernelName;

    internal override void Write(NetlinkRequest message)
    {
        NftExpressionWire.WriteRegister(message, Attribute.Register, Register);
        message.WriteBigEndian(Attribute.Result, (uint)Result);
        message.WriteBigEndian(Attribute.Flags, (uint)Flags);
    }

    internal static NftFib? Read(in NetlinkAttribute data)
    {
        NftRegister register = default;
        NftFibResult result = default;
        NftFibFlags flags = default;
        foreach (var attribute in data.Nested)
        {
            switch ((Attribute)attribute.Type)
            {
                case Attribute.Register: register = NftExpressionWire.ReadRegister(attribute); break;
                case Attribute.Result: result = (NftFibResult)attribute.UInt32BigEndian; break;
                case Attribute.Flags: flags = (NftFibFlags)attribute.UInt32BigEndian; break;
                default: return null;
            }
        }

        return new NftFib(flags, result, register);
    }
}

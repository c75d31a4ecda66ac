namespace CalicoNet.Netlink.Nftables;

/// <summary>How source address translation chooses (NF_NAT_RANGE_*, linux/netfilter/nf_nat.h).</summary>
[Flags]
public enum NftNatFlags : uint
{
    /// <summary>The same port where it is free.</summary>
    None = 0,
    /// <summary><c>random</c>: a port from a hash (NF_NAT_RANGE_PROTO_RANDOM).</summary>
    Random = 0x4,
    /// <summary><c>persistent</c>: the same address for the same client (NF_NAT_RANGE_PERSISTENT).</summary>
    Persistent = 0x8,
    /// <summary><c>fully-random</c>: a random port, so that two flows at once do not choose the same (NF_NAT_RANGE_PROTO_RANDOM_FULLY).</summary>
    FullyRandom = 0x10,
}

/// <summary>Gives a flow the address of the interface it leaves by. In a nat chain at postrouting; ends the rule. Ports are left to the kernel.</summary>
/// <param name="Flags">How the port is chosen.</param>
public sealed record NftMasquerade(NftNatFlags Flags = NftNatFlags.None) : NftExpression
{
    internal const string KernelName = "masq";

    private enum Attribute : ushort
    {
        Flags = 1,   // NFTA_MASQ_FLAGS
    }

    /// <inheritdoc/>
    public override string Name => KernelName;

    internal override void Write(NetlinkRequest message)
    {
        if (Flags != NftNatFlags.None)
        {
            message.WriteBigEndian(Attribute.Flags, (uint)Flags);
        }
    }

    internal static NftMasquerade? Read(in NetlinkAttribute data)
    {
        var flags = NftNatFlags.None;
        foreach (var attribute in data.Nested)
        {
            switch ((Attribute)attribute.Type)
            {
                case Attribute.Flags: flags = (NftNatFlags)attribute.UInt32BigEndian; break;
                default: return null;
            }
        }

        return new NftMasquerade(flags);
    }
}

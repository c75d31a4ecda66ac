namespace CalicoNet.Netlink.Nftables;

/// <summary>Counts what comes to it.</summary>
/// <param name="Packets">Packets so far; in a rule to be added, where to start.</param>
/// <param name="Bytes">Their bytes.</param>
public sealed record NftCounter(ulong Packets = 0, ulong Bytes = 0) : NftExpression
{
    internal const string KernelName = "counter";

    private enum Attribute : ushort
    {
        Bytes = 1,     // NFTA_COUNTER_BYTES
        Packets = 2,   // NFTA_COUNTER_PACKETS
        Padding = 3,   // NFTA_COUNTER_PAD
    }

    /// <inheritdoc/>
    public override string Name => KernelName;

    internal override void Write(NetlinkRequest message)
    {
        message.WriteBigEndian(Attribute.Bytes, Bytes);
        message.WriteBigEndian(Attribute.Packets, Packets);
    }

    internal static NftCounter? Read(in NetlinkAttribute data)
    {
        ulong packets = 0, bytes = 0;
        foreach (var attribute in data.Nested)
        {
            switch ((Attribute)attribute.Type)
            {
                case Attribute.Bytes: bytes = attribute.UInt64BigEndian; break;
                case Attribute.Packets: packets = attribute.UInt64BigEndian; break;
                case Attribute.Padding: break;
                default: return null;
            }
        }

        return new NftCounter(packets, bytes);
    }
}

namespace CalicoNet.Netlink.Nftables;

/// <summary>Ends the rule unless a register's value is in a set of the same table, or with <paramref name="Inverted"/> if it is.</summary>
/// <param name="Set">The set's name.</param>
/// <param name="Inverted">Whether it must not be in it.</param>
/// <param name="Register">Which register.</param>
public sealed record NftLookup(string Set, bool Inverted = false, NftRegister Register = NftRegister.R1) : NftExpression
{
    internal const string KernelName = "lookup";

    private const uint Invert = 1;   // NFT_LOOKUP_F_INV

    private enum Attribute : ushort
    {
        Set = 1,        // NFTA_LOOKUP_SET
        Register = 2,   // NFTA_LOOKUP_SREG
        Flags = 5,      // NFTA_LOOKUP_FLAGS
    }

    /// <inheritdoc/>
    public override string Name => KernelName;

    internal override void Write(NetlinkRequest message)
    {
        message.Write(Attribute.Set, Set);
        NftExpressionWire.WriteRegister(message, Attribute.Register, Register);
        message.WriteBigEndian(Attribute.Flags, Inverted ? Invert : 0);
    }

    internal static NftLookup? Read(in NetlinkAttribute data)
    {
        var set = "";
        NftRegister register = default;
        var inverted = false;
        foreach (var attribute in data.Nested)
        {
            switch ((Attribute)attribute.Type)
            {
                case Attribute.Set: set = attribute.Text; break;
                case Attribute.Register: register = NftExpressionWire.ReadRegister(attribute); break;
                case Attribute.Flags: inverted = (attribute.UInt32BigEndian & Invert) != 0; break;
                default: return null;
            }
        }

        return new NftLookup(set, inverted, register);
    }
}

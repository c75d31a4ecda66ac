namespace CalicoNet.Netlink.Nftables;

/// <summary>An expression that has no record of its own, or not for all it says: read by name, with its attributes as bytes.</summary>
public sealed record NftUnknown : NftExpression
{
    internal NftUnknown(string name, NftData attributes)
    {
        Name = name;
        Attributes = attributes;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>Its attributes (the inside of NFTA_EXPR_DATA).</summary>
    public NftData Attributes { get; }

    /// <summary>As it was read, which makes the same expression again.</summary>
    internal override void Write(NetlinkRequest message) => message.WriteRaw(Attributes.Bytes);
}

namespace CalicoNet.Netlink.Nftables;

/// <summary>What every expression is wrapped in (NFTA_EXPR_*).</summary>
internal enum ExpressionAttribute : ushort
{
    Name = 1,   // NFTA_EXPR_NAME
    Data = 2,   // NFTA_EXPR_DATA
}

/// <summary>What every value is wrapped in (NFTA_DATA_*).</summary>
internal enum DataAttribute : ushort
{
    Value = 1,     // NFTA_DATA_VALUE
    Verdict = 2,   // NFTA_DATA_VERDICT
}

/// <summary>
/// Expressions as attributes. Each record writes and reads its own; here is what they have in common and the list of those that are known.
/// One with an attribute its record has no place for (a <c>meta</c> that sets, a <c>masquerade to</c> ports) must not be taken for what it
/// would be without, so it is read as <see cref="NftUnknown"/>.
/// </summary>
internal static class NftExpressionWire
{
    public static void Write<TAttribute>(NetlinkRequest message, TAttribute attribute, NftExpression expression)
        where TAttribute : unmanaged, Enum
    {
        using (message.Nest(attribute))
        {
            message.Write(ExpressionAttribute.Name, expression.Name);
            using (message.Nest(ExpressionAttribute.Data))
            {
                expression.Write(message);
            }
        }
    }

    public static NftExpression Read(in NetlinkAttribute expression)
    {
        var name = "";
        NetlinkAttribute data = default;
        foreach (var attribute in expression.Nested)
        {
            switch ((ExpressionAttribute)attribute.Type)
            {
                case ExpressionAttribute.Name: name = attribute.Text; break;
                case ExpressionAttribute.Data: data = attribute; break;
            }
        }

        if (data.Type == 0)
        {
            return new NftUnknown(name, default);   // nothing to be read: some have no attributes
        }

        NftExpression? known = name switch
        {
            NftBitwise.KernelName => NftBitwise.Read(data),
            NftByteOrder.KernelName => NftByteOrder.Read(data),
            NftCompare.KernelName => NftCompare.Read(data),
            NftConnection.KernelName => NftConnection.Read(data),
            NftCounter.KernelName => NftCounter.Read(data),
            NftFib.KernelName => NftFib.Read(data),
            NftVerdict.KernelName => NftVerdict.Read(data),
            NftLookup.KernelName => NftLookup.Read(data),
            NftMasquerade.KernelName => NftMasquerade.Read(data),
            NftMeta.KernelName => NftMeta.Read(data),
            NftPayload.KernelName => NftPayload.Read(data),
            NftRange.KernelName => NftRange.Read(data),
            _ => null,
        };
        return known ?? new NftUnknown(name, new NftData(data.Value));
    }

    public static void WriteRegister<TAttribute>(NetlinkRequest message, TAttribute attribute, NftRegister register)
        where TAttribute : unmanaged, Enum
        => message.WriteBigEndian(attribute, (uint)register);

    public static void WriteData<TAttribute>(NetlinkRequest message, TAttribute attribute, NftData data)
        where TAttribute : unmanaged, Enum
    {
        using (message.Nest(attribute))
        {
            message.Write(DataAttribute.Value, data.Bytes);
        }
    }

    public static NftRegister ReadRegister(in NetlinkAttribute attribute) => (NftRegister)attribute.UInt32BigEndian;

    public static NftData ReadData(in NetlinkAttribute nest)
    {
        foreach (var attribute in nest.Nested)
        {
            if ((DataAttribute)attribute.Type == DataAttribute.Value)
            {
                return new NftData(attribute.Value);
            }
        }

        return default;
    }
}

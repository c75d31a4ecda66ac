namespace CalicoNet.Netlink.Nftables;

/// <summary>Attributes of a rule (NFTA_RULE_*).</summary>
internal enum RuleAttribute : ushort
{
    Table = 1,         // NFTA_RULE_TABLE
    Chain = 2,         // NFTA_RULE_CHAIN
    Handle = 3,        // NFTA_RULE_HANDLE
    Expressions = 4,   // NFTA_RULE_EXPRESSIONS
    Position = 6,      // NFTA_RULE_POSITION
    UserData = 7,      // NFTA_RULE_USERDATA
}

/// <summary>Rules as messages.</summary>
internal static class NftRuleWire
{
    /// <summary>Queues a rule behind those that are there.</summary>
    public static void Append(NetlinkBatch batch, NftRule rule)
    {
        NftChainWire.Check(rule.Table, rule.Chain);
        NftUserData.CheckComment(rule.Comment);
        var message = Chain(batch, NftMessageType.NewRule, NetlinkFlags.Create | NetlinkFlags.Append, rule, "add rule to");
        using (message.Nest(RuleAttribute.Expressions))
        {
            foreach (var expression in rule.Expressions)
            {
                NftExpressionWire.Write(message, ListAttribute.Element, expression);
            }
        }

        NftUserData.WriteComment(message, RuleAttribute.UserData, rule.Comment);
    }

    public static void Delete(NetlinkBatch batch, NftTableRef table, string chain, ulong handle)
    {
        NftChainWire.Check(table, chain);
        // Without a handle the kernel would take it for the whole chain.
        ArgumentOutOfRangeException.ThrowIfZero(handle);
        var message = Chain(batch, NftMessageType.DeleteRule, NetlinkFlags.None, new NftRule(table, chain, []) { Handle = handle }, "delete rule");
        message.WriteBigEndian(RuleAttribute.Handle, handle);
    }

    /// <summary>Queues the removal of all rules of a chain: one without a handle.</summary>
    public static void Flush(NetlinkBatch batch, NftTableRef table, string chain)
    {
        NftChainWire.Check(table, chain);
        Chain(batch, NftMessageType.DeleteRule, NetlinkFlags.None, new NftRule(table, chain, []), "flush chain");
    }

    public static void List(NetlinkBatch batch, NftTableRef table, string? chain)
    {
        NftTableWire.Check(table);
        var message = NftMessage.Begin(batch, NftMessageType.GetRule, NetlinkFlags.Dump, table.Family, "list the rules of table", table);
        message.Write(RuleAttribute.Table, table.Name);
        if (chain is not null)
        {
            message.Write(RuleAttribute.Chain, chain);
        }
    }

    public static bool TryRead(in NetlinkMessage message, out NftRule rule)
    {
        rule = null!;
        if (!message.Is(NftMessageType.NewRule))
        {
            return false;
        }

        string table = "", chain = "";
        string? comment = null;
        ulong handle = 0;
        List<NftExpression> expressions = [];
        foreach (var attribute in message.Attributes<NetfilterHeader>())
        {
            switch ((RuleAttribute)attribute.Type)
            {
                case RuleAttribute.Table: table = attribute.Text; break;
                case RuleAttribute.Chain: chain = attribute.Text; break;
                case RuleAttribute.Handle: handle = attribute.UInt64BigEndian; break;
                case RuleAttribute.UserData: comment = NftUserData.ReadComment(attribute.Value); break;
                case RuleAttribute.Expressions:
                    foreach (var expression in attribute.Nested)
                    {
                        expressions.Add(NftExpressionWire.Read(expression));
                    }

                    break;
            }
        }

        rule = new NftRule(new NftTableRef(NftMessage.Family(message), table), chain, expressions) { Comment = comment, Handle = handle };
        return true;
    }

    private static NetlinkRequest Chain(NetlinkBatch batch, NftMessageType type, NetlinkFlags flags, NftRule rule, string operation)
    {
        var message = NftMessage.Begin(batch, type, flags, rule.Table.Family, operation, rule);
        message.Write(RuleAttribute.Table, rule.Table.Name);
        message.Write(RuleAttribute.Chain, rule.Chain);
        return message;
    }
}

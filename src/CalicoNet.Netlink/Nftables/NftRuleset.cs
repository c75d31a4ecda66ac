namespace CalicoNet.Netlink.Nftables;

/// <summary>
/// nf_tables of one open namespace: everything in it is read here, and changed by a transaction. Needs CAP_NET_ADMIN there, for reading too.
/// What is asked of a table, chain or set that is not there has no rows; it is no error.
/// </summary>
public readonly struct NftRuleset
{
    private const int MaxAttempts = 10;

    private readonly NetworkStack _stack;

    internal NftRuleset(NetworkStack stack) => _stack = stack;

    /// <summary>
    /// Carries a transaction out and empties it. On failure nothing of it is done. What the kernel only interrupted is repeated, ten times at
    /// most; a change of the rule set is not where the transaction names a <see cref="NftTransaction.Generation"/>, since it is decided upon
    /// what was then.
    /// </summary>
    /// <exception cref="NetlinkException">The kernel refused; it says which change, for example <c>add table inet foo: File exists</c>.</exception>
    public void Commit(NftTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        try
        {
            if (transaction.IsEmpty)
            {
                return;
            }

            var batch = transaction.Close();
            for (var attempt = 1; ; attempt++)
            {
                var errors = _stack.Netfilter.TransactAll(batch);
                if (errors.Count == 0)
                {
                    return;
                }

                // The kernel goes on after an error to find more; what comes after the first may be its consequence.
                var error = errors[0];
                var again = error.Errno is Errno.EINTR or Errno.EAGAIN || (error.Errno == Errno.ERESTART && transaction.Generation is null);
                if (!again || attempt == MaxAttempts)
                {
                    throw new NetlinkException(NetlinkFault.Refused, batch.Describe(error.Request), error);
                }

                Thread.Yield();   // another one's transaction came between: it is through
            }
        }
        finally
        {
            transaction.Clear();
        }
    }

    /// <summary>The number of the rule set's state: every commit, whoever makes it, moves it on.</summary>
    public uint Generation()
    {
        uint generation = 0;
        NftMessage.Begin(_stack.Single, NftMessageType.GetGeneration, NetlinkFlags.None, NftFamily.Unspecified, "read the nf_tables generation");
        Get((int _, in NetlinkMessage message) =>
        {
            foreach (var attribute in message.Attributes<NetfilterHeader>())
            {
                if ((GenerationAttribute)attribute.Type == GenerationAttribute.Id)
                {
                    generation = attribute.UInt32BigEndian;
                }
            }
        });
        return generation;
    }

    /// <summary>Finds a table; null where there is none.</summary>
    public NftTable? Find(NftTableRef table)
    {
        NftTable? found = null;
        NftTableWire.Get(_stack.Single, table);
        try
        {
            Get((int _, in NetlinkMessage message) =>
            {
                if (NftTableWire.TryRead(message, out var row))
                {
                    found = row;
                }
            });
        }
        catch (NetlinkException e) when (e.Errno == Errno.ENOENT)
        {
            return null;
        }

        return found;
    }

    /// <summary>Lists the tables of all families.</summary>
    public IReadOnlyList<NftTable> Tables()
    {
        NftTableWire.List(_stack.Single);
        return Dump<Parser, NftTable>();
    }

    /// <summary>Lists the chains of a table; none where there is no such table.</summary>
    public IReadOnlyList<NftChain> Chains(NftTableRef table)
    {
        NftTableWire.Check(table);
        NftChainWire.List(_stack.Single, table);
        return Dump<Parser, NftChain>().FindAll(chain => chain.Table == table);
    }

    /// <summary>Lists the sets of a table, those of single rules too; none where there is no such table.</summary>
    public IReadOnlyList<NftSet> Sets(NftTableRef table)
    {
        NftSetWire.List(_stack.Single, table);
        return Dump<Parser, NftSet>().FindAll(set => set.Table == table);
    }

    /// <summary>Lists the rules of a table, or of one chain, in their order; none where there is no such table or chain.</summary>
    public IReadOnlyList<NftRule> Rules(NftTableRef table, string? chain = null)
    {
        NftRuleWire.List(_stack.Single, table, chain);
        return Dump<Parser, NftRule>().FindAll(rule => rule.Table == table && (chain is null || rule.Chain == chain));
    }

    /// <summary>
    /// Lists the elements of a set of addresses, in order; none where there is no such set. An element for everything else (<c>*</c>) is read
    /// as the whole address space. The time is the kernel's, and more than proportional: 8 ms for 10,000, 0.3 s for 100,000.
    /// </summary>
    /// <param name="set">The set. Its key and whether it is an interval set must be right: <see cref="Sets"/> has them.</param>
    /// <exception cref="ArgumentException">The set's elements are no addresses.</exception>
    /// <exception cref="NetlinkException">No complete listing could be had, again and again (<see cref="NetlinkFault.DumpInterrupted"/>).</exception>
    public IReadOnlyList<NftElement> Elements(NftSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        if (set.Family == IPFamily.Unspecified)
        {
            throw new ArgumentException($"The elements of set {set} are no addresses.", nameof(set));
        }

        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            NftElementWire.List(_stack.Single, set);
            var halves = Dump<Parser, List<ElementHalf>>().SelectMany(rows => rows).ToList();
            if (NftElementWire.TryJoin(set, halves) is { } elements)
            {
                return elements;
            }

            Thread.Sleep(attempt);   // the kernel moves the set to a larger table in the background, and no event tells when it is done
        }

        throw new NetlinkException(NetlinkFault.DumpInterrupted, $"list the elements of set {set}", new NetlinkError(0, Errno.None));
    }

    private void Get(ReplyHandler onReply)
    {
        var batch = _stack.Single;
        try
        {
            foreach (var error in _stack.Netfilter.Transact(batch, onReply))
            {
                throw new NetlinkException(NetlinkFault.Refused, batch.Describe(error.Request), error);
            }
        }
        finally
        {
            batch.Clear();
        }
    }

    private List<T> Dump<TParser, T>()
        where TParser : IMessageParser<T>
    {
        try
        {
            return _stack.Netfilter.Dump<TParser, T>(_stack.Single);
        }
        catch (NetlinkException e) when (e.Errno == Errno.ENOENT)
        {
            return [];
        }
    }

    private readonly struct Parser : IMessageParser<NftTable>, IMessageParser<NftChain>, IMessageParser<NftSet>, IMessageParser<NftRule>, IMessageParser<List<ElementHalf>>
    {
        static bool IMessageParser<NftTable>.TryRead(in NetlinkMessage message, out NftTable row) => NftTableWire.TryRead(message, out row);

        static bool IMessageParser<NftChain>.TryRead(in NetlinkMessage message, out NftChain row) => NftChainWire.TryRead(message, out row);

        static bool IMessageParser<NftSet>.TryRead(in NetlinkMessage message, out NftSet row) => NftSetWire.TryRead(message, out row);

        static bool IMessageParser<NftRule>.TryRead(in NetlinkMessage message, out NftRule row) => NftRuleWire.TryRead(message, out row);

        static bool IMessageParser<List<ElementHalf>>.TryRead(in NetlinkMessage message, out List<ElementHalf> row) => NftElementWire.TryRead(message, out row);
    }
}

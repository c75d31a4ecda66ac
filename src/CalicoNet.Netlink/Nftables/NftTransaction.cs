namespace CalicoNet.Netlink.Nftables;

/// <summary>
/// Changes to nf_tables that take effect together or not at all: queued here, in order, carried out by <see cref="NftRuleset.Commit"/>,
/// which empties it for the next use. Later changes see earlier ones. Not bound to a namespace; for use by one thread at a time.
/// </summary>
/// <example>
/// <code>
/// using var transaction = new NftTransaction();
/// transaction.AddTable(new NftTable(table), exclusive: true).AddSet(masquerade).AddElements(masquerade, [address]);
/// stack.Nftables.Commit(transaction);
/// </code>
/// </example>
public sealed class NftTransaction : IDisposable
{
    private readonly NetlinkBatch _batch = new();
    private uint _sets;

    /// <summary>
    /// The generation of the rule set (<see cref="NftRuleset.Generation"/>) this was decided upon: the commit fails with ERESTART when
    /// anybody has changed anything since. Null: whatever is there.
    /// </summary>
    public uint? Generation { get; init; }

    /// <summary>Whether nothing is queued.</summary>
    public bool IsEmpty => _batch.Count <= 1;   // the begin message alone is nothing

    /// <summary>Adds a table. One that is there is left as it is, or with <paramref name="exclusive"/> fails the transaction (EEXIST).</summary>
    public NftTransaction AddTable(NftTable table, bool exclusive = false)
    {
        ArgumentNullException.ThrowIfNull(table);
        NftTableWire.Add(Open(), table, Creating(exclusive));
        return this;
    }

    /// <summary>Deletes a table with all that is in it. ENOENT: there is none.</summary>
    public NftTransaction DeleteTable(NftTableRef table)
    {
        NftTableWire.Delete(Open(), table);
        return this;
    }

    /// <summary>Adds a chain. One that is there is left with its rules, or with <paramref name="exclusive"/> fails the transaction (EEXIST).</summary>
    public NftTransaction AddChain(NftChain chain, bool exclusive = false)
    {
        ArgumentNullException.ThrowIfNull(chain);
        NftChainWire.Add(Open(), chain, Creating(exclusive));
        return this;
    }

    /// <summary>Deletes all rules of a chain. ENOENT: there is no such chain.</summary>
    public NftTransaction FlushChain(NftTableRef table, string chain)
    {
        NftRuleWire.Flush(Open(), table, chain);
        return this;
    }

    /// <summary>Deletes a chain without rules. EBUSY: it has some, or a rule leads to it. ENOENT: there is none.</summary>
    public NftTransaction DeleteChain(NftTableRef table, string chain)
    {
        NftChainWire.Delete(Open(), table, chain);
        return this;
    }

    /// <summary>Adds a set. One like it that is there is left with its elements, or with <paramref name="exclusive"/> fails the transaction (EEXIST).</summary>
    public NftTransaction AddSet(NftSet set, bool exclusive = false)
    {
        ArgumentNullException.ThrowIfNull(set);
        NftSetWire.Add(Open(), set, ++_sets, Creating(exclusive));
        return this;
    }

    /// <summary>Deletes all elements of a set.</summary>
    public NftTransaction FlushSet(NftSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        NftElementWire.Flush(Open(), set);
        return this;
    }

    /// <summary>Deletes a set with its elements. EBUSY: a rule uses it. ENOENT: there is none.</summary>
    public NftTransaction DeleteSet(NftSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        NftSetWire.Delete(Open(), set);
        return this;
    }

    /// <summary>Adds a rule behind those that are in its chain. There is no "if it is not there": the same rule twice is two rules.</summary>
    public NftTransaction AddRule(NftRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        NftRuleWire.Append(Open(), rule);
        return this;
    }

    /// <summary>Deletes a rule by its handle. ENOENT: there is none.</summary>
    public NftTransaction DeleteRule(NftTableRef table, string chain, ulong handle)
    {
        NftRuleWire.Delete(Open(), table, chain, handle);
        return this;
    }

    /// <summary>
    /// Adds elements. Those that are there are left, or with <paramref name="exclusive"/> fail the transaction (EEXIST). A range that overlaps
    /// another fails it in any case; see <see cref="NftElement.Union"/>.
    /// </summary>
    /// <exception cref="ArgumentException">An element is not of the set's type.</exception>
    public NftTransaction AddElements(NftSet set, IEnumerable<NftElement> elements, bool exclusive = false)
    {
        ArgumentNullException.ThrowIfNull(set);
        NftElementWire.Add(Open(), set, elements, Creating(exclusive));
        return this;
    }

    /// <summary>Removes elements. ENOENT: one of them is not there.</summary>
    /// <exception cref="ArgumentException">An element is not of the set's type.</exception>
    public NftTransaction RemoveElements(NftSet set, IEnumerable<NftElement> elements)
    {
        ArgumentNullException.ThrowIfNull(set);
        NftElementWire.Remove(Open(), set, elements);
        return this;
    }

    /// <summary>
    /// Removes those of the elements that are there. Needs Linux 6.3. Of an interval set remove what was added: the kernel has the two ends of
    /// a range as two elements, and removes the one of them that it finds.
    /// </summary>
    /// <exception cref="ArgumentException">An element is not of the set's type.</exception>
    public NftTransaction DestroyElements(NftSet set, IEnumerable<NftElement> elements)
    {
        ArgumentNullException.ThrowIfNull(set);
        NftElementWire.Destroy(Open(), set, elements);
        return this;
    }

    /// <summary>Forgets what is queued.</summary>
    public void Clear()
    {
        _batch.Clear();
        _sets = 0;
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose() => _batch.Dispose();

    /// <summary>
    /// The whole of it, from begin to end. Only here the end is written, and only from here it is sent: a batch without one is discarded by
    /// the kernel without a word.
    /// </summary>
    internal NetlinkBatch Close()
    {
        Mark(NftMessageType.BatchEnd);
        return _batch;
    }

    private static NetlinkFlags Creating(bool exclusive) => exclusive ? NetlinkFlags.Create | NetlinkFlags.Exclusive : NetlinkFlags.Create;

    private NetlinkBatch Open()
    {
        if (_batch.Count == 0)
        {
            var begin = Mark(NftMessageType.BatchBegin);
            if (Generation is { } generation)
            {
                begin.WriteBigEndian(BatchAttribute.Generation, generation);
            }
        }

        return _batch;
    }

    /// <summary>An error of the commit as a whole is reported for the begin message.</summary>
    private NetlinkRequest Mark(NftMessageType type)
    {
        var message = _batch.Begin(type, NetlinkFlags.None, "commit the nf_tables transaction");
        message.Write(new NetfilterHeader { Resource = (ushort)NftMessageType.Subsystem >> 8 });
        return message;
    }
}

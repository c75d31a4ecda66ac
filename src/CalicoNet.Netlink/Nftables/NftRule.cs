namespace CalicoNet.Netlink.Nftables;

/// <summary>A rule: expressions that the kernel works through until one does not match. Adding the same rule twice makes two.</summary>
/// <param name="Table">The table it is in.</param>
/// <param name="Chain">The name of its chain.</param>
/// <param name="Expressions">What it does; see <see cref="NftMatch"/> for the common phrases.</param>
public sealed record NftRule(NftTableRef Table, string Chain, IReadOnlyList<NftExpression> Expressions)
{
    /// <summary>Its comment as <c>nft list</c> shows it: 128 bytes at most.</summary>
    public string? Comment { get; init; }

    /// <summary>The kernel's number for it in its table; 0 for one that was not read from the kernel.</summary>
    public ulong Handle { get; init; }

    /// <summary>Whether another rule does the same, whatever its handle, its comment, its place, and what its counters have counted.</summary>
    public bool DoesTheSameAs(NftRule other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Expressions.Select(Uncounted).SequenceEqual(other.Expressions.Select(Uncounted));

        static NftExpression Uncounted(NftExpression expression) => expression is NftCounter ? new NftCounter() : expression;
    }

    /// <summary>Its chain, and its handle where it has one: <c>inet mytable mychain handle 4</c>.</summary>
    public override string ToString() => Handle == 0 ? $"{Table} {Chain}" : $"{Table} {Chain} handle {Handle}";
}

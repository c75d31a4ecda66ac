namespace CalicoNet.Netlink.Nftables;

/// <summary>
/// An element of a set of addresses: one address, or in an interval set a range. Addresses and prefixes turn into elements by themselves:
/// <c>transaction.AddElements(set, [address])</c>.
/// </summary>
public readonly record struct NftElement : IComparable<NftElement>
{
    /// <summary>Makes a range; both ends belong to it.</summary>
    /// <exception cref="ArgumentException">The ends are of two families, or none, or in the wrong order.</exception>
    public NftElement(IPAddr first, IPAddr last, string? comment = null)
    {
        if (first.IsNone || first.Family != last.Family || first > last)
        {
            throw new ArgumentException($"'{first}' to '{last}' is not a range of addresses.", nameof(last));
        }

        First = first;
        Last = last;
        Comment = comment;
    }

    /// <summary>The first address.</summary>
    public IPAddr First { get; }

    /// <summary>The last address; the first again for a single one.</summary>
    public IPAddr Last { get; }

    /// <summary>Its comment as <c>nft list</c> shows it: 128 bytes at most.</summary>
    public string? Comment { get; init; }

    /// <summary>The range as a prefix; null where it is none.</summary>
    public IPPrefix? Prefix
    {
        get
        {
            var differing = First.Bits() ^ Last.Bits();
            var hostBits = 128 - (int)UInt128.LeadingZeroCount(differing);
            var prefix = new IPPrefix(First, First.BitCount - hostBits);
            return prefix.First == First && prefix.Last == Last ? prefix : null;
        }
    }

    /// <summary>One address.</summary>
    public static NftElement From(IPAddr address) => new(address, address);

    /// <summary>The addresses of a prefix, whose host bits do not matter.</summary>
    public static NftElement From(IPPrefix prefix) => new(prefix.First, prefix.Last);

    /// <summary>
    /// The same addresses in as few ranges as can be, in order: an interval set takes no ranges that overlap. Comments are lost.
    /// </summary>
    public static IReadOnlyList<NftElement> Union(IEnumerable<NftElement> elements)
    {
        var united = new List<NftElement>();
        foreach (var element in elements.Order())
        {
            if (united is [.., var before] && before.First.Family == element.First.Family
                && (element.First <= before.Last || element.First.Bits() - before.Last.Bits() == 1))
            {
                united[^1] = new NftElement(before.First, element.Last > before.Last ? element.Last : before.Last);
            }
            else
            {
                united.Add(element with { Comment = null });
            }
        }

        return united;
    }

    /// <summary>By the first address, then by the last.</summary>
    public int CompareTo(NftElement other) => First != other.First ? First.CompareTo(other.First) : Last.CompareTo(other.Last);

    /// <summary>As nft writes it: an address, a prefix, or <c>first-last</c>.</summary>
    public override string ToString()
        => First == Last ? First.ToString()
        : Prefix is { } prefix ? prefix.ToString()
        : $"{First}-{Last}";

    /// <inheritdoc cref="From(IPAddr)"/>
    public static implicit operator NftElement(IPAddr address) => From(address);

    /// <inheritdoc cref="From(IPPrefix)"/>
    public static implicit operator NftElement(IPPrefix prefix) => From(prefix);

    /// <summary>Order.</summary>
    public static bool operator <(NftElement left, NftElement right) => left.CompareTo(right) < 0;

    /// <summary>Order.</summary>
    public static bool operator >(NftElement left, NftElement right) => left.CompareTo(right) > 0;

    /// <summary>Order.</summary>
    public static bool operator <=(NftElement left, NftElement right) => left.CompareTo(right) <= 0;

    /// <summary>Order.</summary>
    public static bool operator >=(NftElement left, NftElement right) => left.CompareTo(right) >= 0;
}

using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Addresses that nothing is to be given: what all IPReservations hold together, as ranges that neither overlap nor touch.</summary>
public sealed class Reservations
{
    private readonly List<(IPAddr First, IPAddr Last)> _ranges = [];

    /// <summary>Makes the union of prefixes.</summary>
    public Reservations(IEnumerable<IPPrefix> reserved)
    {
        ArgumentNullException.ThrowIfNull(reserved);
        foreach (var prefix in reserved.Order())
        {
            if (_ranges.Count > 0 && _ranges[^1] is var (first, last) && last.Family == prefix.Family
                && (prefix.First <= last || prefix.First.Bits() == last.Bits() + 1))
            {
                _ranges[^1] = (first, last < prefix.Last ? prefix.Last : last);
            }
            else
            {
                _ranges.Add((prefix.First, prefix.Last));
            }
        }
    }

    /// <summary>No reservations.</summary>
    public static Reservations None { get; } = new([]);

    /// <summary>Whether an address is reserved.</summary>
    public bool Contains(IPAddr address) => Around(address) is not null;

    /// <summary>Whether every address of a prefix is reserved, be it by several reservations; if so, up to which address all are.</summary>
    public bool ContainsAll(IPPrefix prefix, out IPAddr last)
    {
        last = Around(prefix.First)?.Last ?? default;
        return !last.IsNone && prefix.Last <= last;
    }

    private (IPAddr First, IPAddr Last)? Around(IPAddr address)
    {
        int low = 0, high = _ranges.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var range = _ranges[middle];
            if (address < range.First)
            {
                high = middle - 1;
            }
            else if (address > range.Last)
            {
                low = middle + 1;
            }
            else
            {
                return range;
            }
        }

        return null;
    }
}

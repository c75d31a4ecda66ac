namespace CalicoNet.Netlink;

/// <summary>How to send ICMP echoes.</summary>
public sealed record EchoOptions
{
    /// <summary>The largest payload: an IPv4 packet without its header and ICMP's.</summary>
    public const int MaxPayload = 65_507;

    /// <summary>How many to send; 0: until cancelled.</summary>
    public int Count { get; init; } = 4;

    /// <summary>The time from one to the next, whether the first was answered or not; 1 ms at least.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long to wait for each answer; 1 ms at least. Of more than 65,535 echoes no more may be waited for at once.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The bytes to send behind the ICMP header (8 bytes): 0 to <see cref="MaxPayload"/>.</summary>
    public int PayloadSize { get; init; } = 56;

    /// <summary>The address to send from, one of this namespace; none for the kernel's choice.</summary>
    public IPAddr Source { get; init; }

    /// <summary>The interface to send through, which a link-local IPv6 target needs; 0 for the route's.</summary>
    public int InterfaceIndex { get; init; }

    internal void Check(in IPAddr target)
    {
        if (target.IsNone)
        {
            throw new ArgumentException("An echo needs a target.", nameof(target));
        }

        if (!Source.IsNone && Source.Family != target.Family)
        {
            throw new ArgumentException($"{Source} cannot be the source of an echo to {target}: they are of different families.", nameof(target));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(Count);
        ArgumentOutOfRangeException.ThrowIfNegative(InterfaceIndex);
        ArgumentOutOfRangeException.ThrowIfLessThan(Interval, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(Timeout, TimeSpan.FromMilliseconds(1));
        if (Count is 0 or > ushort.MaxValue)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(Timeout, Interval * ushort.MaxValue);   // answers are told apart by 16 bits
        }

        ArgumentOutOfRangeException.ThrowIfNegative(PayloadSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(PayloadSize, MaxPayload);
    }
}

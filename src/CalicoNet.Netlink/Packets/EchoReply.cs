using System.Globalization;

namespace CalicoNet.Netlink;

/// <summary>What became of an ICMP echo.</summary>
public enum EchoOutcome
{
    /// <summary>It was answered.</summary>
    Reply,
    /// <summary>Nothing came back in time. Kernels limit the ICMP errors they send (icmp_msgs_per_sec, 1,000), so of many echoes some end here.</summary>
    Timeout,
    /// <summary>An ICMP error came back; for a neighbor that does not answer it is this host's own.</summary>
    IcmpError,
    /// <summary>This host did not send it: no route (ENETUNREACH), a firewall (EPERM), ...</summary>
    NotSent,
}

/// <summary>What became of one ICMP echo.</summary>
/// <param name="Sequence">Which one, counted from 1.</param>
/// <param name="Target">Where it was sent to.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Sent">When it was sent.</param>
public sealed record EchoReply(int Sequence, IPAddr Target, EchoOutcome Outcome, DateTimeOffset Sent)
{
    /// <summary>Who answered, or whose ICMP error it is; none otherwise.</summary>
    public IPAddr From { get; init; }

    /// <summary>The time from sending to the answer's arrival at this host's IP, in milliseconds; null without an answer.</summary>
    public double? Milliseconds { get; init; }

    /// <summary>The answer's time to live (IPv4) or hop limit (IPv6) as it arrived; null without an answer.</summary>
    public int? TimeToLive { get; init; }

    /// <summary>Why it was not sent, or the errno that the kernel has for the ICMP error (EHOSTUNREACH, ECONNREFUSED, ...).</summary>
    public Errno Error { get; init; }

    /// <summary>The ICMP error's type; null without one.</summary>
    public byte? IcmpType { get; init; }

    /// <summary>The ICMP error's code; null without one.</summary>
    public byte? IcmpCode { get; init; }

    /// <summary>Whether it was answered.</summary>
    public bool Succeeded => Outcome == EchoOutcome.Reply;

    /// <summary>One line, as ping(8) would have it.</summary>
    public override string ToString() => Outcome switch
    {
        EchoOutcome.Reply => string.Create(CultureInfo.InvariantCulture, $"{Sequence}: {From} answered in {Milliseconds:0.000} ms, ttl {TimeToLive}"),
        EchoOutcome.Timeout => $"{Sequence}: {Target} did not answer in time",
        EchoOutcome.IcmpError => $"{Sequence}: {From} says that {Target} cannot be reached: {Error.Describe()} ({Error})",
        _ => $"{Sequence}: not sent to {Target}: {Error.Describe()} ({Error})",
    };
}

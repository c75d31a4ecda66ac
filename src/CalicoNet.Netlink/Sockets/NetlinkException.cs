namespace CalicoNet.Netlink;

/// <summary>What kind of failure a <see cref="NetlinkException"/> reports.</summary>
public enum NetlinkFault
{
    /// <summary>The kernel refused the operation; <see cref="NetlinkException.Errno"/> says why.</summary>
    Refused,
    /// <summary>A dump was interrupted by changes again and again (NLM_F_DUMP_INTR); asking later may succeed.</summary>
    DumpInterrupted,
    /// <summary>The kernel had more replies than the socket could hold (ENOBUFS); what was done must be read again.</summary>
    Overrun,
    /// <summary>A reply did not fit the receive buffer (MSG_TRUNC).</summary>
    Truncated,
    /// <summary>A reply's lengths contradict each other.</summary>
    Malformed,
    /// <summary>No reply came in time.</summary>
    Timeout,
}

/// <summary>An operation that the kernel refused or could not answer. The one exception of this library beside argument errors.</summary>
public sealed class NetlinkException : Exception
{
    internal NetlinkException(NetlinkFault fault, string operation, NetlinkError error)
        : base(Compose(fault, operation, error))
    {
        Fault = fault;
        Operation = operation;
        Error = error;
    }

    /// <summary>The kind of failure.</summary>
    public NetlinkFault Fault { get; }

    /// <summary>What was being done, for example <c>add route 10.2.0.1/32 dev cali0</c>.</summary>
    public string Operation { get; }

    /// <summary>The kernel's error number; <see cref="Netlink.Errno.None"/> where the failure is not the kernel's refusal.</summary>
    public Errno Errno => Error.Errno;

    /// <summary>The kernel's own words (extended ACK), or null where it gave none.</summary>
    public string? KernelMessage => Error.Message;

    /// <summary>Everything the kernel said.</summary>
    public NetlinkError Error { get; }

    /// <summary>A refusal found by a layer above, in the words of this one.</summary>
    public NetlinkException(string operation, NetlinkError error)
        : this(NetlinkFault.Refused, operation, error)
    {
    }

    internal static NetlinkException ForCall(string operation, Errno errno) => new(NetlinkFault.Refused, operation, new NetlinkError(0, errno));

    private static string Compose(NetlinkFault fault, string operation, NetlinkError error) => fault switch
    {
        NetlinkFault.Refused => $"Could not {operation}: {error}",
        NetlinkFault.DumpInterrupted => $"Could not {operation}: what was being listed kept changing (the dump was interrupted again and again). Try again.",
        NetlinkFault.Overrun => $"Could not {operation}: the kernel's replies overran the socket's buffer (ENOBUFS).",
        NetlinkFault.Truncated => $"Could not {operation}: a reply was larger than the receive buffer.",
        NetlinkFault.Timeout => $"Could not {operation}: the kernel did not answer in time.",
        _ => $"Could not {operation}: the kernel's reply is malformed.",
    };
}

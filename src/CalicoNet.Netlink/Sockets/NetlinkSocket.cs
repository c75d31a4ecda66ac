using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tmds.Linux;

namespace CalicoNet.Netlink;

/// <summary>Netlink families (NETLINK_*, linux/netlink.h).</summary>
internal enum NetlinkProtocol
{
    Route = 0,       // NETLINK_ROUTE
    Netfilter = 12,  // NETLINK_NETFILTER
}

/// <summary>Turns one message of a dump into a row; false for a message that is none (another family, another table).</summary>
internal interface IMessageParser<T>
{
    static abstract bool TryRead(in NetlinkMessage message, out T row);
}

/// <summary>Gets the messages that answer a request beside its ACK: echoes, and what a GET asked for.</summary>
/// <param name="request">Which request of the batch, counted from 0.</param>
/// <param name="message">The message.</param>
internal delegate void ReplyHandler(int request, in NetlinkMessage message);

/// <summary>
/// A netlink socket for requests. It stays in the network namespace it was opened in, whichever thread uses it later; one thread at a time.
/// The kernel carries a request out inside sendmsg, so its replies are there when <see cref="Transact"/> starts to read.
/// </summary>
internal sealed class NetlinkSocket : IDisposable
{
    /// <summary>Dump datagrams reach 31,500 bytes; smaller buffers cost system calls (six times as many at 4 KiB).</summary>
    private const int ReceiveSize = 32 * 1024;

    private const int MaxDumpAttempts = 10;
    private const int GiveUpSeconds = 30;   // no request waits in recv: this only ends what would be a kernel's fault

    private const int SolNetlink = 270;            // SOL_NETLINK
    private const int CapAck = 10;                 // NETLINK_CAP_ACK: errors need not repeat the request, the batch still has it
    private const int ExtendedAck = 11;            // NETLINK_EXT_ACK, Linux 4.12
    private const int GetStrictCheck = 12;         // NETLINK_GET_STRICT_CHK, Linux 4.20

    private readonly FileHandle _handle;
    private readonly uint _port;
    private uint _sequence;

    /// <summary>Takes a socket that is ready, and the port that its replies are addressed to. Not private for tests, which play the kernel on the other end.</summary>
    internal NetlinkSocket(FileHandle handle, uint port)
    {
        _handle = handle;
        _port = port;
    }

    /// <summary>The namespace's cookie (SO_NETNS_COOKIE); 0 before Linux 5.14.</summary>
    public ulong NamespaceCookie => Sys.NamespaceCookie(_handle);

    /// <summary>Opens a socket in a network namespace; null: in the process's own.</summary>
    public static NetlinkSocket Open(FileHandle? target, NetlinkProtocol protocol) => Take(OpenRaw(target, protocol), protocol);

    /// <summary>Takes over a netlink socket that was just opened, bound by nobody.</summary>
    public static NetlinkSocket Take(FileHandle handle, NetlinkProtocol protocol)
    {
        try
        {
            Configure(handle, protocol);
            _ = Sys.SetOption(handle, LibC.SOL_SOCKET, LibC.SO_RCVTIMEO, new timespec { tv_sec = GiveUpSeconds });
            return new NetlinkSocket(handle, Sys.NetlinkPort(handle));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>A socket that is neither bound nor configured.</summary>
    internal static FileHandle OpenRaw(FileHandle? target, NetlinkProtocol protocol)
        => NamespaceThread.OpenSocket(target, LibC.AF_NETLINK, LibC.SOCK_RAW, (int)protocol, $"open a {protocol} netlink socket");

    /// <summary>Binds a socket and sets the options that every socket of ours has.</summary>
    internal static void Configure(FileHandle handle, NetlinkProtocol protocol, uint groups = 0)
    {
        // Kernels without an option answer ENOPROTOOPT and do without: the texts get poorer, nothing breaks.
        _ = Sys.SetOption(handle, SolNetlink, ExtendedAck, 1);
        _ = Sys.SetOption(handle, SolNetlink, CapAck, 1);
        if (protocol == NetlinkProtocol.Route)
        {
            _ = Sys.SetOption(handle, SolNetlink, GetStrictCheck, 1);
        }

        Span<byte> address = stackalloc byte[12];   // struct sockaddr_nl: family, padding, port (0: the kernel chooses), groups
        address.Clear();
        MemoryMarshal.Write(address, (ushort)LibC.AF_NETLINK);
        MemoryMarshal.Write(address[8..], groups);
        var error = Sys.Bind(handle, address);
        if (error != Errno.None)
        {
            throw NetlinkException.ForCall($"bind a {protocol} netlink socket", error);
        }
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>
    /// Sends a batch in one datagram and waits for the answer to its last request. Every failure is reported, not only the first:
    /// rtnetlink goes on after an error, so the others may have been done.
    /// </summary>
    /// <returns>The failures in order; empty when all went well. Success ACKs with a warning are not failures.</returns>
    public IReadOnlyList<NetlinkError> Transact(NetlinkBatch batch, ReplyHandler? onReply = null)
    {
        if (batch.Count == 0)
        {
            return [];
        }

        var first = NextSequences(batch.Count);
        var last = first + (uint)batch.Count - 1;
        Send(batch.Seal(first), batch);
        return Receive(batch, first, last, onReply);
    }

    /// <summary>
    /// Sends an nf_tables transaction. On failure the kernel acknowledges no END message, so this reads what is there instead of waiting
    /// for it: all answers are queued before sendmsg returns. It reads until nothing is left, so that no answer and no overrun of this
    /// transaction meets the next one.
    /// </summary>
    /// <returns>The failures in order, of which one is enough for nothing to be done; empty when it was committed.</returns>
    public IReadOnlyList<NetlinkError> TransactAll(NetlinkBatch batch)
    {
        var first = NextSequences(batch.Count);
        var last = first + (uint)batch.Count - 1;
        Send(batch.Seal(first), batch);
        var errors = new List<NetlinkError>(0);
        var committed = false;
        var overrun = false;
        var buffer = ArrayPool<byte>.Shared.Rent(ReceiveSize);
        try
        {
            while (true)
            {
                try
                {
                    if (!ReceiveDatagram(buffer, wait: false, batch, out var length))
                    {
                        break;
                    }

                    committed |= ReadAnswers(buffer.AsSpan(0, length), batch, first, last, errors, onReply: null);
                }
                catch (NetlinkException e) when (e.Fault == NetlinkFault.Overrun)
                {
                    overrun = true;   // more failures than the socket holds; the first of them is there
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return errors.Count > 0 || committed
            ? errors
            : throw new NetlinkException(overrun ? NetlinkFault.Overrun : NetlinkFault.Timeout, batch.Describe(0), new NetlinkError(0, Errno.None));
    }

    /// <summary>Runs a dump. When the kernel says it was interrupted by a change, all of it is asked for again.</summary>
    public List<T> Dump<TParser, T>(NetlinkBatch batch)
        where TParser : IMessageParser<T>
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReceiveSize);
        try
        {
            for (var attempt = 0; attempt < MaxDumpAttempts; attempt++)
            {
                var sequence = NextSequences(1);
                Send(batch.Seal(sequence), batch);
                var rows = new List<T>();
                if (ReadDump<TParser, T>(batch, sequence, buffer, rows))
                {
                    return rows;
                }
            }

            throw new NetlinkException(NetlinkFault.DumpInterrupted, batch.Describe(0), new NetlinkError(0, Errno.None));
        }
        catch (NetlinkException e) when (e.Fault != NetlinkFault.Refused)
        {
            Drain(buffer);
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            batch.Clear();
        }
    }

    /// <summary>Reads an NLMSG_ERROR: the error and what the extended ACK adds to it.</summary>
    internal static NetlinkError ReadError(in NetlinkMessage message, NetlinkBatch? batch, int request)
    {
        var header = message.Read<ErrorHeader>();
        string? text = null, attribute = null;
        uint? missing = null;
        if ((message.Header.Flags & NetlinkFlags.AckAttributes) != 0)
        {
            // Behind the copy of the request; of a capped one only its header is there.
            var capped = (message.Header.Flags & NetlinkFlags.Capped) != 0;
            var copied = capped ? MessageHeader.Size : (int)Math.Min(header.Request.Length, int.MaxValue / 2);
            foreach (var ack in message.Attributes(sizeof(int) + copied))
            {
                switch ((AckAttribute)ack.Type)
                {
                    case AckAttribute.Message:
                        text = ack.Text;
                        break;
                    case AckAttribute.Offset:
                        attribute = batch?.AttributeAt(request, ack.UInt32);
                        break;
                    case AckAttribute.MissingType:
                        missing = ack.UInt32;
                        break;
                }
            }
        }

        return new NetlinkError(request, (Errno)(-header.Error), text, attribute, missing);
    }

    private uint NextSequences(int count)
    {
        // 0 is the sequence of events: skipped when the counter wraps.
        if (_sequence > uint.MaxValue - (uint)count)
        {
            _sequence = 0;
        }

        var first = _sequence + 1;
        _sequence += (uint)count;
        return first;
    }

    private void Send(ReadOnlySpan<byte> datagram, NetlinkBatch batch)
    {
        var error = Sys.Send(_handle, datagram);
        if (error == Errno.EMSGSIZE)
        {
            // Larger than the send buffer: an nf_tables transaction is one datagram, however many elements it has. The kernel doubles the
            // number. Without CAP_NET_ADMIN, which the request needs anyway, the error stays what it is.
            _ = Sys.SetOption(_handle, LibC.SOL_SOCKET, LibC.SO_SNDBUFFORCE, datagram.Length);
            error = Sys.Send(_handle, datagram);
        }

        if (error != Errno.None)
        {
            var operation = batch.Describe(0);
            batch.Clear();
            throw NetlinkException.ForCall(operation, error);
        }
    }

    private List<NetlinkError> Receive(NetlinkBatch batch, uint first, uint last, ReplyHandler? onReply)
    {
        var errors = new List<NetlinkError>(0);
        var buffer = ArrayPool<byte>.Shared.Rent(ReceiveSize);
        try
        {
            while (true)
            {
                ReceiveDatagram(buffer, wait: true, batch, out var length);
                if (ReadAnswers(buffer.AsSpan(0, length), batch, first, last, errors, onReply))
                {
                    return errors;
                }
            }
        }
        catch (NetlinkException e) when (e.Fault != NetlinkFault.Refused)
        {
            Drain(buffer);
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads one datagram of answers; true when the answer to the last request was in it.</summary>
    private bool ReadAnswers(ReadOnlySpan<byte> datagram, NetlinkBatch batch, uint first, uint last, List<NetlinkError> errors, ReplyHandler? onReply)
    {
        var malformed = false;
        var ended = false;
        var messages = new MessageReader(datagram, ref malformed);
        while (messages.Next(out var message))
        {
            var request = message.Header.Sequence - first;
            if (message.Header.Port != _port || request > last - first)
            {
                continue;   // a late answer to something older, or an event
            }

            if (!message.Is(ControlType.Error))
            {
                onReply?.Invoke((int)request, message);
                continue;
            }

            var error = ReadError(message, batch, (int)request);
            if (error.Errno != Errno.None)
            {
                errors.Add(error);
            }

            ended |= message.Header.Sequence == last;
        }

        return malformed ? throw new NetlinkException(NetlinkFault.Malformed, batch.Describe(0), new NetlinkError(0, Errno.None)) : ended;
    }

    private bool ReadDump<TParser, T>(NetlinkBatch batch, uint sequence, byte[] buffer, List<T> rows)
        where TParser : IMessageParser<T>
    {
        var intact = true;
        while (true)
        {
            ReceiveDatagram(buffer, wait: true, batch, out var length);
            var malformed = false;
            var messages = new MessageReader(buffer.AsSpan(0, length), ref malformed);
            while (messages.Next(out var message))
            {
                if (message.Header.Port != _port || message.Header.Sequence != sequence)
                {
                    continue;
                }

                intact &= (message.Header.Flags & NetlinkFlags.DumpInterrupted) == 0;
                if (message.Is(ControlType.Done) || message.Is(ControlType.Error))
                {
                    // DONE carries an error too, as its first word (a dump that failed half way).
                    var error = message.Is(ControlType.Error) ? ReadError(message, batch, 0) : new NetlinkError(0, (Errno)(-message.Read<int>()));
                    if (malformed)
                    {
                        break;   // cut short, it reads as "no error"
                    }

                    return error.Errno == Errno.None ? intact : throw new NetlinkException(NetlinkFault.Refused, batch.Describe(0), error);
                }

                if (TParser.TryRead(message, out var row))
                {
                    rows.Add(row);
                }
            }

            if (malformed)
            {
                throw new NetlinkException(NetlinkFault.Malformed, batch.Describe(0), new NetlinkError(0, Errno.None));
            }
        }
    }

    /// <summary>
    /// Reads away what a request that went wrong left. After an overrun the kernel drops every answer until the queue is empty, so that the
    /// next request would wait in vain; and while a dump is unfinished it refuses another (EBUSY).
    /// </summary>
    private void Drain(byte[] buffer)
    {
        while (Sys.Receive(_handle, buffer, [], wait: false, out _) is Errno.None or Errno.ENOBUFS)
        {
        }
    }

    /// <summary>Receives one datagram from the kernel; false when <paramref name="wait"/> is off and there is none.</summary>
    private bool ReceiveDatagram(byte[] buffer, bool wait, NetlinkBatch batch, out int length)
    {
        Span<byte> sender = stackalloc byte[12];
        while (true)
        {
            var error = Sys.Receive(_handle, buffer, sender, wait, out length);
            if (error == Errno.EAGAIN && !wait)
            {
                return false;
            }

            if (error != Errno.None)
            {
                var fault = error switch
                {
                    Errno.EAGAIN => NetlinkFault.Timeout,
                    Errno.ENOBUFS => NetlinkFault.Overrun,
                    _ => NetlinkFault.Refused,
                };
                throw new NetlinkException(fault, batch.Describe(0), new NetlinkError(0, error));
            }

            if (length > buffer.Length)
            {
                throw new NetlinkException(NetlinkFault.Truncated, batch.Describe(0), new NetlinkError(0, Errno.None));
            }

            if (Unsafe.ReadUnaligned<uint>(ref sender[4]) == 0)
            {
                return true;   // port 0: from the kernel, and from no other process
            }
        }
    }
}

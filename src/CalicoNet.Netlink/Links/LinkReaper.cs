using System.Buffers;

namespace CalicoNet.Netlink;

/// <summary>
/// Removes links and returns when they are gone. After a veth is gone the kernel waits 14 to 25 ms for an RCU barrier before it
/// acknowledges, outside the lock that networking shares. With NLM_F_ECHO it tells the requester earlier that the link is gone; name, index,
/// addresses and routes are free at that moment. The request blocks in sendmsg for the whole barrier, so a lane sends it (<see cref="BarrierLanes"/>).
/// </summary>
public static class LinkReaper
{
    /// <summary>From this many links of one namespace on, one request for all of a group is faster than one each.</summary>
    public const int GroupThreshold = 8;

    private const int LookMilliseconds = 250;

    /// <summary>Removes a link by index and returns when it is gone.</summary>
    /// <returns>False where there was none.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public static bool Remove(NetworkStack stack, int index)
    {
        ArgumentNullException.ThrowIfNull(stack);

        // A socket of its own, closed by the lane: it keeps the namespace alive no longer than the barrier lasts.
        var removal = new Removal(NetlinkSocket.OpenRaw(stack.Place, NetlinkProtocol.Route), index);
        removal.Prepare();
        BarrierLanes.Post(removal.Send);
        return removal.WaitUntilGone();
    }

    /// <summary>
    /// Removes many links of one namespace with one request: puts them into a group that nobody else uses, makes sure that only they are in
    /// it, and removes the group. Returns when the kernel has acknowledged: 0.05 s for 128 veth pairs.
    /// </summary>
    /// <param name="stack">The namespace.</param>
    /// <param name="indexes">The links.</param>
    /// <param name="freshGroup">Gives group numbers to try.</param>
    /// <exception cref="NetlinkException">The kernel refused. EBUSY: foreign links were in each group tried; nothing is removed.</exception>
    public static void RemoveTogether(NetworkStack stack, IReadOnlyCollection<int> indexes, Func<uint> freshGroup)
    {
        ArgumentNullException.ThrowIfNull(stack);
        ArgumentNullException.ThrowIfNull(indexes);
        ArgumentNullException.ThrowIfNull(freshGroup);
        const int attempts = 8;
        var ours = indexes.ToHashSet();
        for (var attempt = 0; attempt < attempts; attempt++)
        {
            var group = freshGroup();
            if (stack.Links.List().Any(link => link.Group == group))
            {
                continue;   // another process is removing under the same number
            }

            SetGroup(stack, ours, group);
            if (stack.Links.List().Any(link => link.Group == group && !ours.Contains(link.Index)))
            {
                continue;
            }

            LinkWire.DeleteGroup(stack.Single, group);
            stack.ExecuteUnlessGone(Errno.ENODEV);
            return;
        }

        throw NetlinkException.ForCall($"remove {ours.Count} interfaces by group: every group tried was in use", Errno.EBUSY);
    }

    private static void SetGroup(NetworkStack stack, HashSet<int> indexes, uint group)
    {
        using var batch = new NetlinkBatch();
        foreach (var chunk in indexes.Chunk(NetlinkBatch.MaxRequests))
        {
            foreach (var index in chunk)
            {
                LinkWire.SetGroup(batch, index, group);
            }

            foreach (var error in stack.Send(batch))
            {
                if (error.Errno != Errno.ENODEV)
                {
                    throw new NetlinkException(NetlinkFault.Refused, $"set group {group} on an interface", error);
                }
            }
        }
    }

    /// <summary>One removal: the lane sends and stays in the barrier, the caller reads the echo from the same socket meanwhile.</summary>
    private sealed class Removal(FileHandle socket, int index)
    {
        private const uint Sequence = 1;
        private readonly Lock _gate = new();
        private Errno? _sent;
        private bool _waited;

        private string Operation => $"remove interface {index}";

        public void Prepare() => NetlinkSocket.Configure(socket, NetlinkProtocol.Route);

        public void Send()
        {
            var error = Errno.None;
            try
            {
                using var batch = new NetlinkBatch();
                LinkWire.Delete(batch, index, echo: true);
                error = Sys.Send(socket, batch.Seal(Sequence));
            }
            finally
            {
                lock (_gate)
                {
                    _sent = error;
                    CloseWhenDone();
                }
            }
        }

        /// <summary>
        /// Waits as long as the request may still be under way: it has no limit of its own in the kernel either, where many links of the
        /// machine are going, and all answers are there when it has returned.
        /// </summary>
        public bool WaitUntilGone()
        {
            var buffer = ArrayPool<byte>.Shared.Rent(32 * 1024);
            Span<byte> sender = stackalloc byte[12];
            try
            {
                while (true)
                {
                    var sent = Sent();
                    var (ready, _) = Sys.Poll(socket.Number, -1, sent is null ? LookMilliseconds : 0);
                    if (!ready)
                    {
                        if (sent is { } failure)
                        {
                            throw failure == Errno.None
                                ? new NetlinkException(NetlinkFault.Timeout, Operation, new NetlinkError(0, Errno.ETIMEDOUT))
                                : NetlinkException.ForCall(Operation, failure);
                        }

                        continue;
                    }

                    var error = Sys.Receive(socket, buffer, sender, wait: false, out var length);
                    if (error != Errno.None && error != Errno.EAGAIN)
                    {
                        throw NetlinkException.ForCall(Operation, error);
                    }

                    if (error == Errno.None && Read(buffer.AsSpan(0, Math.Min(length, buffer.Length))) is { } gone)
                    {
                        return gone;
                    }
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
                lock (_gate)
                {
                    _waited = true;
                    CloseWhenDone();
                }
            }
        }

        private Errno? Sent()
        {
            lock (_gate)
            {
                return _sent;
            }
        }

        /// <summary>Null: nothing decided; true: gone; false: it was gone before.</summary>
        private bool? Read(ReadOnlySpan<byte> datagram)
        {
            var malformed = false;
            var messages = new MessageReader(datagram, ref malformed);
            while (messages.Next(out var message))
            {
                if (message.Is(RouteMessageType.DeleteLink))
                {
                    return true;   // kernels before about 6.2 send the ACK first: as right, only later
                }

                if (message.Is(ControlType.Error))
                {
                    var error = NetlinkSocket.ReadError(message, null, 0);
                    return error.Errno switch
                    {
                        Errno.None => true,
                        Errno.ENODEV => false,
                        _ => throw new NetlinkException(NetlinkFault.Refused, Operation, error),
                    };
                }
            }

            return null;
        }

        private void CloseWhenDone()
        {
            if (_sent is not null && _waited)
            {
                socket.Dispose();
            }
        }
    }
}

using System.Runtime.CompilerServices;
using Tmds.Linux;

namespace CalicoNet.Netlink;

/// <summary>Multicast groups of rtnetlink, as bits (RTMGRP_*, linux/rtnetlink.h).</summary>
[Flags]
internal enum RouteGroups : uint
{
    Links = 0x1,            // RTMGRP_LINK
    Neighbors = 0x4,        // RTMGRP_NEIGH
    IPv4Addresses = 0x10,   // RTMGRP_IPV4_IFADDR
    IPv4Routes = 0x40,      // RTMGRP_IPV4_ROUTE
    IPv6Addresses = 0x100,  // RTMGRP_IPV6_IFADDR
    IPv6Routes = 0x400,     // RTMGRP_IPV6_ROUTE
}

/// <summary>Gets one event. Must not use the subscription.</summary>
internal delegate void EventHandlerOf(in NetlinkMessage message);

/// <summary>
/// A socket for events, apart from the one for requests. An idle subscriber overflows after 131 datagrams while others work; then the
/// kernel drops events and says so (ENOBUFS): the reader is told to read everything again, and the stream goes on.
/// </summary>
internal sealed class NetlinkSubscription : IDisposable
{
    /// <summary>Room for some 10,000 events.</summary>
    public const int DefaultQueueBytes = 4 * 1024 * 1024;

    private const int ReceiveSize = 32 * 1024;
    private const int MaxBurst = 128;   // datagrams in one reading: under steady load the reader gets its turn too

    private readonly FileHandle _handle;
    private readonly byte[] _buffer = new byte[ReceiveSize];

    private NetlinkSubscription(FileHandle handle) => _handle = handle;

    /// <summary>Opens a subscription in a network namespace; null: in the process's own. Subscribe first, dump then: no event is missed between.</summary>
    public static NetlinkSubscription Open(FileHandle? target, RouteGroups groups, int queueBytes = DefaultQueueBytes)
    {
        var handle = NetlinkSocket.OpenRaw(target, NetlinkProtocol.Route);
        try
        {
            // Needs CAP_NET_ADMIN to pass the system's limit; without it the default stays, and more resynchronising is the only loss.
            _ = Sys.SetOption(handle, LibC.SOL_SOCKET, LibC.SO_RCVBUFFORCE, queueBytes);
            NetlinkSocket.Configure(handle, NetlinkProtocol.Route, (uint)groups);
            return new NetlinkSubscription(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Waits for events, or for <paramref name="cancelled"/>, and hands out those that are there.</summary>
    /// <returns>False when events were lost: what is known is stale. <see cref="Discard"/>, and dump again.</returns>
    public bool Read(CancellationDescriptor cancelled, EventHandlerOf onEvent)
    {
        _ = Sys.Poll(_handle.Number, cancelled.Number, milliseconds: -1);
        for (var i = 0; i < MaxBurst; i++)
        {
            switch (Receive(out var length))
            {
                case Errno.None when length > _buffer.Length:
                case Errno.None when !Deliver(_buffer.AsSpan(0, length), onEvent):
                case Errno.ENOBUFS:
                    return false;
                case Errno.EAGAIN:
                    return true;
            }
        }

        return true;
    }

    /// <summary>
    /// Empties the queue. What is in it after a loss is older than a dump that follows, and what would have corrected it is lost. The kernel
    /// also drops everything until the queue is empty.
    /// </summary>
    public void Discard()
    {
        while (Receive(out _) != Errno.EAGAIN)
        {
        }
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>Takes one datagram of the kernel's without waiting: None, EAGAIN or ENOBUFS.</summary>
    private Errno Receive(out int length)
    {
        Span<byte> sender = stackalloc byte[12];
        while (true)
        {
            var error = Sys.Receive(_handle, _buffer, sender, wait: false, out length);
            if (error is not (Errno.None or Errno.EAGAIN or Errno.ENOBUFS))
            {
                throw NetlinkException.ForCall("read events", error);
            }

            if (error != Errno.None || Unsafe.ReadUnaligned<uint>(ref sender[4]) == 0)
            {
                return error;
            }
        }
    }

    private static bool Deliver(ReadOnlySpan<byte> datagram, EventHandlerOf onEvent)
    {
        var malformed = false;
        var messages = new MessageReader(datagram, ref malformed);
        while (messages.Next(out var message))
        {
            onEvent(message);
        }

        return !malformed;
    }
}

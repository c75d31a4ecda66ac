using System.Buffers;
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
    private const int ReceiveSize = 32 * 1024;
    private const int QueueBytes = 4 * 1024 * 1024;

    private readonly FileHandle _handle;
    private readonly FileHandle _stop = Sys.EventDescriptor();

    private NetlinkSubscription(FileHandle handle) => _handle = handle;

    /// <summary>Opens a subscription in a network namespace; null: in the process's own. Subscribe first, dump then: no event is missed between.</summary>
    public static NetlinkSubscription Open(FileHandle? target, RouteGroups groups)
    {
        var handle = NetlinkSocket.OpenRaw(target, NetlinkProtocol.Route);
        try
        {
            // Needs CAP_NET_ADMIN to pass the system's limit; without it the default stays, and more resynchronising is the only loss.
            _ = Sys.SetOption(handle, LibC.SOL_SOCKET, LibC.SO_RCVBUFFORCE, QueueBytes);
            NetlinkSocket.Configure(handle, NetlinkProtocol.Route, (uint)groups);
            return new NetlinkSubscription(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Ends a <see cref="Read"/> that waits, from any thread, and every later one.</summary>
    public void Stop() => Sys.Signal(_stop);

    /// <summary>Waits for events and hands out those that are there.</summary>
    /// <param name="milliseconds">How long to wait at most; below 0: for ever.</param>
    /// <param name="onEvent">Gets each event.</param>
    public SubscriptionState Read(int milliseconds, EventHandlerOf onEvent)
    {
        var (ready, stopped) = Sys.Poll(_handle.Number, _stop.Number, milliseconds);
        if (stopped)
        {
            return SubscriptionState.Stopped;
        }

        if (!ready)
        {
            return SubscriptionState.TimedOut;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(ReceiveSize);
        try
        {
            Span<byte> sender = stackalloc byte[12];
            while (true)
            {
                switch (Sys.Receive(_handle, buffer, sender, wait: false, out var length))
                {
                    case Errno.None when length > buffer.Length:
                    case Errno.ENOBUFS:
                        return SubscriptionState.Lost;
                    case Errno.EAGAIN:
                        return SubscriptionState.Delivered;
                    case Errno.None:
                        if (Unsafe.ReadUnaligned<uint>(ref sender[4]) == 0 && !Deliver(buffer.AsSpan(0, length), onEvent))
                        {
                            return SubscriptionState.Lost;
                        }

                        break;
                    case var error:
                        throw NetlinkException.ForCall("read events", error);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose()
    {
        _handle.Dispose();
        _stop.Dispose();
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

/// <summary>What a wait for events ended with.</summary>
internal enum SubscriptionState
{
    Delivered,
    TimedOut,
    Stopped,

    /// <summary>Events were lost: what is known is stale, dump again.</summary>
    Lost,
}

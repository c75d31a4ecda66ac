using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Tmds.Linux;

namespace CalicoNet.Netlink.Tests.Sockets;

/// <summary>
/// The other end of a <see cref="NetlinkSocket"/>: a pair of unix sockets keeps datagrams apart as netlink does. The kernel answers within
/// sendmsg, so all answers are laid ready before the library asks: its first request has the sequence 1, the next 2.
/// When it asks for more than was laid ready, it gets EAGAIN at once, which it takes for the kernel's silence.
/// </summary>
internal sealed unsafe class FakeKernel : IDisposable
{
    public const uint Port = 4711;

    private readonly FileHandle _kernel;

    public FakeKernel()
    {
        var ends = stackalloc int[2];
        Assert.Equal(0, LibC.socketpair(LibC.AF_UNIX, LibC.SOCK_SEQPACKET | LibC.SOCK_CLOEXEC, 0, ends));
        _kernel = new FileHandle(ends[1]);
        var library = new FileHandle(ends[0]);
        Assert.Equal(Errno.None, Sys.SetOption(library, LibC.SOL_SOCKET, LibC.SO_RCVTIMEO, new timespec { tv_nsec = 1 }));   // a struct timeval: microseconds
        Socket = new NetlinkSocket(library, Port);
    }

    public NetlinkSocket Socket { get; }

    public void Dispose()
    {
        Socket.Dispose();
        _kernel.Dispose();
    }

    /// <summary>Lays one datagram ready.</summary>
    public FakeKernel Say(params byte[][] messages)
    {
        Assert.Equal(Errno.None, Sys.Send(_kernel, messages.SelectMany(message => message).ToArray()));
        return this;
    }

    /// <summary>The requests so far, a datagram each.</summary>
    public int CountRequests()
    {
        var count = 0;
        var buffer = new byte[64 * 1024];
        while (Sys.Receive(_kernel, buffer, [], wait: false, out _) == Errno.None)
            count++;
        return count;
    }

    /// <summary>A message, padded; <paramref name="type"/> is any enum of message types.</summary>
    public static byte[] Message(Enum type, uint sequence, NetlinkFlags flags = NetlinkFlags.Multi, uint port = Port, byte[]? payload = null)
    {
        payload ??= [];
        var bytes = new byte[(MessageHeader.Size + payload.Length + 3) & ~3];
        MemoryMarshal.Write(bytes, new MessageHeader
        {
            Length = (uint)(MessageHeader.Size + payload.Length),
            Type = Convert.ToUInt16(type, null),
            Flags = flags,
            Sequence = sequence,
            Port = port,
        });
        payload.CopyTo(bytes, MessageHeader.Size);
        return bytes;
    }

    public static byte[] Done(uint sequence, Errno error = Errno.None, NetlinkFlags flags = NetlinkFlags.Multi)
        => Message(ControlType.Done, sequence, flags, payload: BitConverter.GetBytes(-(int)error));

    /// <summary>An answer: the error, the request it answers (or, capped, its header alone), and what the extended ACK adds.</summary>
    public static byte[] Error(uint sequence, Errno error, NetlinkFlags flags = NetlinkFlags.None, byte[]? request = null, params byte[][] attributes)
    {
        request ??= Message(RouteMessageType.NewLink, sequence, NetlinkFlags.Request);
        if (attributes.Length > 0)
            flags |= NetlinkFlags.AckAttributes;
        return Message(ControlType.Error, sequence, flags, payload: [.. BitConverter.GetBytes(-(int)error), .. request, .. attributes.SelectMany(attribute => attribute)]);
    }

    public static byte[] Attribute(AckAttribute type, byte[] value)
    {
        var bytes = new byte[(4 + value.Length + 3) & ~3];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2), (ushort)type);
        value.CopyTo(bytes, 4);
        return bytes;
    }

    public static byte[] Text(string text) => Attribute(AckAttribute.Message, Encoding.UTF8.GetBytes(text + '\0'));

    /// <summary>A neighbor 10.65.0.<paramref name="number"/> of a dump.</summary>
    public static byte[] Neighbor(byte number, uint sequence, NetlinkFlags flags = NetlinkFlags.Multi, uint port = Port)
        => Message(RouteMessageType.NewNeighbor, sequence, flags, port, [2, 0, 0, 0, 2, 0, 0, 0, 0x80, 0, 0, 0, 8, 0, 1, 0, 10, 65, 0, number]);
}

using System.Net;
using System.Net.Sockets;

namespace CalicoNet.Testing;

/// <summary>
/// Every frame that passes a link, both ways, from <see cref="Start"/> on. The kernel keeps them until they are asked for: there is no
/// reading thread, and a frame that was delivered before the question is in the answer.
/// To prove that something did *not* pass, send a frame that must pass after it and wait for that one: the kernel keeps the order.
/// </summary>
public sealed class PacketCapture : IDisposable
{
    private const int Room = 16 * 1024 * 1024; // about 20,000 small frames: each is charged for its buffer, some 800 bytes
    private const byte Outgoing = 4;           // PACKET_OUTGOING

    private static readonly int AddressRoom = SocketAddress.GetMaximumAddressSize(AddressFamily.Packet);

    private readonly List<Frame> _frames = [];
    private readonly SocketAddress _from = new(AddressFamily.Packet, AddressRoom);
    private readonly byte[] _buffer = new byte[256 * 1024]; // a frame of segmentation offload may be larger than 64 KiB
    private readonly Socket _socket;
    private readonly string _place;

    private PacketCapture(Socket socket, string place) => (_socket, _place) = (socket, place);

    public static PacketCapture Start(string netns, string link)
    {
        var socket = PacketSocket.Open(netns, link, PacketSocket.EveryProtocol);
        socket.SetRawSocketOption(Interop.SolSocket, Interop.SoReceiveBufferForce, BitConverter.GetBytes(Room));
        return new PacketCapture(socket, $"{netns}/{link}");
    }

    /// <summary>Every frame so far, in order.</summary>
    public IReadOnlyList<Frame> Frames()
    {
        lock (_frames)
        {
            Drain();
            return [.. _frames];
        }
    }

    public int Count(Func<Frame, bool> isMeant) => Frames().Count(isMeant);

    /// <summary>The first frame that is meant, seen already or still to come; throws with everything seen when the time is over.</summary>
    public Frame WaitFor(Func<Frame, bool> isMeant, TimeSpan? timeout = null)
    {
        var deadline = Deadline.In(timeout ?? TimeSpan.FromSeconds(5));
        lock (_frames)
        {
            for (var next = 0; ;)
            {
                Drain();
                for (; next < _frames.Count; next++)
                {
                    if (isMeant(_frames[next]))
                        return _frames[next];
                }
                if (deadline.IsOver)
                    throw new TimeoutException($"no such frame on {_place}; seen:\n{string.Join('\n', _frames)}");
                _socket.Poll(deadline.Left, SelectMode.SelectRead);
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private void Drain()
    {
        while (_socket.Poll(0, SelectMode.SelectRead))
        {
            _from.Size = AddressRoom; // receiving shrinks it to what the kernel filled, and .NET then refuses it
            var length = _socket.ReceiveFrom(_buffer, SocketFlags.None, _from);
            _frames.Add(new Frame(_buffer[..length], _from.Buffer.Span[PacketSocket.LinkEndPoint.PacketTypeOffset] == Outgoing));
        }
        // A capture with holes proves nothing.
        Span<byte> statistics = stackalloc byte[2 * sizeof(uint)]; // struct tpacket_stats: packets, drops; reading resets it
        _socket.GetRawSocketOption(Interop.SolPacket, Interop.PacketStatistics, statistics);
        if (BitConverter.ToUInt32(statistics[sizeof(uint)..]) is > 0 and var lost)
            throw new InvalidOperationException($"the capture on {_place} lost {lost} frames");
    }
}

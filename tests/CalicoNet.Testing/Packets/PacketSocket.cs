using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace CalicoNet.Testing;

/// <summary>An AF_PACKET socket on one link of a namespace. A socket stays where it was opened and is then used from any thread.</summary>
internal static class PacketSocket
{
    internal const ushort Nothing = 0;
    internal const ushort EveryProtocol = 3; // ETH_P_ALL

    internal static Socket Open(string netns, string link, ushort protocol) => Inside.Run(netns, () =>
    {
        var index = Interop.IndexOfLink(link);
        if (index == 0)
            throw Interop.LastError($"link {link} in {netns}");
        // Deaf until it is bound: opened with a protocol, it would hear every link of the namespace in between.
        var socket = new Socket(AddressFamily.Packet, SocketType.Raw, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new LinkEndPoint(index, protocol));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    });

    /// <summary>struct sockaddr_ll, which .NET lacks.</summary>
    internal sealed class LinkEndPoint(uint index, ushort protocol) : EndPoint
    {
        internal const int Size = 20;
        internal const int PacketTypeOffset = 10; // sll_pkttype

        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily.Packet, Size);
            var bytes = address.Buffer.Span;
            BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], protocol);
            BitConverter.TryWriteBytes(bytes[4..], index);
            return address;
        }

        public override EndPoint Create(SocketAddress socketAddress) => this;
    }
}

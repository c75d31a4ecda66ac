using System.Net.Sockets;

namespace CalicoNet.Testing;

/// <summary>Sends frames as they are from a link of a namespace, past that namespace's own IP: what a hostile workload can do.</summary>
public sealed class RawSender : IDisposable
{
    private readonly Socket _socket;

    private RawSender(Socket socket) => _socket = socket;

    public static RawSender Open(string netns, string link) => new(PacketSocket.Open(netns, link, PacketSocket.Nothing));

    public void Send(ReadOnlySpan<byte> frame) => _socket.Send(frame);

    public void Dispose() => _socket.Dispose();
}

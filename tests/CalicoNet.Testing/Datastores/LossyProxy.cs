using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace CalicoNet.Testing;

/// <summary>What becomes of a reply.</summary>
public enum ReplyFate
{
    /// <summary>It is passed on.</summary>
    Forward,
    /// <summary>It is dropped with its connection: the server has done its work, the client is told nothing and sees the connection end.</summary>
    Cut,
    /// <summary>It is dropped, and so is all that follows; the connection stands.</summary>
    Swallow,
}

/// <summary>
/// A proxy on loopback for HTTP/2 without TLS, that loses replies: what a client sends always gets through, and a reply that has come is
/// proof that the server has done its work.
/// </summary>
public sealed class LossyProxy : IDisposable
{
    private const int FrameHeader = 9;
    private const int HeadersFrame = 1;

    private readonly IPEndPoint _target;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _ending = new();
    private int _lost;

    public LossyProxy(IPEndPoint target)
    {
        _target = target;
        _listener = new TcpListener(LoopbackAddress.Next(), 2379);
        _listener.Start();
        _ = Accept();
    }

    /// <summary>The address that clients use.</summary>
    public string Endpoint => $"http://{_listener.LocalEndpoint}";

    /// <summary>Asked for each reply, when its first frame has come; from several threads at once where there are several connections.</summary>
    public Func<ReplyFate> Fate { get; set; } = () => ReplyFate.Forward;

    /// <summary>How many replies were lost.</summary>
    public int Lost => Volatile.Read(ref _lost);

    /// <summary>Loses the next reply only.</summary>
    public void LoseNext(ReplyFate fate)
    {
        var left = 1;
        Fate = () => Interlocked.Exchange(ref left, 0) == 1 ? fate : ReplyFate.Forward;
    }

    public void Dispose()
    {
        _ending.Cancel();
        _listener.Dispose();
        _ending.Dispose();
    }

    private async Task Accept()
    {
        var end = _ending.Token;
        try
        {
            while (true)
                _ = Serve(await _listener.AcceptTcpClientAsync(end).ConfigureAwait(false), end);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Disposed.
        }
    }

    private async Task Serve(TcpClient client, CancellationToken end)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                client.NoDelay = server.NoDelay = true;
                await server.ConnectAsync(_target, end).ConfigureAwait(false);
                // Either side's end is the other's.
                await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream(), end), PassReplies(server.GetStream(), client.GetStream(), end)).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // One of the two has gone; closing both says so to the other.
            }
        }
    }

    private async Task PassReplies(NetworkStream server, NetworkStream client, CancellationToken end)
    {
        var header = new byte[FrameHeader];
        var last = 0;
        while (true)
        {
            await server.ReadExactlyAsync(header, end).ConfigureAwait(false);
            var payload = new byte[BinaryPrimitives.ReadUInt32BigEndian(header) >> 8];
            await server.ReadExactlyAsync(payload, end).ConfigureAwait(false);
            var stream = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)) & int.MaxValue;
            // A stream's first HEADERS frame begins its reply, the second one ends it.
            if (header[3] == HeadersFrame && stream > last)
            {
                last = stream;
                var fate = Fate();
                if (fate != ReplyFate.Forward)
                {
                    Interlocked.Increment(ref _lost);
                    if (fate == ReplyFate.Swallow)
                        await server.CopyToAsync(Stream.Null, end).ConfigureAwait(false);
                    return;
                }
            }
            await client.WriteAsync(header, end).ConfigureAwait(false);
            await client.WriteAsync(payload, end).ConfigureAwait(false);
        }
    }
}

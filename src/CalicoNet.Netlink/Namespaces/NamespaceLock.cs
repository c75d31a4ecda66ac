using System.Text;
using Tmds.Linux;

namespace CalicoNet.Netlink;

/// <summary>
/// A lock by name, per network namespace: an abstract unix socket (unix(7)). It is held while the socket is open, so it dies with the
/// process, leaves no file, and a waiter is woken by the hang-up instead of asking again and again.
/// </summary>
public sealed class NamespaceLock : IDisposable
{
    private const int Backlog = 4096;   // net.core.somaxconn
    private readonly FileHandle _socket;

    private NamespaceLock(FileHandle socket) => _socket = socket;

    /// <summary>Takes a lock of a namespace, waiting for its holder to let go.</summary>
    /// <param name="stack">The namespace it belongs to.</param>
    /// <param name="name">Its name, 107 bytes at most.</param>
    /// <param name="patience">How long to wait at most.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The lock, or null when it was not to be had in that time.</returns>
    /// <exception cref="OperationCanceledException">The waiting was ended.</exception>
    public static NamespaceLock? Acquire(NetworkStack stack, string name, TimeSpan patience, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stack);
        return Acquire(stack.Place, name, patience, cancellation);
    }

    /// <summary>Takes a lock of this process's own namespace.</summary>
    /// <inheritdoc cref="Acquire(NetworkStack, string, TimeSpan, CancellationToken)"/>
    public static NamespaceLock? Acquire(string name, TimeSpan patience, CancellationToken cancellation = default)
        => Acquire(place: null, name, patience, cancellation);

    private static NamespaceLock? Acquire(FileHandle? place, string name, TimeSpan patience, CancellationToken cancellation)
    {
        var address = Address(name);
        var deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        using var cancelled = cancellation.CanBeCanceled ? new CancellationDescriptor(cancellation) : null;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var (taken, held) = TryTake(place, address, name);
            if (taken is not null)
            {
                return new NamespaceLock(taken);
            }

            using (held)
            {
                var left = deadline - Environment.TickCount64;
                if (left <= 0)
                {
                    return null;
                }

                if (held is not null)
                {
                    Sys.Poll(held.Number, cancelled?.Number ?? -1, (int)left);   // ends with the holder's socket
                }
            }
        }
    }

    /// <summary>Lets go.</summary>
    public void Dispose() => _socket.Dispose();

    /// <summary>The lock's socket, or, where it is taken, a connection to its holder (null when the holder let go in between).</summary>
    private static (FileHandle? Taken, FileHandle? Held) TryTake(FileHandle? place, byte[] address, string name)
    {
        var operation = $"take the lock '{name}'";
        var socket = NamespaceThread.OpenSocket(place, LibC.AF_UNIX, LibC.SOCK_STREAM, 0, operation);
        var error = Sys.Bind(socket, address);
        if (error == Errno.None)
        {
            error = Sys.Listen(socket, Backlog);
            if (error == Errno.None)
            {
                return (socket, null);
            }
        }

        if (error == Errno.EADDRINUSE)
        {
            // ECONNREFUSED: bound but not listening yet, or gone: ask again.
            if (Sys.Connect(socket, address) == Errno.None)
            {
                return (null, socket);
            }

            socket.Dispose();
            return (null, null);
        }

        socket.Dispose();
        throw NetlinkException.ForCall(operation, error);
    }

    private static byte[] Address(string name)
    {
        var bytes = new byte[2 + 1 + Encoding.UTF8.GetByteCount(name)];
        if (bytes.Length > 110)
        {
            throw new ArgumentException($"'{name}' is too long for a lock's name (107 bytes).", nameof(name));
        }

        BitConverter.TryWriteBytes(bytes, (ushort)LibC.AF_UNIX);
        Encoding.UTF8.GetBytes(name, bytes.AsSpan(3));   // after the leading NUL that makes the name abstract
        return bytes;
    }
}

using System.Runtime.InteropServices;
using System.Text;
using Tmds.Linux;

namespace CalicoNet.Netlink;

/// <summary>
/// The system calls this library makes, with EINTR handled and errors as <see cref="NetlinkException"/>. The only file that calls libc.
/// </summary>
internal static unsafe partial class Sys
{
    private const int SoNetnsCookie = 71;     // SO_NETNS_COOKIE, asm-generic/socket.h, Linux 5.14
    private const long NamespaceFileSystem = 0x6e736673;   // NSFS_MAGIC, linux/magic.h
    private const int LockExclusive = 2, LockNoWait = 4;   // LOCK_EX, LOCK_NB, sys/file.h

    public static Errno LastError => (Errno)LibC.errno;

    public static Errno Bind(FileHandle socket, ReadOnlySpan<byte> address)
    {
        fixed (byte* bytes = address)
        {
            return LibC.bind(socket.Number, (sockaddr*)bytes, address.Length) == 0 ? Errno.None : LastError;
        }
    }

    public static Errno Connect(FileHandle socket, ReadOnlySpan<byte> address)
    {
        fixed (byte* bytes = address)
        {
            return LibC.connect(socket.Number, (sockaddr*)bytes, address.Length) == 0 ? Errno.None : LastError;
        }
    }

    public static Errno Listen(FileHandle socket, int backlog) => LibC.listen(socket.Number, backlog) == 0 ? Errno.None : LastError;

    public static uint NetlinkPort(FileHandle socket)
    {
        var address = stackalloc byte[12];
        socklen_t length = 12;
        if (LibC.getsockname(socket.Number, (sockaddr*)address, &length) != 0)
        {
            throw NetlinkException.ForCall("read a netlink socket's port", LastError);
        }

        return *(uint*)(address + 4);
    }

    public static Errno SetOption<T>(FileHandle socket, int level, int option, T value)
        where T : unmanaged
        => LibC.setsockopt(socket.Number, level, option, &value, sizeof(T)) == 0 ? Errno.None : LastError;

    /// <summary>The cookie of the namespace a socket lives in; 0 before Linux 5.14, which has none.</summary>
    public static ulong NamespaceCookie(FileHandle socket)
    {
        ulong cookie = 0;
        socklen_t length = sizeof(ulong);
        return LibC.getsockopt(socket.Number, LibC.SOL_SOCKET, SoNetnsCookie, &cookie, &length) == 0 ? cookie : 0;
    }

    /// <summary>Sends one datagram to the kernel. A netlink request is carried out before this returns.</summary>
    public static Errno Send(FileHandle socket, ReadOnlySpan<byte> data)
    {
        fixed (byte* bytes = data)
        {
            while (true)
            {
                if (LibC.send(socket.Number, bytes, data.Length, 0) >= 0)
                {
                    return Errno.None;
                }

                if (LastError != Errno.EINTR)
                {
                    return LastError;
                }
            }
        }
    }

    public static Errno SendTo(FileHandle socket, ReadOnlySpan<byte> data, ReadOnlySpan<byte> address)
    {
        fixed (byte* bytes = data, to = address)
        {
            while (true)
            {
                if (LibC.sendto(socket.Number, bytes, data.Length, 0, (sockaddr*)to, address.Length) >= 0)
                {
                    return Errno.None;
                }

                if (LastError != Errno.EINTR)
                {
                    return LastError;
                }
            }
        }
    }

    /// <summary>
    /// Receives one datagram. The length is the datagram's real one (MSG_TRUNC), so a value above the buffer's means it was cut.
    /// <paramref name="sender"/> is filled with as much of the sender's address as fits.
    /// </summary>
    public static Errno Receive(FileHandle socket, Span<byte> buffer, Span<byte> sender, bool wait, out int length)
    {
        fixed (byte* bytes = buffer, from = sender)
        {
            while (true)
            {
                socklen_t addressLength = sender.Length;
                var received = (long)LibC.recvfrom(
                    socket.Number, bytes, buffer.Length, LibC.MSG_TRUNC | (wait ? 0 : LibC.MSG_DONTWAIT), (sockaddr*)from, &addressLength);
                if (received >= 0)
                {
                    length = (int)received;
                    return Errno.None;
                }

                if (LastError != Errno.EINTR)
                {
                    length = 0;
                    return LastError;
                }
            }
        }
    }

    /// <summary>
    /// Receives one datagram with its control messages, without waiting; or, with <paramref name="flags"/> MSG_ERRQUEUE, an error that came
    /// back for one that was sent.
    /// </summary>
    public static Errno ReceiveMessage(FileHandle socket, Span<byte> data, Span<byte> name, Span<byte> control, int flags, out int length, out int controlLength)
    {
        fixed (byte* bytes = data, address = name, more = control)
        {
            var part = new iovec { iov_base = bytes, iov_len = data.Length };
            while (true)
            {
                var message = new msghdr { msg_name = address, msg_namelen = name.Length, msg_iov = &part, msg_iovlen = 1, msg_control = more, msg_controllen = control.Length };
                var received = (long)LibC.recvmsg(socket.Number, &message, flags | LibC.MSG_DONTWAIT);
                (length, controlLength) = ((int)Math.Max(received, 0), (int)(uint)message.msg_controllen);
                if (received >= 0)
                {
                    return Errno.None;
                }

                if (LastError != Errno.EINTR)
                {
                    return LastError;
                }
            }
        }
    }

    /// <summary>Waits until one of two descriptors is readable or hung up. <paramref name="milliseconds"/> below 0: for ever.</summary>
    public static (bool First, bool Second) Poll(int first, int second, int milliseconds)
    {
        var deadline = milliseconds < 0 ? long.MaxValue : Environment.TickCount64 + milliseconds;
        var descriptors = stackalloc pollfd[2];
        while (true)
        {
            descriptors[0] = new pollfd { fd = first, events = LibC.POLLIN };
            descriptors[1] = new pollfd { fd = second, events = LibC.POLLIN };   // a negative descriptor is ignored by poll(2)
            var left = milliseconds < 0 ? -1 : (int)Math.Max(0, deadline - Environment.TickCount64);
            var ready = RawPoll(descriptors, 2, left);
            if (ready >= 0)
            {
                return (descriptors[0].revents != 0, descriptors[1].revents != 0);
            }

            var error = (Errno)Marshal.GetLastPInvokeError();
            if (error != Errno.EINTR)
            {
                throw NetlinkException.ForCall("wait for a socket", error);
            }
        }
    }

    public static FileHandle EventDescriptor()
    {
        var descriptor = LibC.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK);
        return descriptor >= 0 ? new FileHandle(descriptor) : throw NetlinkException.ForCall("create an event descriptor", LastError);
    }

    public static void Signal(FileHandle eventDescriptor)
    {
        ulong one = 1;
        _ = LibC.write(eventDescriptor.Number, &one, sizeof(ulong));   // fails only when the counter is full, which is signalled already
    }

    public static Errno Open(string path, int flags, uint mode, out FileHandle? handle)
    {
        fixed (byte* name = Utf8(path))
        {
            var descriptor = LibC.open(name, flags | LibC.O_CLOEXEC, (mode_t)mode);
            handle = descriptor >= 0 ? new FileHandle(descriptor) : null;
            return descriptor >= 0 ? Errno.None : LastError;
        }
    }

    public static Errno Unlink(string path)
    {
        fixed (byte* name = Utf8(path))
        {
            return LibC.unlink(name) == 0 ? Errno.None : LastError;
        }
    }

    public static Errno MakeDirectory(string path, uint mode)
    {
        fixed (byte* name = Utf8(path))
        {
            return LibC.mkdir(name, (mode_t)mode) == 0 ? Errno.None : LastError;
        }
    }

    public static Errno BindMount(string source, string target)
    {
        fixed (byte* from = Utf8(source), to = Utf8(target))
        {
            return LibC.mount(from, to, null, LibC.MS_BIND, null) == 0 ? Errno.None : LastError;
        }
    }

    public static Errno MakeShared(string target)
    {
        fixed (byte* to = Utf8(target), none = "none\0"u8)
        {
            return LibC.mount(none, to, none, LibC.MS_SHARED, null) == 0 ? Errno.None : LastError;
        }
    }

    public static Errno UnmountDetached(string target)
    {
        fixed (byte* name = Utf8(target))
        {
            return LibC.umount2(name, LibC.MNT_DETACH) == 0 ? Errno.None : LastError;
        }
    }

    public static (ulong Device, ulong Inode) Identity(FileHandle handle)
    {
        stat status;
        return LibC.fstat(handle.Number, &status) == 0 ? ((ulong)status.st_dev, (ulong)status.st_ino) : (0, 0);
    }

    /// <summary>Whether a descriptor is a namespace (nsfs) and no ordinary file.</summary>
    public static bool IsNamespace(FileHandle handle)
    {
        var status = stackalloc long[32];   // struct statfs: 120 bytes on 64-bit; f_type is its first word
        return FileSystemStatus(handle.Number, status) == 0 && status[0] == NamespaceFileSystem;
    }

    public static bool TryLock(FileHandle handle) => FileLock(handle.Number, LockExclusive | LockNoWait) == 0;

    public static void Lock(FileHandle handle)
    {
        while (FileLock(handle.Number, LockExclusive) != 0 && Marshal.GetLastPInvokeError() == (int)Errno.EINTR)
        {
        }
    }

    public static int Read(FileHandle handle, Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            return (int)LibC.read(handle.Number, bytes, buffer.Length);
        }
    }

    public static int Write(FileHandle handle, ReadOnlySpan<byte> data)
    {
        fixed (byte* bytes = data)
        {
            return (int)LibC.write(handle.Number, bytes, data.Length);
        }
    }

    /// <summary>A C string. A NUL inside would silently name another file, so it is refused.</summary>
    private static byte[] Utf8(string text)
    {
        if (text.Contains('\0'))
        {
            throw new ArgumentException("A path must not contain a NUL character.", nameof(text));
        }

        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    [LibraryImport("libc.so.6", EntryPoint = "poll", SetLastError = true)]
    private static partial int RawPoll(pollfd* descriptors, nuint count, int milliseconds);   // Tmds.LibC's loses errno

    [LibraryImport("libc.so.6", EntryPoint = "flock", SetLastError = true)]
    private static partial int FileLock(int descriptor, int operation);

    [LibraryImport("libc.so.6", EntryPoint = "fstatfs", SetLastError = true)]
    private static partial int FileSystemStatus(int descriptor, void* status);
}

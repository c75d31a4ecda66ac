using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CalicoNet.Testing;

/// <summary>The few libc calls the test library needs. Its own, so that no oracle shares a line with what it judges.</summary>
internal static partial class Interop
{
    internal const int CloneNewNet = 0x40000000;  // CLONE_NEWNET
    internal const int DetachNoFollow = 0x2 | 0x8; // MNT_DETACH | UMOUNT_NOFOLLOW

    private const nuint NamespaceType = 0xb703; // NS_GET_NSTYPE

    internal const int SolSocket = 1;       // SOL_SOCKET
    internal const int SoReceiveBufferForce = 33; // SO_RCVBUFFORCE
    internal const int SoProtocol = 38;     // SO_PROTOCOL
    internal const int SoDomain = 39;       // SO_DOMAIN
    internal const int SoNetnsCookie = 71;  // SO_NETNS_COOKIE, Linux 5.14
    internal const int SolPacket = 263;     // SOL_PACKET
    internal const int PacketStatistics = 6; // PACKET_STATISTICS

    internal const int UnixFamily = 1;      // AF_UNIX
    internal const int NetlinkFamily = 16;  // AF_NETLINK
    internal const int PacketFamily = 17;   // AF_PACKET

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    internal static partial int SetNamespace(SafeFileHandle handle, int kind);

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    internal static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Unmount(string path, int flags);

    [LibraryImport("libc", EntryPoint = "if_nametoindex", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial uint IndexOfLink(string name);

    internal const int SigTerm = 15, SigContinue = 18, SigStop = 19;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int descriptor, nuint request);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetSocketOption(int descriptor, int level, int option, out ulong value, ref uint size);

    /// <summary>A socket option by descriptor number; null when it is no socket (or no longer open).</summary>
    internal static ulong? SocketOption(int descriptor, int option)
    {
        // Options of four bytes leave the upper half of the zeroed value alone: right on every little-endian machine .NET runs on.
        uint size = sizeof(ulong);
        return GetSocketOption(descriptor, SolSocket, option, out var value, ref size) == 0 ? value : null;
    }

    /// <summary>Whether a descriptor is a network namespace. Its link in /proc does not tell: opened through a bind mount that is gone since, it reads `/`.</summary>
    internal static bool IsNetworkNamespace(int descriptor) => Control(descriptor, NamespaceType) == CloneNewNet;

    internal static Exception LastError(string operation)
    {
        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"{operation}: {error.Message}", error);
    }
}

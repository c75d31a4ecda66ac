using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CalicoNet.Netlink;

/// <summary>Something to be opened inside a namespace: a socket, or a file whose meaning depends on the namespace (/proc/sys/net).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Opening
{
    /// <summary>A file's path as a C string; null for a socket.</summary>
    public byte* Path;

    /// <summary>A file's open flags, or a socket's family.</summary>
    public int Flags;
    public int Type;
    public int Protocol;

    /// <summary>The descriptor, or -1.</summary>
    public int Descriptor;
    public int Error;
}

/// <summary>
/// What a thread does between entering a namespace and coming home: system calls and nothing else. Threads that it starts there stay there,
/// and the runtime itself starts some behind one's back (the tiered compiler's, when a method is called for the first or the thirtieth time),
/// which would keep a removed namespace and the host's veth alive. So: one method that is never tiered, with calls that need no stub.
/// </summary>
internal static unsafe partial class Visit
{
    private const int NewNetwork = 0x40000000;   // CLONE_NEWNET, linux/sched.h

    /// <summary>The way home failed: the thread must do nothing more.</summary>
    public const int Lost = int.MinValue;

    /// <summary>Enters <paramref name="target"/> (below 0: a new namespace), opens, and comes home.</summary>
    /// <returns>0; the error of entering; or <see cref="Lost"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static int Run(int home, int target, Opening* openings, int count)
    {
        if ((target >= 0 ? Enter(target, NewNetwork) : Leave(NewNetwork)) != 0)
        {
            return *ErrorLocation();
        }

        OpenAll(openings, count);
        return Enter(home, NewNetwork) == 0 ? 0 : Lost;
    }

    /// <summary>Opens in the namespace the thread is in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void OpenAll(Opening* openings, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var opening = openings + i;
            opening->Descriptor = opening->Path != null ? OpenFile(opening->Path, opening->Flags, 0) : Socket(opening->Flags, opening->Type, opening->Protocol);
            opening->Error = opening->Descriptor < 0 ? *ErrorLocation() : 0;
        }
    }

#pragma warning disable SYSLIB1054 // LibraryImport would put managed code around them when they set errno; these leave it where it is
    [DllImport("libc.so.6", EntryPoint = "setns", ExactSpelling = true)]
    private static extern int Enter(int descriptor, int type);

    [DllImport("libc.so.6", EntryPoint = "unshare", ExactSpelling = true)]
    private static extern int Leave(int flags);

    [DllImport("libc.so.6", EntryPoint = "socket", ExactSpelling = true)]
    private static extern int Socket(int family, int type, int protocol);

    [DllImport("libc.so.6", EntryPoint = "open", ExactSpelling = true)]
    private static extern int OpenFile(byte* path, int flags, uint mode);

    [DllImport("libc.so.6", EntryPoint = "__errno_location", ExactSpelling = true)]
    private static extern int* ErrorLocation();
#pragma warning restore SYSLIB1054
}

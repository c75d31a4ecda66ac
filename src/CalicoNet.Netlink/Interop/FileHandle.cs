using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace CalicoNet.Netlink;

/// <summary>An owned file descriptor: a socket or a namespace.</summary>
internal sealed class FileHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public FileHandle(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    public FileHandle()
        : base(ownsHandle: true)
    {
    }

    /// <summary>The bare number. Valid while this object is alive and not disposed: callers keep it so.</summary>
    public int Number => (int)handle;

    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;
}

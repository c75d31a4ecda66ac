using System.Runtime.InteropServices;

namespace CalicoNet.Netlink;

/// <summary>struct nlmsghdr (linux/netlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MessageHeader
{
    public const int Size = 16;

    public uint Length;
    public ushort Type;
    public NetlinkFlags Flags;
    public uint Sequence;
    public uint Port;
}

/// <summary>struct nlmsgerr up to its copy of the request (linux/netlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ErrorHeader
{
    public int Error;
    public MessageHeader Request;
}

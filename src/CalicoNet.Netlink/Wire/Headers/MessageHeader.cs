using System.Runtime.InteropServices;

namespace CalicoNet.Netlink;

/// <summary>struct nlmsghdr (linux/netlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MessageHeader
{
    public const int Size = 16;

    public uint Length;          // nlmsg_len
    public ushort Type;          // nlmsg_type
    public NetlinkFlags Flags;   // nlmsg_flags
    public uint Sequence;        // nlmsg_seq
    public uint Port;            // nlmsg_pid
}

/// <summary>struct nlmsgerr up to its copy of the request (linux/netlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ErrorHeader
{
    public int Error;               // error
    public MessageHeader Request;   // msg
}

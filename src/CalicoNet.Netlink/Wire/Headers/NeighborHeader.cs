using System.Runtime.InteropServices;

namespace CalicoNet.Netlink;

/// <summary>struct ndmsg (linux/neighbour.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NeighborHeader
{
    public IPFamily Family;       // ndm_family
    private byte _padding1;       // ndm_pad1
    private ushort _padding2;     // ndm_pad2
    public int Index;             // ndm_ifindex
    public NeighborState State;   // ndm_state
    public NeighborFlags Flags;   // ndm_flags
    public byte Type;             // ndm_type
}

/// <summary>struct ndtmsg (linux/neighbour.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NeighborTableHeader
{
    public IPFamily Family;     // ndtm_family
    private byte _padding1;     // ndtm_pad1
    private ushort _padding2;   // ndtm_pad2
}

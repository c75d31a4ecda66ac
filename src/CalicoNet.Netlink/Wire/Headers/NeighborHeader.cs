using System.Runtime.InteropServices;

namespace CalicoNet.Netlink;

/// <summary>struct ndmsg (linux/neighbour.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NeighborHeader
{
    public IPFamily Family;
    private byte _padding1;
    private ushort _padding2;
    public int Index;
    public NeighborState State;
    public NeighborFlags Flags;
    public byte Type;
}

/// <summary>struct ndtmsg (linux/neighbour.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NeighborTableHeader
{
    public IPFamily Family;
    private byte _padding1;
    private ushort _padding2;
}

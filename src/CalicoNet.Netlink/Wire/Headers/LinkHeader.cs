using System.Runtime.InteropServices;

namespace CalicoNet.Netlink;

/// <summary>struct ifinfomsg (linux/rtnetlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LinkHeader
{
    public const int Size = 16;

    public byte Family;           // ifi_family
    private byte _padding;        // __ifi_pad
    public ushort HardwareType;   // ifi_type
    public int Index;             // ifi_index
    public LinkFlags Flags;       // ifi_flags
    public LinkFlags Change;      // ifi_change
}

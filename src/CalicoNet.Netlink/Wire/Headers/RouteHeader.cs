using System.Runtime.InteropServices;

namespace CalicoNet.Netlink;

/// <summary>struct rtmsg (linux/rtnetlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RouteHeader
{
    public IPFamily Family;          // rtm_family
    public byte DestinationLength;   // rtm_dst_len
    public byte SourceLength;        // rtm_src_len
    public byte TypeOfService;       // rtm_tos
    public byte Table;               // rtm_table
    public RouteProtocol Protocol;   // rtm_protocol
    public RouteScope Scope;         // rtm_scope
    public RouteType Type;           // rtm_type
    public uint Flags;               // rtm_flags
}

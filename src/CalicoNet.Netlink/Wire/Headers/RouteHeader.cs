using System.Runtime.InteropServices;

namespace CalicoNet.Netlink;

/// <summary>struct rtmsg (linux/rtnetlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RouteHeader
{
    public IPFamily Family;
    public byte DestinationLength;
    public byte SourceLength;
    public byte TypeOfService;
    public byte Table;
    public RouteProtocol Protocol;
    public RouteScope Scope;
    public RouteType Type;
    public uint Flags;
}

using System.Runtime.InteropServices;

namespace CalicoNet.Netlink;

/// <summary>struct ifaddrmsg (linux/if_addr.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AddressHeader
{
    public IPFamily Family;
    public byte PrefixLength;
    public byte Flags;
    public RouteScope Scope;
    public int Index;
}

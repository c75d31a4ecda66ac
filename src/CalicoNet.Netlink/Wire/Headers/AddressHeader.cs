using System.Runtime.InteropServices;

namespace CalicoNet.Netlink;

/// <summary>struct ifaddrmsg (linux/if_addr.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AddressHeader
{
    public IPFamily Family;     // ifa_family
    public byte PrefixLength;   // ifa_prefixlen
    public byte Flags;          // ifa_flags
    public RouteScope Scope;    // ifa_scope
    public int Index;           // ifa_index
}

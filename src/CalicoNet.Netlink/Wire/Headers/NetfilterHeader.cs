using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace CalicoNet.Netlink;

/// <summary>struct nfgenmsg (linux/netfilter/nfnetlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NetfilterHeader
{
    public byte Family;
    public byte Version;                // NFNETLINK_V0
    private ushort _resourceBigEndian;

    /// <summary>The subsystem a batch is for; in what the kernel sends, the low half of the generation.</summary>
    public ushort Resource
    {
        readonly get => BinaryPrimitives.ReverseEndianness(_resourceBigEndian);
        set => _resourceBigEndian = BinaryPrimitives.ReverseEndianness(value);
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace CalicoNet.Netlink;

/// <summary>struct nfgenmsg (linux/netfilter/nfnetlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NetfilterHeader
{
    public byte Family;                  // nfgen_family
    public byte Version;                 // version, NFNETLINK_V0
    private ushort _resourceBigEndian;   // res_id

    /// <summary>The subsystem a batch is for; in what the kernel sends, the low half of the generation.</summary>
    public ushort Resource
    {
        readonly get => BinaryPrimitives.ReverseEndianness(_resourceBigEndian);
        set => _resourceBigEndian = BinaryPrimitives.ReverseEndianness(value);
    }
}

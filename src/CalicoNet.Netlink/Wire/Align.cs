namespace CalicoNet.Netlink;

/// <summary>NLMSG_ALIGN and NLA_ALIGN: everything in netlink starts at a multiple of four.</summary>
internal static class Align
{
    public static int Up(int length) => (length + 3) & ~3;
}

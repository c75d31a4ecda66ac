namespace CalicoNet.Netlink;

/// <summary>struct rtgenmsg (linux/rtnetlink.h).</summary>
internal struct NamespaceIdHeader
{
    public IPFamily Family;   // rtgen_family
}

/// <summary>Attributes of a namespace's number in another one (NETNSA_*, linux/net_namespace.h).</summary>
internal enum NamespaceIdAttribute : ushort
{
    Id = 1,   // NETNSA_NSID
    Fd = 3,   // NETNSA_FD
}

/// <summary>Namespace numbers as messages (RTM_GETNSID, rtnetlink).</summary>
internal static class NamespaceIdWire
{
    public static void Get(NetlinkBatch batch, FileHandle handle)
    {
        var message = batch.Begin(RouteMessageType.GetNamespaceId, NetlinkFlags.None, "read the number of a network namespace");
        message.Write(default(NamespaceIdHeader));
        message.Write(NamespaceIdAttribute.Fd, handle.Number);
    }

    public static int Read(in NetlinkMessage message)
    {
        foreach (var attribute in message.Attributes<NamespaceIdHeader>())
        {
            if (attribute.Type == (ushort)NamespaceIdAttribute.Id)
            {
                return attribute.Int32;
            }
        }

        return NotAssigned;
    }

    public const int NotAssigned = -1;   // NETNSA_NSID_NOT_ASSIGNED
}

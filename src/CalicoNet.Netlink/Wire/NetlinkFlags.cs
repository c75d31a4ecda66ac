namespace CalicoNet.Netlink;

/// <summary>Flags of a netlink message (NLM_F_*, linux/netlink.h).</summary>
[Flags]
internal enum NetlinkFlags : ushort
{
    None = 0,
    Request = 0x1,           // NLM_F_REQUEST
    Multi = 0x2,             // NLM_F_MULTI
    Ack = 0x4,               // NLM_F_ACK
    Echo = 0x8,              // NLM_F_ECHO
    DumpInterrupted = 0x10,  // NLM_F_DUMP_INTR
    DumpFiltered = 0x20,     // NLM_F_DUMP_FILTERED

    Root = 0x100,            // NLM_F_ROOT
    Match = 0x200,           // NLM_F_MATCH
    Dump = Root | Match,     // NLM_F_DUMP

    Replace = 0x100,         // NLM_F_REPLACE
    Exclusive = 0x200,       // NLM_F_EXCL
    Create = 0x400,          // NLM_F_CREATE
    Append = 0x800,          // NLM_F_APPEND

    Capped = 0x100,          // NLM_F_CAPPED, in an ACK
    AckAttributes = 0x200,   // NLM_F_ACK_TLVS, in an ACK
}

/// <summary>Message types below NLMSG_MIN_TYPE, the same in every netlink family (linux/netlink.h).</summary>
internal enum ControlType : ushort
{
    Noop = 1,      // NLMSG_NOOP
    Error = 2,     // NLMSG_ERROR
    Done = 3,      // NLMSG_DONE
    Overrun = 4,   // NLMSG_OVERRUN
}

/// <summary>Attributes of an extended ACK (NLMSGERR_ATTR_*, linux/netlink.h).</summary>
internal enum AckAttribute : ushort
{
    Message = 1,       // NLMSGERR_ATTR_MSG
    Offset = 2,        // NLMSGERR_ATTR_OFFS
    Cookie = 3,        // NLMSGERR_ATTR_COOKIE
    Policy = 4,        // NLMSGERR_ATTR_POLICY
    MissingType = 5,   // NLMSGERR_ATTR_MISS_TYPE
    MissingNest = 6,   // NLMSGERR_ATTR_MISS_NEST
}

/// <summary>Message types of rtnetlink (RTM_*, linux/rtnetlink.h).</summary>
internal enum RouteMessageType : ushort
{
    NewLink = 16,            // RTM_NEWLINK
    DeleteLink = 17,         // RTM_DELLINK
    GetLink = 18,            // RTM_GETLINK
    SetLink = 19,            // RTM_SETLINK
    NewAddress = 20,         // RTM_NEWADDR
    DeleteAddress = 21,      // RTM_DELADDR
    GetAddress = 22,         // RTM_GETADDR
    NewRoute = 24,           // RTM_NEWROUTE
    DeleteRoute = 25,        // RTM_DELROUTE
    GetRoute = 26,           // RTM_GETROUTE
    NewNeighbor = 28,        // RTM_NEWNEIGH
    DeleteNeighbor = 29,     // RTM_DELNEIGH
    GetNeighbor = 30,        // RTM_GETNEIGH
    NewNeighborTable = 64,   // RTM_NEWNEIGHTBL
    GetNeighborTable = 66,   // RTM_GETNEIGHTBL
    SetNeighborTable = 67,   // RTM_SETNEIGHTBL
    NewNamespaceId = 88,     // RTM_NEWNSID
    DeleteNamespaceId = 89,  // RTM_DELNSID
    GetNamespaceId = 90,     // RTM_GETNSID
}

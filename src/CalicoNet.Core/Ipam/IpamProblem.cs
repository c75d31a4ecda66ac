using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>What can be wrong with address management.</summary>
public enum IpamProblemKind
{
    /// <summary>An address is allocated, and neither an endpoint's record nor a node has it: it is lost until it is released.</summary>
    AllocatedNotInUse,
    /// <summary>An endpoint or a node has an address of a pool that is not allocated: another may get it too.</summary>
    InUseNotAllocated,
    /// <summary>An endpoint has an address that is in no enabled pool.</summary>
    InUseOutsidePools,
    /// <summary>Several records have one address.</summary>
    InUseTwice,
    /// <summary>A handle without addresses.</summary>
    OrphanedHandle,
    /// <summary>A handle that allocations have, and that is not there: nothing can be released by it.</summary>
    MissingHandle,
    /// <summary>A handle that counts more or fewer addresses than its blocks show.</summary>
    WrongHandleCount,
    /// <summary>A node's block to which the node has no claim.</summary>
    BlockWithoutAffinity,
    /// <summary>A claim to a block that is not there, or is another's.</summary>
    AffinityWithoutBlock,
    /// <summary>A claim that was never confirmed, or whose deletion was not ended.</summary>
    UnconfirmedAffinity,
    /// <summary>A block of nobody's without addresses in use.</summary>
    UnownedEmptyBlock,
    /// <summary>A block whose size is not that of its pool's blocks.</summary>
    MisalignedBlock,
    /// <summary>A document that cannot be read, or breaks its invariants.</summary>
    CorruptDocument,
    /// <summary>A record of this node whose interface is not there.</summary>
    RecordWithoutInterface,
    /// <summary>An interface of ours on this node without a record.</summary>
    InterfaceWithoutRecord,
}

/// <summary>Something that is wrong with address management, by its parts; those that mean nothing for its kind are empty.</summary>
/// <param name="Kind">What is wrong.</param>
public sealed record IpamProblem(IpamProblemKind Kind)
{
    /// <summary>The address.</summary>
    public IPAddr Address { get; init; }

    /// <summary>The block.</summary>
    public IPPrefix Block { get; init; }

    /// <summary>The handle.</summary>
    public string Handle { get; init; } = "";

    /// <summary>The node.</summary>
    public string Node { get; init; } = "";

    /// <summary>The endpoint's record, as namespace and name, or the node, that has the address.</summary>
    public string User { get; init; } = "";

    /// <summary>The host's interface.</summary>
    public string Interface { get; init; } = "";

    /// <summary>The key of the document.</summary>
    public string Key { get; init; } = "";

    /// <summary>What is wrong with the document; the state of the claim.</summary>
    public string Reason { get; init; } = "";

    /// <summary>How many addresses the handle counts.</summary>
    public int Counted { get; init; }

    /// <summary>How many addresses the blocks show.</summary>
    public int Allocated { get; init; }

    /// <summary>The sequence number under which the address was allocated, where it is known.</summary>
    public ulong? SequenceNumber { get; init; }

    /// <summary>The revisions of what it rests on: two looks saw the same if they are equal.</summary>
    internal string Stamp { get; init; } = "";

    /// <summary>
    /// Whether it can be mended from here. The others need somebody to say what was meant: which of two records keeps an address, what a corrupt
    /// document held; records and interfaces are the endpoints' own repair's.
    /// </summary>
    public bool IsMendable => Kind is IpamProblemKind.AllocatedNotInUse or IpamProblemKind.OrphanedHandle or IpamProblemKind.MissingHandle or IpamProblemKind.WrongHandleCount
        or IpamProblemKind.BlockWithoutAffinity or IpamProblemKind.AffinityWithoutBlock or IpamProblemKind.UnconfirmedAffinity or IpamProblemKind.UnownedEmptyBlock;
}

using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>What a <see cref="CalicoException"/> is about.</summary>
public enum CalicoFault
{
    /// <summary>A change was refused by the kernel; the cause is the inner exception or <see cref="CalicoException.Error"/>.</summary>
    ChangeFailed,
    /// <summary>What should be made exists.</summary>
    Exists,
    /// <summary>What should be used does not exist.</summary>
    NotFound,
    /// <summary>It belongs to somebody else: it does not carry our mark.</summary>
    NotOurs,
    /// <summary>Another operation works on the same endpoint and did not end in time.</summary>
    Busy,
    /// <summary>There is no address to work with.</summary>
    NoAddress,
    /// <summary>An object is out of date: what it described is gone, and something else has its place.</summary>
    Stale,
    /// <summary>The kernel carries set-up of a newer version of this product, which this one must not touch.</summary>
    NewerVersion,
    /// <summary>There is no pool at all to take an address from.</summary>
    NoPool,
    /// <summary>No pool that may serve the request has a free address left.</summary>
    NoFreeAddress,
    /// <summary>The node may take no more blocks: it has as many as the configuration allows, or none may be taken automatically.</summary>
    BlockLimit,
    /// <summary>The address is in use.</summary>
    AddressInUse,
    /// <summary>The address is reserved.</summary>
    AddressReserved,
    /// <summary>Pool or configuration do not allow it: a disabled pool, another use, another node's block under strict affinity.</summary>
    NotAllowed,
    /// <summary>The datastore is locked for a migration: it refuses every change.</summary>
    NotReady,
}

/// <summary>An operation on Calico-style networking that failed, with everything it had done undone where <see cref="Remains"/> is empty.</summary>
public sealed class CalicoException : Exception
{
    /// <summary>Makes an exception.</summary>
    public CalicoException(CalicoFault fault, string message, string subject, Exception? inner = null)
        : base(message, inner)
    {
        Fault = fault;
        Subject = subject;
    }

    /// <summary>What it is about.</summary>
    public CalicoFault Fault { get; }

    /// <summary>The object it is about: an endpoint, an interface, a namespace.</summary>
    public string Subject { get; }

    /// <summary>The kernel's error, where there is one.</summary>
    public NetlinkError? Error { get; init; }

    /// <summary>What could not be undone; empty when everything was.</summary>
    public IReadOnlyList<string> Remains { get; init; } = [];
}

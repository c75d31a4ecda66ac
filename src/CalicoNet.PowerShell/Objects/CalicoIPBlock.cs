namespace CalicoNet;

/// <summary>A block of a pool's addresses, out of which a node gives.</summary>
public sealed record CalicoIPBlock : DatastoreObject
{
    internal CalicoIPBlock()
    {
    }

    /// <summary>Its addresses.</summary>
    public string Cidr { get; internal init; } = "";

    /// <summary>The node whose it is; empty for nobody's.</summary>
    public string NodeName { get; internal init; } = "";

    /// <summary>The pool it is of; empty where that is gone.</summary>
    public string Pool { get; internal init; } = "";

    /// <summary>Confirmed, Pending, PendingDeletion: the node's claim; None where there is none.</summary>
    public string Affinity { get; internal init; } = "";

    /// <summary>How many of its addresses are in use.</summary>
    public int AddressesInUse { get; internal init; }

    /// <summary>How many are free.</summary>
    public int AddressesFree { get; internal init; }

    /// <summary>When it became its node's; null where that is not known.</summary>
    public DateTime? ClaimTime { get; internal init; }

    /// <summary>IPv4 or IPv6.</summary>
    public string AddressFamily { get; internal init; } = "";

    /// <summary>Its addresses.</summary>
    public override string ToString() => Cidr;
}

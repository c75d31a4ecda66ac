namespace CalicoNet;

/// <summary>Something that is wrong with address management.</summary>
public sealed record CalicoIpamProblem : DatastoreObject
{
    internal CalicoIpamProblem()
    {
    }

    /// <summary>What kind of thing: AllocatedNotInUse, InUseNotAllocated, OrphanedHandle...</summary>
    public string Problem { get; internal init; } = "";

    /// <summary>What it is about: an address, a block, a handle, an interface, a key.</summary>
    public string Subject { get; internal init; } = "";

    /// <summary>The node it is on; empty where it is on none.</summary>
    public string NodeName { get; internal init; } = "";

    /// <summary>What was found.</summary>
    public string Details { get; internal init; } = "";

    /// <summary>What to do about it.</summary>
    public string Remedy { get; internal init; } = "";

    /// <summary>The address; empty where it is not about one.</summary>
    public string IPAddress { get; internal init; } = "";

    /// <summary>The block; empty where it is not about one.</summary>
    public string Block { get; internal init; } = "";

    /// <summary>The handle; empty where it is not about one.</summary>
    public string Handle { get; internal init; } = "";

    /// <summary>The endpoint's record, or the node, that has the address; empty where nobody has.</summary>
    public string User { get; internal init; } = "";

    /// <summary>Problem and subject.</summary>
    public override string ToString() => $"{Problem} {Subject}";
}

namespace CalicoNet;

/// <summary>The rules by which addresses are given, for all nodes.</summary>
public sealed record CalicoIpamConfiguration : DatastoreObject
{
    internal CalicoIpamConfiguration()
    {
    }

    /// <summary>Enabled or Disabled: whether a node uses addresses of its own blocks only.</summary>
    public string StrictAffinity { get; internal init; } = "";

    /// <summary>Enabled or Disabled: whether a node takes new blocks.</summary>
    public string AutoAllocateBlocks { get; internal init; } = "";

    /// <summary>The most blocks of a node and address family. In the document 0 stands for 20.</summary>
    public int MaxBlocksPerHost { get; internal init; }

    /// <summary>For how many seconds CalicoNet gives a released address to nobody who does not ask for it by name; 0 for none. Calico does not know of it.</summary>
    public int CoolDownSeconds { get; internal init; }

    /// <summary>All of it in a line.</summary>
    public override string ToString()
        => $"StrictAffinity {StrictAffinity}, AutoAllocateBlocks {AutoAllocateBlocks}, MaxBlocksPerHost {MaxBlocksPerHost}, CoolDownSeconds {CoolDownSeconds}";
}

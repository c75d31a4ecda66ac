namespace CalicoNet;

/// <summary>Addresses to give to workloads.</summary>
public sealed record CalicoIPPool : DatastoreObject
{
    internal CalicoIPPool()
    {
    }

    /// <summary>Its name.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>Its addresses.</summary>
    public string Cidr { get; internal init; } = "";

    /// <summary>The prefix length of its blocks, in bits.</summary>
    public int BlockSize { get; internal init; }

    /// <summary>Enabled or Disabled: whether what its workloads send to the outside of all pools gets the host's address.</summary>
    public string NatOutgoing { get; internal init; } = "";

    /// <summary>Enabled or Disabled: whether addresses are given out of it.</summary>
    public string Status { get; internal init; } = "";

    /// <summary>What its addresses are for: Workload, Tunnel, LoadBalancer.</summary>
    public TextList AllowedUses { get; internal init; } = TextList.Empty;

    /// <summary>Which nodes it serves.</summary>
    public string NodeSelector { get; internal init; } = "";

    /// <summary>Which workload namespaces it serves.</summary>
    public string NamespaceSelector { get; internal init; } = "";

    /// <summary>Automatic, or Manual: for requests that name it.</summary>
    public string AssignmentMode { get; internal init; } = "";

    /// <summary>Never, Always or CrossSubnet: encapsulation by IPIP.</summary>
    public string IpipMode { get; internal init; } = "";

    /// <summary>Never, Always or CrossSubnet: encapsulation by VXLAN.</summary>
    public string VxlanMode { get; internal init; } = "";

    /// <summary>Enabled or Disabled: whether Calico tells BGP peers of it.</summary>
    public string BgpExport { get; internal init; } = "";

    /// <summary>How many of its addresses are in use.</summary>
    public long AddressesInUse { get; internal init; }

    /// <summary>How many addresses it has; of a large IPv6 pool about.</summary>
    public double AddressesTotal { get; internal init; }

    /// <summary>IPv4 or IPv6.</summary>
    public string AddressFamily { get; internal init; } = "";

    /// <summary>Its name.</summary>
    public override string ToString() => Name;
}

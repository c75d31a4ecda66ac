namespace CalicoNet.Netlink;

/// <summary>A veth pair to be made.</summary>
/// <param name="Name">The name of the end in the namespace where it is made.</param>
/// <param name="PeerName">The name of the other end.</param>
public sealed record VethSpec(string Name, string PeerName)
{
    /// <summary>The MTU of both ends in bytes (68 to 65535); 0: the kernel's default, 1500.</summary>
    public int Mtu { get; init; }

    /// <summary>This end's MAC address; none: the kernel makes one.</summary>
    public LinkLayerAddress Address { get; init; }

    /// <summary>The other end's MAC address; none: the kernel makes one.</summary>
    public LinkLayerAddress PeerAddress { get; init; }

    /// <summary>This end's interface group; set by the request that makes it, so that no moment exists in which the link has another.</summary>
    public uint Group { get; init; }

    /// <summary>What an error calls it.</summary>
    public override string ToString() => $"'{Name}' with peer '{PeerName}'";
}

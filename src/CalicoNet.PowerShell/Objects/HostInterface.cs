namespace CalicoNet;

/// <summary>A network interface.</summary>
public sealed record HostInterface : NetworkObject
{
    internal HostInterface()
    {
    }

    /// <summary>Its name.</summary>
    public string InterfaceAlias { get; internal init; } = "";

    /// <summary>Its number in its namespace.</summary>
    public int InterfaceIndex { get; internal init; }

    /// <summary>Up, Down, LowerLayerDown, NotPresent, Dormant, Testing or Unknown (RFC 2863); loopback is Up when it is administratively.</summary>
    public string Status { get; internal init; } = "";

    /// <summary>Up or Down, as the administrator wants it.</summary>
    public string AdminStatus { get; internal init; } = "";

    /// <summary>The MTU in bytes.</summary>
    public int MtuSize { get; internal init; }

    /// <summary>The link-layer address.</summary>
    public string MacAddress { get; internal init; } = "";

    /// <summary>The driver's kind, like <c>veth</c>; empty for one without.</summary>
    public string Kind { get; internal init; } = "";

    /// <summary>The interface alias (ifalias).</summary>
    public string Description { get; internal init; } = "";

    /// <summary>The interface group.</summary>
    public long Group { get; internal init; }

    /// <summary>The identity of its namespace.</summary>
    public string NetNamespaceCookie { get; internal init; } = "";

    /// <summary>Its name.</summary>
    public override string ToString() => InterfaceAlias;
}

namespace CalicoNet;

/// <summary>
/// Two interfaces that are the ends of one cable: the workload's, and the host's. A reference: cmdlets read addresses and state again, by the
/// identity of the namespaces and the interfaces' numbers.
/// </summary>
public sealed record VethPair : NetworkObject
{
    internal VethPair()
    {
    }

    /// <summary>The workload end's name.</summary>
    public string InterfaceAlias { get; internal init; } = "";

    /// <summary>The workload end's number in its namespace.</summary>
    public int InterfaceIndex { get; internal init; }

    /// <summary>The workload end's MAC address.</summary>
    public string MacAddress { get; internal init; } = "";

    /// <summary>The identity of the workload's namespace.</summary>
    public string NetNamespaceCookie { get; internal init; } = "";

    /// <summary>The host end's namespace.</summary>
    public string HostNetNamespace { get; internal init; } = ".";

    /// <summary>The host end's name.</summary>
    public string HostInterfaceAlias { get; internal init; } = "";

    /// <summary>The host end's number in its namespace.</summary>
    public int HostInterfaceIndex { get; internal init; }

    /// <summary>The host end's MAC address.</summary>
    public string HostMacAddress { get; internal init; } = "";

    /// <summary>The identity of the host's namespace.</summary>
    public string HostNetNamespaceCookie { get; internal init; } = "";

    /// <summary>The workload end's addresses when this was read, link-local ones left out.</summary>
    public TextList IPAddress { get; internal init; } = TextList.Empty;

    /// <summary>The MTU in bytes.</summary>
    public int MtuSize { get; internal init; }

    /// <summary>Up when both ends are.</summary>
    public string Status { get; internal init; } = "";

    /// <summary>The boot of the machine this was read in: numbers mean nothing after it.</summary>
    public string BootId { get; internal init; } = "";

    /// <summary>Both ends.</summary>
    public override string ToString() => $"{HostInterfaceAlias} - {InterfaceAlias}@{NetNamespace}";
}

namespace CalicoNet.Netlink;

/// <summary>An interface as the kernel reports it (RTM_NEWLINK, rtnetlink(7)).</summary>
public sealed record Link
{
    /// <summary>The interface's number in its namespace.</summary>
    public required int Index { get; init; }

    /// <summary>Its name, 15 bytes at most.</summary>
    public required string Name { get; init; }

    /// <summary>Its driver's kind (<c>veth</c>), or null for one without (loopback, hardware).</summary>
    public string? Kind { get; init; }

    /// <summary>Flags.</summary>
    public LinkFlags Flags { get; init; }

    /// <summary>The operational state.</summary>
    public OperationalState OperationalState { get; init; }

    /// <summary>The MTU in bytes.</summary>
    public int Mtu { get; init; }

    /// <summary>The link-layer address.</summary>
    public LinkLayerAddress Address { get; init; }

    /// <summary>The interface it is linked to - for a veth the peer's index in its namespace; 0 for none.</summary>
    public int PeerIndex { get; init; }

    /// <summary>The peer's namespace, as the number this namespace has for it; null when it is this one, -1 when none was assigned.</summary>
    public int? PeerNamespaceId { get; init; }

    /// <summary>The index of the bridge or bond it belongs to; 0 for none.</summary>
    public int MasterIndex { get; init; }

    /// <summary>The interface group (<c>ip link set group</c>).</summary>
    public uint Group { get; init; }

    /// <summary>The alias (ifalias), or null.</summary>
    public string? Alias { get; init; }

    /// <summary>How it makes its IPv6 link-local address; null where IPv6 is off.</summary>
    public AddressGeneration? AddressGeneration { get; init; }

    /// <summary>Whether it is administratively up.</summary>
    public bool IsUp => (Flags & LinkFlags.Up) != 0;

    internal SettingValues IPv4Settings { get; init; }

    internal SettingValues IPv6Settings { get; init; }

    /// <summary>An IPv4 setting, or null where the kernel did not report it.</summary>
    public int? Setting(IPv4Setting setting) => IPv4Settings.At((int)setting - 1);   // the array starts at IPV4_DEVCONF_FORWARDING, which is 1

    /// <summary>An IPv6 setting, or null where the kernel did not report it.</summary>
    public int? Setting(IPv6Setting setting) => IPv6Settings.At((int)setting);

    /// <summary>Its name.</summary>
    public override string ToString() => Name;
}

namespace CalicoNet.Netlink;

/// <summary>Settings of an interface that one request carries. What is not given stays as it is.</summary>
public sealed record LinkSettings
{
    /// <summary>IPv4 switches (<c>net.ipv4.conf.NAME.*</c>), set without /proc and without a notification to others.</summary>
    public IReadOnlyList<(IPv4Setting Setting, int Value)> IPv4 { get; init; } = [];

    /// <summary>How the interface makes its IPv6 link-local address; needs IPv6 in the kernel.</summary>
    public AddressGeneration? AddressGeneration { get; init; }

    /// <summary>The alias (ifalias), 255 bytes at most; empty removes it.</summary>
    public string? Alias { get; init; }

    /// <summary>The interface group.</summary>
    public uint? Group { get; init; }
}

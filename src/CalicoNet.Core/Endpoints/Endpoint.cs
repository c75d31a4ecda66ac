using System.Security.Cryptography;
using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>A workload's connection to its host, as a value: what should be, whether it is there or not.</summary>
public sealed record Endpoint
{
    /// <summary>The gateway every workload has: an address that no interface needs to carry, answered by proxy ARP.</summary>
    public static readonly IPAddr DefaultGateway = IPAddr.Parse("169.254.1.1");

    /// <summary>The host end's MAC address, Calico's.</summary>
    public static readonly LinkLayerAddress HostMac = LinkLayerAddress.ParseMac("ee:ee:ee:ee:ee:ee");

    /// <summary>The host end's IPv6 link-local address: the workload's IPv6 gateway. It is what EUI-64 makes of <see cref="HostMac"/>.</summary>
    public static readonly IPAddr HostLinkLocal = IPAddr.Parse("fe80::ecee:eeff:feee:eeee");

    /// <summary>Its identity.</summary>
    public required EndpointName Name { get; init; }

    /// <summary>The host's end.</summary>
    public required LinkRef Host { get; init; }

    /// <summary>The workload's end.</summary>
    public required LinkRef Workload { get; init; }

    /// <summary>The workload's addresses, at least one.</summary>
    public required IReadOnlyList<IPAddr> Addresses { get; init; }

    /// <summary>The workload end's MAC address.</summary>
    public required LinkLayerAddress Mac { get; init; }

    /// <summary>The MTU of both ends in bytes; 0: the kernel's default, 1500.</summary>
    public int Mtu { get; init; }

    /// <summary>Whether the workload's namespace was made for this endpoint, and goes with it.</summary>
    public bool OwnsNamespace { get; init; }

    /// <summary>Whether what it sends to the outside gets the host's address.</summary>
    public bool NatOutgoing { get; init; }

    /// <summary>The only family that <see cref="NatOutgoing"/> is for: pools may want it for one and not for the other. Null for both.</summary>
    public IPFamily? NatFamily { get; init; }

    /// <summary>Whether the workload has its gateways' MAC address for good, so that it never asks and needs no proxy ARP.</summary>
    public bool StaticNeighbor { get; init; }

    /// <summary>The workload's IPv4 gateway.</summary>
    public IPAddr Gateway { get; init; } = DefaultGateway;

    /// <summary>Those of its addresses that get the host's.</summary>
    public IEnumerable<IPAddr> TranslatedAddresses => NatOutgoing ? Addresses.Where(address => NatFamily is null || address.Family == NatFamily) : [];

    /// <summary>A MAC address for a workload: random, unicast, locally administered (IEEE 802).</summary>
    public static LinkLayerAddress NewMac()
    {
        Span<byte> bytes = stackalloc byte[6];
        RandomNumberGenerator.Fill(bytes);
        bytes[0] = (byte)((bytes[0] & 0xfc) | 0x02);
        LinkLayerAddress.TryCreate(bytes, out var mac);
        return mac;
    }

    /// <summary>The IPv6 link-local address that EUI-64 makes of a MAC address (RFC 4291, appendix A).</summary>
    public static IPAddr LinkLocalOf(LinkLayerAddress mac)
    {
        var b = mac.Bytes;
        IPAddr.TryCreate([0xfe, 0x80, 0, 0, 0, 0, 0, 0, (byte)(b[0] ^ 2), b[1], b[2], 0xff, 0xfe, b[3], b[4], b[5]], out var address);
        return address;
    }
}

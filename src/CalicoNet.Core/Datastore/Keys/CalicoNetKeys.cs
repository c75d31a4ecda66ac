using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Where what only CalicoNet knows is configured: <c>/caliconet/v1/config</c>.</summary>
public sealed record CalicoNetConfigKey : DatastoreKey<CalicoNetConfig>
{
    private CalicoNetConfigKey()
        : base("/caliconet/v1/config")
    {
    }

    /// <summary>The one key.</summary>
    public static CalicoNetConfigKey Instance { get; } = new();
}

/// <summary>Where it is noted when an address was released: <c>/caliconet/v1/released/10.65.174.128</c>.</summary>
public sealed record ReleasedAddressKey : DatastoreKey<ReleasedAddress>
{
    /// <summary>The key of an address.</summary>
    /// <exception cref="ArgumentException">There is no address.</exception>
    public ReleasedAddressKey(IPAddr address)
        : base(Prefix + Segment(address.ToString(), nameof(address))) => Address = address;

    /// <summary>What the keys of all released addresses begin with.</summary>
    public const string Prefix = "/caliconet/v1/released/";

    /// <summary>The address.</summary>
    public IPAddr Address { get; }
}

/// <summary>Where the addresses are noted that an endpoint gets again: <c>/caliconet/v1/sticky/default.web</c>.</summary>
public sealed record StickyAddressesKey : DatastoreKey<StickyAddresses>
{
    /// <summary>The key of an endpoint.</summary>
    public StickyAddressesKey(EndpointName endpoint)
        : base(Prefix + TextOf(endpoint)) => Endpoint = endpoint;

    /// <summary>What the keys of all endpoints begin with.</summary>
    public const string Prefix = "/caliconet/v1/sticky/";

    /// <summary>The endpoint.</summary>
    public EndpointName Endpoint { get; }

    internal static StickyAddressesKey? Read(string endpoint)
        => endpoint.Split('.', 2) is [var workloadNamespace, var name] && EndpointName.TryCreate(workloadNamespace, name, out var identity) ? new(identity) : null;

    private static string TextOf(EndpointName endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return $"{endpoint.WorkloadNamespace}.{endpoint.Name}";   // no workload namespace has a dot
    }
}

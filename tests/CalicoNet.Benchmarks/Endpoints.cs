using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Benchmarks;

internal enum Kind
{
    /// <summary>As floor.c makes them.</summary>
    Plain,
    /// <summary>With permanent neighbors at both ends, as shortest.c makes them.</summary>
    Static,
    /// <summary>With an IPv6 address too.</summary>
    Dual,
}

/// <summary>Endpoints of the kinds that are measured.</summary>
internal static class Endpoints
{
    public const string WorkloadNamespace = "default";

    public static Endpoint Make(int number, Kind kind)
    {
        var name = EndpointName.Create(WorkloadNamespace, $"bm{number}");
        var ipv4 = IPAddr.FromBits(IPFamily.IPv4, IPAddr.Parse("10.4.0.0").Bits() + (UInt128)number + 1);
        var ipv6 = IPAddr.FromBits(IPFamily.IPv6, IPAddr.Parse("fd00::").Bits() + (UInt128)number + 1);
        return new Endpoint
        {
            Name = name,
            Host = new LinkRef(NetNamespaceRef.Own, name.HostLinkName),
            Workload = new LinkRef(NetNamespaceRef.Parse(name.Name), "eth0"),
            Addresses = kind == Kind.Dual ? [ipv4, ipv6] : [ipv4],
            Mac = Endpoint.NewMac(),
            Mtu = 1450,
            StaticNeighbor = kind == Kind.Static,
        };
    }

    public static void RemoveAll()
    {
        using var manager = EndpointManager.Open(NetNamespaceRef.Own);
        foreach (var removal in manager.Remove(manager.List().Select(state => state.Endpoint.Name)))
        {
            if (removal.Error is not null)
            {
                throw removal.Error;
            }
        }

        Settle.Wait();
    }
}

using CalicoNet.Netlink;
using CalicoNet.Testing;

namespace CalicoNet.Core.Tests;

/// <summary>A sandbox whose host namespace makes endpoints.</summary>
internal sealed class EndpointLab : IDisposable
{
    public EndpointLab()
    {
        Requires.Root();
        Requires.Iproute2();
        Requires.Nftables();
        Sandbox = Sandbox.Create();
        Host = NetNamespaceRef.Parse(Sandbox.HostName);
    }

    public Sandbox Sandbox { get; }

    public NetNamespaceRef Host { get; }

    public EndpointManager Open() => EndpointManager.Open(Host);

    public Endpoint Endpoint(string name, params string[] addresses)
    {
        var identity = EndpointName.Create("default", Sandbox.NewName(name));
        return new Endpoint
        {
            Name = identity,
            Host = new LinkRef(Host, identity.HostLinkName),
            Workload = new LinkRef(NetNamespaceRef.Parse(identity.Name), "eth0"),
            Addresses = [.. addresses.Select(IPAddr.Parse)],
            Mac = Core.Endpoint.NewMac(),
            Mtu = 1450,
        };
    }

    /// <summary>What the host has of links, addresses, routes, neighbors, without what our set-up leaves for good.</summary>
    public string HostState() => string.Join('\n',
    [
        .. Ip.In(Sandbox.HostName).Links().Select(link => link.Name),
        .. Ip.In(Sandbox.HostName).Addresses().Select(address => $"{address.Device} {address.Prefix}"),
        .. Ip.In(Sandbox.HostName).Routes(4).Select(route => $"{route}"),
        .. Ip.In(Sandbox.HostName).Routes(6).Select(route => $"{route}"),
        .. Ip.In(Sandbox.HostName).Neighbors().Where(neighbor => neighbor.State == "PERMANENT").Select(neighbor => $"{neighbor}"),
        .. Nft.In(Sandbox.HostName).Objects("set").Select(set => $"{set}"),
    ]);

    public IEnumerable<string> Namespaces() => NetNamespaces.List().Select(found => found.Name).Where(name => name.StartsWith(Sandbox.Prefix, StringComparison.Ordinal));

    public void Dispose() => Sandbox.Dispose();
}

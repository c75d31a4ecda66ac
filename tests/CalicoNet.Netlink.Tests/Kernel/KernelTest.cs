using CalicoNet.Testing;

namespace CalicoNet.Netlink.Tests.Kernel;

/// <summary>
/// Two open namespaces - a sandbox's host, and an empty one - with iproute2 in each as oracle. Tests go both ways: what this library makes,
/// ip shows; what ip makes, this library shows.
/// </summary>
public abstract class KernelTest : IDisposable
{
    protected KernelTest()
    {
        Sandbox = Sandbox.Create();
        OtherName = Sandbox.AddNamespace("other");
        Host = NetworkStack.Open(NetNamespaceRef.Parse(Sandbox.HostName));
        Other = NetworkStack.Open(NetNamespaceRef.Parse(OtherName));
    }

    protected Sandbox Sandbox { get; }

    protected NetworkStack Host { get; }

    protected NetworkStack Other { get; }

    protected string OtherName { get; }

    protected Ip HostIp => Ip.In(Sandbox.HostName);

    protected Ip OtherIp => Ip.In(OtherName);

    public void Dispose()
    {
        Host.Dispose();
        Other.Dispose();
        Sandbox.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A veth pair from the host to the other namespace, up at both ends, with no address of its own. Returns both ends.</summary>
    protected (Link Host, Link Other) Cable(string name = "cali1", string peer = "eth0")
    {
        HostIp.RunBatch($"link add {name} type veth peer name {peer} netns {OtherName}", $"link set {name} addrgenmode none", $"link set {name} up");
        OtherIp.RunBatch($"link set {peer} addrgenmode none", $"link set {peer} up", "link set lo up");
        return (Host.Links.Find(name)!, Other.Links.Find(peer)!);
    }

    /// <summary>The error a call fails with.</summary>
    protected static Errno ErrnoOf(Action call) => Assert.Throws<NetlinkException>(call).Errno;
}

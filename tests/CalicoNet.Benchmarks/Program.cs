using System.Diagnostics;
using CalicoNet.Core;
using CalicoNet.Netlink;

int n = int.Parse(args[0]); bool stat = args.Length > 1 && args[1] == "static"; bool dual = args.Length > 1 && args[1] == "dual";
Run("w", 20);
Clean("w", 20);
for (int r = 0; r < 2; r++) { Run("bm" + r, n); Clean("bm" + r, n); }
return 0;

void Run(string p, int count)
{
    var sw = Stopwatch.StartNew();
    using var host = NetworkStack.Open(NetNamespaceRef.Own);
    for (int i = 0; i < count; i++)
    {
        var name = EndpointName.Create("default", $"{p}{i}");
        var ns = NetNamespaceRef.Parse($"{p}{i}");
        var a = IPAddr.FromBits(IPFamily.IPv4, (UInt128)(0x0a020000 + i + 1));
        var e = new Endpoint { Name = name, Host = new LinkRef(NetNamespaceRef.Own, name.HostLinkName), Workload = new LinkRef(ns, "eth0"), Addresses = dual ? [a, IPAddr.FromBits(IPFamily.IPv6, ((UInt128)0xfd00000000000000UL << 64) + (UInt128)(i + 1))] : [a], Mac = Endpoint.NewMac(), Mtu = 1450, OwnsNamespace = true, StaticNeighbor = stat };
        using var s = new NetworkSession(host);
        using var l = NamespaceLock.Acquire(host, "caliconet/" + name.HostLinkName, TimeSpan.FromSeconds(5));
        EndpointPlan.For(e).Apply(s, OnFailure.Undo).ThrowIfFailed();
    }
    Console.WriteLine($"{count} {sw.Elapsed.TotalMilliseconds / count:f3} ms each");
}
void Clean(string p, int count)
{
    var sw = Stopwatch.StartNew();
    using var host = NetworkStack.Open(NetNamespaceRef.Own);
    using var s = new NetworkSession(host);
    var plan = NetworkPlan.Together(Enumerable.Range(0, count).Select(i =>
    {
        var name = EndpointName.Create("default", $"{p}{i}");
        var q = new NetworkPlan();
        q.Add(new RemoveLink(new LinkRef(NetNamespaceRef.Own, name.HostLinkName)) { Group = Ownership.Group });
        q.Add(new RemoveNamespace(NetNamespaceRef.Parse($"{p}{i}"), Ownership.Label(name)));
        return q;
    }));
    plan.Apply(s, OnFailure.Continue).ThrowIfFailed();
    Console.WriteLine($"removed {sw.Elapsed.TotalMilliseconds / count:f3} ms each");
}

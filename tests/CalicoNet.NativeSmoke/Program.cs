using CalicoNet.Core;
using CalicoNet.Netlink;

// Makes and removes an endpoint, compiled ahead of time: what trimming or NativeAOT would break shows here.
//   CalicoNet.NativeSmoke HOST-NAMESPACE NAME
if (args.Length != 2)
{
    Console.Error.WriteLine("usage: CalicoNet.NativeSmoke HOST-NAMESPACE NAME");
    return 64;
}

var name = EndpointName.Create(EndpointName.DefaultWorkloadNamespace, args[1]);
var host = NetNamespaceRef.Parse(args[0]);
using var manager = EndpointManager.Open(host);
manager.Create(new Endpoint
{
    Name = name,
    Host = new LinkRef(host, name.HostLinkName),
    Workload = new LinkRef(NetNamespaceRef.Parse(name.Name), "eth0"),
    Addresses = [IPAddr.Parse("10.65.0.1"), IPAddr.Parse("fd00:65::1")],
    Mac = Endpoint.NewMac(),
    NatOutgoing = true,
});
Console.WriteLine(manager.Find(name)!.Status);
var removal = manager.Remove([name])[0];
return removal is { Found: true, Error: null } ? 0 : 1;

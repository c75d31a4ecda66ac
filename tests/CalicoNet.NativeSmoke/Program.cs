using CalicoNet.Core;
using CalicoNet.Netlink;

// Makes and removes an endpoint: compiled ahead of time, to show what trimming or NativeAOT would break; and as it is, to be killed in it.
//   CalicoNet.NativeSmoke HOST-NAMESPACE NAME [create|remove]
if (args is not [var hostName, var endpointName, .. { Length: <= 1 } only])
{
    Console.Error.WriteLine("usage: CalicoNet.NativeSmoke HOST-NAMESPACE NAME [create|remove]");
    return 64;
}

var name = EndpointName.Create(EndpointName.DefaultWorkloadNamespace, endpointName);
var host = NetNamespaceRef.Parse(hostName);
using var manager = EndpointManager.Open(host);
if (only is [] or ["create"])
{
    manager.Create(new Endpoint
    {
        Name = name,
        Host = new LinkRef(host, name.HostLinkName),
        Workload = new LinkRef(NetNamespaceRef.Parse(name.Name), "eth0"),
        Addresses = [IPAddr.Parse("10.65.0.1"), IPAddr.Parse("fd00:65::1")],
        Mac = Endpoint.NewMac(),
        NatOutgoing = true,
        StaticNeighbor = true,
    });
    Console.WriteLine(manager.Find(name)!.Status);
}

return only is ["create"] || manager.Remove([name])[0] is { Found: true, Error: null } ? 0 : 1;

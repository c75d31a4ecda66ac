using CalicoNet.Core;
using CalicoNet.Netlink;

// Makes and removes an endpoint: compiled ahead of time, to show what trimming or NativeAOT would break; and as it is, to be killed in it.
// With a datastore its addresses come from there, and it has a record.
//   CalicoNet.NativeSmoke HOST-NAMESPACE NAME [create|remove [DATASTORE]]
if (args is not [var hostName, var endpointName, .. { Length: <= 2 } rest])
{
    Console.Error.WriteLine("usage: CalicoNet.NativeSmoke HOST-NAMESPACE NAME [create|remove [DATASTORE]]");
    return 64;
}

var name = EndpointName.Create(EndpointName.DefaultWorkloadNamespace, endpointName);
var host = NetNamespaceRef.Parse(hostName);
var wanted = new Endpoint
{
    Name = name,
    Host = new LinkRef(host, name.HostLinkName),
    Workload = new LinkRef(NetNamespaceRef.Parse(name.Name), "eth0"),
    Addresses = [IPAddr.Parse("10.65.0.1"), IPAddr.Parse("fd00:65::1")],
    Mac = Endpoint.NewMac(),
    NatOutgoing = true,
    StaticNeighbor = true,
};
var (makes, removes) = (rest is [] or ["create", ..], rest is [] or ["remove", ..]);
if (rest is [_, var store])
{
    var address = DatastoreAddress.Parse(store);
    using var datastore = address.Open();
    using var endpoints = new RecordedEndpoints(EndpointManager.Open(host), address, () => datastore, "node-a");
    if (makes)
    {
        Console.WriteLine(endpoints.Create(new EndpointRequest(wanted with { Addresses = [] })).Status);
    }

    return !removes || endpoints.Remove([name])[0] is { Found: true, Error: null } ? 0 : 1;
}

using var manager = EndpointManager.Open(host);
if (makes)
{
    manager.Create(wanted);
    Console.WriteLine(manager.Find(name)!.Status);
}

return !removes || manager.Remove([name])[0] is { Found: true, Error: null } ? 0 : 1;

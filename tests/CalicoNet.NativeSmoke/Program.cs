using System.Globalization;
using CalicoNet.Core;
using CalicoNet.NativeSmoke;
using CalicoNet.Netlink;

// Compiled ahead of time, to show what trimming or NativeAOT would break; and as it is, to be run many times at once and to be killed.
//   CalicoNet.NativeSmoke HOST-NAMESPACE NAME [create|remove [ADDRESS]]   makes and removes an endpoint; with a datastore it has its address there, and a record,
//                                                                         and of NAME,NAME... one is made after the other, as a pipeline does
//   CalicoNet.NativeSmoke datastore ADDRESS KEY COUNT                     counts up a key of a datastore
//   CalicoNet.NativeSmoke addresses ADDRESS NAME NODE COUNT SEED          allocates and releases at random; goes on where one of this name has ended
if (args is ["datastore", var address, var key, var count])
{
    // Many of these that start at once, compiled as they go, leave each other no five seconds.
    using var store = (DatastoreAddress.Parse(address) with { Timeout = TimeSpan.FromMinutes(2) }).Open();
    var seen = store.Range(key).Entry;
    for (var left = int.Parse(count, CultureInfo.InvariantCulture); left > 0;)
    {
        var next = int.Parse(seen?.Text ?? "0", CultureInfo.InvariantCulture) + 1;
        var result = store.Transact(
            [KeyComparison.Unchanged(key, seen)],
            [KeyOperation.Put(key, next.ToString(CultureInfo.InvariantCulture)), KeyOperation.Read(key)],
            [KeyOperation.Read(key)]);
        seen = result.Reads[0].Entry;
        left -= result.Succeeded ? 1 : 0;
    }

    Console.WriteLine(seen?.Text);
    return 0;
}

if (args is ["addresses", var ipam, var workerName, var node, var operations, var seed])
{
    using var store = (DatastoreAddress.Parse(ipam) with { Timeout = TimeSpan.FromMinutes(2) }).Open();
    var worker = new AddressWorker(store, workerName, node);
    worker.TakeOver();
    worker.Run(int.Parse(operations, CultureInfo.InvariantCulture), int.Parse(seed, CultureInfo.InvariantCulture), done: count => Console.WriteLine($"done {count}."));
    foreach (var (handle, addresses) in worker.Held)
    {
        Console.WriteLine($"held {handle} {string.Join(' ', addresses)}");
    }

    Console.WriteLine($"attempts {string.Join(' ', worker.Attempts)}");
    return 0;
}

if (args is not [var hostName, var endpointName, .. { Length: <= 2 } rest])
{
    Console.Error.WriteLine("usage: CalicoNet.NativeSmoke HOST-NAMESPACE NAME [create|remove [ADDRESS]] | datastore ADDRESS KEY COUNT | addresses ADDRESS NAME NODE COUNT SEED");
    return 64;
}

var host = NetNamespaceRef.Parse(hostName);
var names = endpointName.Split(',').Select(one => EndpointName.Create(EndpointName.DefaultWorkloadNamespace, one)).ToArray();
Endpoint Wanted(EndpointName name) => new()
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
if (rest is [_, var place])
{
    var where = DatastoreAddress.Parse(place);
    using var datastore = where.Open();
    using var endpoints = new RecordedEndpoints(EndpointManager.Open(host), where, () => datastore, "node-a");
    foreach (var name in makes ? names : [])
    {
        Console.WriteLine(endpoints.Create(new EndpointRequest(Wanted(name) with { Addresses = [] })).Status);
    }

    return !removes || endpoints.Remove(names).All(removal => removal is { Found: true, Error: null }) ? 0 : 1;
}

using var manager = EndpointManager.Open(host);
if (makes)
{
    manager.Create(Wanted(names[0]));
    Console.WriteLine(manager.Find(names[0])!.Status);
}

return !removes || manager.Remove(names)[0] is { Found: true, Error: null } ? 0 : 1;

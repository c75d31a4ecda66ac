using CalicoNet.Netlink;

var name = args.Length > 0 ? args[0] : "cn-smoke";
using var workload = NetNamespaces.Create(name, "caliconet:smoke");
try
{
    using var host = NetworkStack.Open(NetNamespaceRef.Own);
    var veth = host.Links.AddVeth(new VethSpec("calismoke", "eth0") { Group = 0x0ca11000, Mtu = 1450, Address = LinkLayerAddress.ParseMac("ee:ee:ee:ee:ee:ee") }, workload);
    Console.WriteLine($"{veth} {veth.Index} peer {veth.PeerIndex} {veth.Address} {veth.Mtu} {veth.Group:x}");
    LinkWire.Configure(host.Batch, veth.Index, new LinkSettings { AddressGeneration = AddressGeneration.None, Alias = "caliconet:x/y", IPv4 = [(IPv4Setting.ProxyArp, 1), (IPv4Setting.ReversePathFilter, 1), (IPv4Setting.Forwarding, 1)] });
    LinkWire.SetState(host.Batch, veth.Index, true);
    RouteWire.Add(host.Batch, new Route(IPPrefix.Parse("10.2.0.1/32"), veth.Index) { Scope = RouteScope.Link });
    NeighborWire.Replace(host.Batch, new NeighborEntry(veth.Index, IPAddr.Parse("10.2.0.1"), LinkLayerAddress.ParseMac("02:00:00:00:00:01"), NeighborState.Permanent));
    foreach (var e in host.Flush()) Console.WriteLine("ERR " + e);
    LinkWire.SetState(workload.Batch, veth.PeerIndex, true);
    AddressWire.Add(workload.Batch, new InterfaceAddress(veth.PeerIndex, IPPrefix.Parse("10.2.0.1/32")));
    RouteWire.Add(workload.Batch, new Route(IPPrefix.Default(IPFamily.IPv4), veth.PeerIndex) { Gateway = IPAddr.Parse("169.254.1.1") });
    foreach (var e in workload.Flush()) Console.WriteLine("expected ERR " + e);
    foreach (var l in host.Links.List()) Console.WriteLine($"{l.Index} {l.Name} {l.Kind} {l.Alias} pa={l.Setting(IPv4Setting.ProxyArp)} gen={l.AddressGeneration} up={l.IsUp} {l.OperationalState}");
    foreach (var r in host.Routes.List()) Console.WriteLine($"{r} {r.Scope} {r.Protocol}");
    foreach (var n in host.Neighbors.List()) Console.WriteLine($"{n} {n.LinkLayerAddress} {n.State}");
    foreach (var n in workload.Neighbors.Limits()) Console.WriteLine(n);
    Console.WriteLine(workload.Links.Find(1));
    Console.WriteLine(workload.Sysctls.Find("net/ipv4/conf/eth0/proxy_arp") + host.Sysctls.Find("net/ipv4/conf/calismoke/proxy_arp"));
    try { NetNamespaces.Create(name); } catch (NetlinkException e) { Console.WriteLine(e.Message); }
    try { host.Links.AddVeth(new VethSpec("calismoke", "eth0"), workload); } catch (NetlinkException e) { Console.WriteLine(e.Message); }
    try { host.Links.SetMtu(veth.Index, 5); } catch (NetlinkException e) { Console.WriteLine(e.Message); }
    try { Console.WriteLine(host.Routes.Find(IPAddr.Parse("8.8.8.8"))); } catch (NetlinkException e) { Console.WriteLine(e.Message); }
    Console.WriteLine(host.Links.Remove(veth.Index));
}
finally
{
    NetNamespaces.Remove(name);
}
return 0;

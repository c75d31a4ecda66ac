using CalicoNet.Netlink;

namespace CalicoNet.Core.Tests.Ipam;

/// <summary>A datastore in memory with pools, and what every test of address management does to it.</summary>
internal sealed class IpamWorld
{
    public static readonly DateTimeOffset Time = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    public MemoryStore Store { get; init; } = new();

    public DateTimeOffset Now { get; set; } = Time;

    public static IpamWorld With(params string[] pools)
    {
        var world = new IpamWorld();
        foreach (var pool in pools)
            world.AddPool(pool);
        world.Store.Put("/calico/resources/v3/projectcalico.org/clusterinformations/default",
            """{"kind":"ClusterInformation","apiVersion":"projectcalico.org/v3","metadata":{"name":"default","uid":"a49cb0c1-51e1-4d69-85ac-94d9d8dd95da","creationTimestamp":"2026-11-23T12:57:42Z"},"spec":{"clusterGUID":"0123456789abcdef0123456789abcdef","datastoreReady":true}}""");
        return world;
    }

    /// <param name="pool"><c>name cidr blocksize</c> and further fields of the spec as JSON.</param>
    public void AddPool(string pool)
    {
        var parts = pool.Split(' ', 4);
        Store.Put($"/calico/resources/v3/projectcalico.org/ippools/{parts[0]}",
            $$$"""{"kind":"IPPool","apiVersion":"projectcalico.org/v3","metadata":{"name":"{{{parts[0]}}}","uid":"a49cb0c1-51e1-4d69-85ac-94d9d8dd95da","creationTimestamp":"2026-11-23T12:57:42Z"},"spec":{"cidr":"{{{parts[1]}}}","blockSize":{{{parts[2]}}},"vxlanMode":"Never","ipipMode":"Never","nodeSelector":"all()","allowedUses":["Workload","Tunnel"],"assignmentMode":"Automatic"{{{(parts.Length > 3 ? "," + parts[3] : "")}}}}}""");
    }

    public void AddNode(string name, params (string, string)[] labels)
        => Store.Put($"/calico/resources/v3/projectcalico.org/nodes/{name}",
            $$$"""{"kind":"Node","apiVersion":"projectcalico.org/v3","metadata":{"name":"{{{name}}}","uid":"a49cb0c1-51e1-4d69-85ac-94d9d8dd95da","creationTimestamp":"2026-11-23T12:57:42Z","labels":{ {{{string.Join(",", labels.Select(label => $"\"{label.Item1}\":\"{label.Item2}\""))}}} }},"spec":{},"status":{}}""");

    public void Reserve(params string[] cidrs)
        => Store.Put("/calico/resources/v3/projectcalico.org/ipreservations/kept",
            $$$"""{"kind":"IPReservation","apiVersion":"projectcalico.org/v3","metadata":{"name":"kept","uid":"a49cb0c1-51e1-4d69-85ac-94d9d8dd95da","creationTimestamp":"2026-11-23T12:57:42Z"},"spec":{"reservedCIDRs":[{{{string.Join(",", cidrs.Select(cidr => $"\"{cidr}\""))}}}]}}""");

    public void Configure(IPAMConfig config) => Store.Put(IPAMConfigKey.Instance, config);

    public AddressRequest Request(string node, string handle, int ipv4 = 0, int ipv6 = 0)
        => new(node, handle, Now) { IPv4Count = ipv4, IPv6Count = ipv6, Start = _ => 0 };

    public string[] Assign(AddressRequest request) => [.. Operation<IReadOnlyList<AssignedAddress>>.Run(Store, view => Allocator.Decide(view, request)).Select(assigned => assigned.Address.ToString())];

    public string[] Assign(string node, string handle, int ipv4 = 1) => Assign(Request(node, handle, ipv4));

    public CalicoException Refused(AddressRequest request)
    {
        var before = Store.ToString();
        var refused = Assert.Throws<CalicoException>(() => { Assign(request); });
        Assert.Equal(before, Store.ToString());
        return refused;
    }

    public ReleaseResult Release(params ReleaseRequest[] requests) => Operation<ReleaseResult>.Run(Store, view => Releaser.Decide(view, requests));

    public ReleaseResult Release(string handle) => Release(new ReleaseRequest { Handle = handle });

    public IPAMBlock? Block(string cidr) => Store.Read(new BlockKey(IPPrefix.Parse(cidr)));

    public BlockAffinity? Affinity(string node, string cidr) => Store.Read(new BlockAffinityKey(node, IPPrefix.Parse(cidr)));

    public IPAMHandle? Handle(string handle) => Store.Read(new HandleKey(handle));

    /// <summary>
    /// What must hold in any datastore at rest: every block keeps its invariants, every allocation's handle counts it, and - where no Calico writer
    /// is about - no handle counts more, every block of a node is claimed by it, and every claim has its block.
    /// </summary>
    public void CheckRest(bool onlyOurs = true)
    {
        var blocks = Store.All<BlockKey, IPAMBlock>("/calico/ipam/v2/assignment/").ToList();
        var handles = Store.All<HandleKey, IPAMHandle>(HandleKey.Prefix).ToDictionary(pair => pair.Key.Handle, pair => pair.Document);
        var counts = blocks.SelectMany(pair => Enumerable.Range(0, pair.Document.Size).Select(pair.Document.AttributeOf).OfType<AllocationAttribute>().Select(attribute => (attribute.HandleId!, pair.Key.Cidr)))
            .GroupBy(use => use).ToDictionary(group => group.Key, group => group.Count());
        foreach (var ((handle, cidr), count) in counts)
            Assert.True(handles.TryGetValue(handle, out var document) && document.CountOf(cidr) >= count, $"{handle} has {count} addresses in {cidr}, and counts fewer.");
        if (!onlyOurs)
            return;

        Assert.Equal(counts.Count, handles.Values.Sum(handle => handle.Blocks!.Count));
        Assert.All(handles, pair => Assert.All(pair.Value.Blocks!, entry => Assert.Equal(counts[(pair.Key, entry.Key)], entry.Value)));
        var claims = Store.All<BlockAffinityKey, BlockAffinity>(BlockAffinityKey.AllPrefix).ToList();
        Assert.All(claims, claim => Assert.True(claim.Document.IsConfirmed));
        Assert.Equal(
            blocks.Where(pair => pair.Document.Node is not null).Select(pair => (pair.Document.Node!, pair.Key.Cidr)).Order(),
            claims.Select(pair => (pair.Key.Node, pair.Key.Cidr)).Order());
    }
}

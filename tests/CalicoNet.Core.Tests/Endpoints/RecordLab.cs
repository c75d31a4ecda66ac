using CalicoNet.Core.Tests.Ipam;
using CalicoNet.Netlink;
using CalicoNet.Testing;

namespace CalicoNet.Core.Tests.Endpoints;

/// <summary>A sandbox whose host makes endpoints with records in a datastore of its own, as node <c>node-a</c>.</summary>
internal sealed class RecordLab : IDisposable
{
    public const string Node = "node-a";

    private readonly TempDirectory _directory = new();

    /// <param name="pools">As <see cref="IpamWorld.AddPool"/> takes them.</param>
    public RecordLab(params string[] pools)
    {
        Kernel = new EndpointLab();
        Address = new SqliteAddress(_directory.File("caliconet.db")) { Timeout = TimeSpan.FromSeconds(60) };
        Datastore = new WatchedDatastore(Address.Open());
        foreach (var entry in IpamWorld.With(pools).Store.Entries)
            Datastore.Transact([], [KeyOperation.Put(entry.Key, entry.Value)], []);
        Datastore.Restart();
    }

    public EndpointLab Kernel { get; }

    public SqliteAddress Address { get; }

    public WatchedDatastore Datastore { get; }

    public string Path => Address.Path;

    public RecordedEndpoints Open(string node = Node) => new(Kernel.Open(), Address, () => Datastore, node);

    /// <summary>A request for an endpoint with these addresses, or with such as the pools have.</summary>
    public EndpointRequest Request(string name, params string[] addresses) => new(Kernel.Endpoint(name, addresses)) { NatFollowsPools = true };

    /// <summary>The records there are.</summary>
    public IReadOnlyList<WorkloadEndpoint> Records()
        => [.. Entries(WorkloadEndpoint.Kind.KeyPrefix).Select(entry => ((ResourceKey<WorkloadEndpoint>)DatastoreKey.Parse(entry.Key)).Read(entry.Value.Span))];

    /// <summary>The addresses in use, by the blocks, each with its handle.</summary>
    public IReadOnlyDictionary<string, string> Used()
        => (from family in (IPFamily[])[IPFamily.IPv4, IPFamily.IPv6]
            from entry in Entries(BlockKey.Prefix(family))
            let block = ((BlockKey)DatastoreKey.Parse(entry.Key)).Read(entry.Value.Span)
            from ordinal in Enumerable.Range(0, block.Size)
            where block.Allocations[ordinal] is not null
            select (block.AddressOf(ordinal), block.AttributeOf(ordinal)!.HandleId)).ToDictionary(pair => pair.Item1.ToString(), pair => pair.HandleId!);

    public IReadOnlyList<KeyValue> Entries(string prefix) => Datastore.Range(KeyRange.Prefix(prefix)).Entries;

    /// <summary>Checks that the datastore has nothing of endpoints, and that its blocks are sound.</summary>
    public void AssertNothingHeld()
    {
        Assert.Empty(Records());
        Assert.Empty(Used());
        Assert.Empty(Entries(HandleKey.Prefix));
        Workload.CheckRest(Datastore);
    }

    public void Dispose()
    {
        Kernel.Dispose();
        Datastore.Dispose();
        _directory.Dispose();
    }
}

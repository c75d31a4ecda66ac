using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Everything of address management that a datastore holds, as it was at one revision.</summary>
public sealed class IpamSurvey
{
    private static readonly string[] Prefixes =
    [
        BlockKey.Prefix(IPFamily.IPv4), BlockKey.Prefix(IPFamily.IPv6), BlockAffinityKey.AllPrefix, HandleKey.Prefix, IPAMConfigKey.Instance.Text, CalicoNetConfigKey.Instance.Text,
        IPPool.Kind.KeyPrefix, IPReservation.Kind.KeyPrefix, Core.Node.Kind.KeyPrefix, WorkloadEndpoint.Kind.KeyPrefix,
    ];

    private readonly Dictionary<string, long> _revisions = new(StringComparer.Ordinal);
    private readonly Dictionary<IPPrefix, IPAMBlock> _blocks = [];
    private readonly Dictionary<string, IPAMHandle> _handles = new(StringComparer.Ordinal);
    private readonly List<(BlockAffinityKey Key, BlockAffinity Document)> _affinities = [];
    private readonly List<IPPool> _pools = [];
    private readonly List<Node> _nodes = [];
    private readonly List<WorkloadEndpoint> _endpoints = [];
    private readonly List<CorruptDocumentException> _corrupt = [];

    /// <summary>Sorts what was read.</summary>
    internal IpamSurvey(IEnumerable<KeyValue> entries)
    {
        foreach (var entry in entries)
        {
            _revisions[entry.Key] = entry.ModRevision;
            try
            {
                Add(DatastoreKey.Parse(entry.Key), entry.Value.Span);
            }
            catch (CorruptDocumentException fault)
            {
                _corrupt.Add(fault);
            }
        }
    }

    /// <summary>The blocks that can be read, by their addresses.</summary>
    public IReadOnlyDictionary<IPPrefix, IPAMBlock> Blocks => _blocks;

    /// <summary>The nodes' claims to blocks.</summary>
    public IReadOnlyList<(BlockAffinityKey Key, BlockAffinity Document)> Affinities => _affinities;

    /// <summary>The handles by their names.</summary>
    public IReadOnlyDictionary<string, IPAMHandle> Handles => _handles;

    /// <summary>The pools.</summary>
    public IReadOnlyList<IPPool> Pools => _pools;

    /// <summary>The nodes.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>The endpoints' records.</summary>
    public IReadOnlyList<WorkloadEndpoint> Endpoints => _endpoints;

    /// <summary>The documents that cannot be read, or break what their kind promises.</summary>
    public IReadOnlyList<CorruptDocumentException> Corrupt => _corrupt;

    /// <summary>Whether changes are allowed.</summary>
    public bool IsReady { get; private set; } = true;

    /// <summary>Reads a datastore, all of it at one revision.</summary>
    /// <exception cref="DatastoreException">It failed.</exception>
    public static IpamSurvey Take(Datastore datastore, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(datastore);
        var reads = Prefixes.Select(prefix => KeyOperation.Read(KeyRange.Prefix(prefix))).Append(KeyOperation.Read(ClusterInformation.Key.Text)).ToList();
        return new IpamSurvey(datastore.Transact([], reads, [], cancellation).Reads.SelectMany(read => read.Entries));
    }

    /// <summary>The pool of an address, enabled or not.</summary>
    public IPPool? PoolOf(IPAddr address) => _pools.Find(pool => pool.Cidr.Contains(address));

    /// <summary>Every address that is in use, with its block and what is known of it, in the blocks' order.</summary>
    public IEnumerable<(IPAddr Address, IPAMBlock Block, AllocationAttribute Attribute)> Allocations()
        => from block in _blocks.Values.OrderBy(block => block.Cidr)
           from ordinal in Enumerable.Range(0, block.Size)
           let attribute = block.AttributeOf(ordinal)
           where attribute is not null
           select (block.AddressOf(ordinal), block, attribute);

    /// <summary>Tells whoever asks for a document by its name that it cannot be read: it is not among those that can.</summary>
    /// <exception cref="CorruptDocumentException">It cannot.</exception>
    public void ThrowIfCorrupt(DatastoreKey key)
    {
        if (_corrupt.Find(fault => fault.Key == key) is { } fault)
        {
            throw fault;
        }
    }

    /// <summary>The revision of the last change of a key; 0 where there is nothing.</summary>
    internal long RevisionOf(DatastoreKey key) => _revisions.GetValueOrDefault(key.Text);

    /// <summary>That a key is as it was seen here.</summary>
    internal KeyComparison Unchanged(DatastoreKey key) => KeyComparison.ModRevision(key.Text, RevisionOf(key));

    private void Add(DatastoreKey key, ReadOnlySpan<byte> value)
    {
        switch (key)
        {
            case BlockKey block:
                _blocks[block.Cidr] = block.Read(value);
                break;
            case BlockAffinityKey affinity:
                _affinities.Add((affinity, affinity.Read(value)));
                break;
            case HandleKey handle:
                _handles[handle.Handle] = handle.Read(value);
                break;
            case ResourceKey<IPPool> pool:
                _pools.Add(pool.Read(value));
                break;
            case ResourceKey<IPReservation> reservation:
                _ = reservation.Read(value);
                break;
            case IPAMConfigKey config:
                _ = config.Read(value);
                break;
            case CalicoNetConfigKey ours:
                _ = ours.Read(value);
                break;
            case ResourceKey<Node> node:
                _nodes.Add(node.Read(value));
                break;
            case ResourceKey<WorkloadEndpoint> endpoint:
                _endpoints.Add(endpoint.Read(value));
                break;
            case ResourceKey<ClusterInformation> cluster:
                IsReady = cluster.Read(value).Spec?.DatastoreReady != false;
                break;
        }
    }
}

using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>The records of one host's endpoints in a datastore: found by the endpoints' names, or all of them by one range.</summary>
internal sealed class EndpointRecords(Datastore datastore, string node, NetNamespaceRef host)
{
    // Three forms of a name: Calico's, ours, and ours where that would be too long; an interface tells which.
    private static readonly string[] Interfaces = ["eth0", "_", "_______________"];

    /// <summary>Where the records of an endpoint are, whatever its interface: after the dash that ends the name comes anything but a second dash.</summary>
    public IEnumerable<KeyRange> RangesOf(EndpointName name)
        => Interfaces.Select(workload => WorkloadEndpointName.Of(node, name.Name, workload))
            .Select(form => $"{WorkloadEndpoint.Kind.KeyPrefixIn(name.WorkloadNamespace)}{string.Join('-', new[] { form.Node, form.Orchestrator, form.Workload }.Select(Escape))}")
            .Distinct()
            .Select(prefix => KeyRange.Between($"{prefix}-.", $"{prefix}."));

    /// <summary>What there is of endpoints.</summary>
    /// <exception cref="CorruptDocumentException">A record of one of them cannot be read.</exception>
    public ILookup<EndpointName, Found> Find(IReadOnlyCollection<EndpointName> names, CancellationToken cancellation)
    {
        var wanted = names.SelectMany(name => RangesOf(name).Select(range => (name, range))).ToList();
        var found = new List<(EndpointName, Found)>();
        foreach (var chunk in wanted.Chunk(Transaction.MaxOperations))
        {
            var reads = datastore.Transact([], [.. chunk.Select(one => KeyOperation.Read(one.range))], [], cancellation).Reads;
            foreach (var ((name, _), read) in chunk.Zip(reads))
            {
                found.AddRange(read.Entries.Select(Read).OfType<Found>().Select(record => (name, record)));
            }
        }

        return found.ToLookup(pair => pair.Item1, pair => pair.Item2);
    }

    /// <summary>The endpoints that are recorded for this host. What cannot be read is left out.</summary>
    /// <param name="workloadNamespace">The only workload namespace to look into; null for all.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public Dictionary<EndpointName, Endpoint> List(string? workloadNamespace, CancellationToken cancellation)
    {
        var kind = WorkloadEndpoint.Kind;
        var range = KeyRange.Prefix(workloadNamespace is null ? kind.KeyPrefix : $"{kind.KeyPrefixIn(workloadNamespace)}{Escape(node)}-");
        var found = new Dictionary<EndpointName, Endpoint>();
        foreach (var entry in datastore.Range(range, cancellation: cancellation).Entries.Where(IsOfNode))
        {
            try
            {
                if (Read(entry)?.Endpoint is { } endpoint)
                {
                    found.TryAdd(endpoint.Name, endpoint);
                }
            }
            catch (CorruptDocumentException)
            {
                // Whoever asks for it by name is told.
            }
        }

        return found;
    }

    private bool IsOfNode(KeyValue entry)
        => DatastoreKey.Parse(entry.Key) is ResourceKey<WorkloadEndpoint> key && WorkloadEndpointName.TryParse(key.Name, out var name) && name.Node == node;

    private Found? Read(KeyValue entry)
        => DatastoreKey.Parse(entry.Key) is ResourceKey<WorkloadEndpoint> key && key.Read(entry.Value.Span) is var record
            ? new Found(key, record, EndpointRecord.Read(record, host))
            : null;

    private static string Escape(string part) => part.Replace("-", "--", StringComparison.Ordinal);

    /// <summary>A record, and the endpoint it is of; null where it is another's.</summary>
    public sealed record Found(ResourceKey<WorkloadEndpoint> Key, WorkloadEndpoint Record, Endpoint? Endpoint);
}

using System.Text.Json;
using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Finds what is wrong with address management, in one look at the datastore and one at the host's interfaces. Pure.</summary>
public sealed class IpamCheck
{
    private const string VirtualOwner = "virtual:";

    // Addresses of every block that Windows keeps to itself; no handle is stored for them.
    private const string WindowsReserved = "windows-reserved-ipam-handle";

    private readonly IpamSurvey _survey;
    private readonly List<(IPAddr Address, string User, string Node)> _uses;

    // Of endpoints that the kernel has, recorded or not: their addresses are in use.
    private readonly HashSet<string> _handlesInUse;

    private IpamCheck(IpamSurvey survey, IEnumerable<Link> links)
    {
        _survey = survey;
        _handlesInUse = links.Where(link => Ownership.IsOurs(link.Group)).Select(link => Ownership.Read(link.Alias)).OfType<Ownership.Mark>()
            .Select(mark => EndpointRecord.HandleOf(mark.Name)).ToHashSet(StringComparer.Ordinal);
        _uses =
        [
            .. from endpoint in survey.Endpoints
               from address in endpoint.Addresses
               select (address, NameOf(endpoint), endpoint.Spec!.Node ?? ""),
            .. from node in survey.Nodes
               from address in TunnelAddresses(node)
               select (address, node.Name, node.Name),
        ];
    }

    /// <summary>Finds what is wrong.</summary>
    /// <param name="survey">What the datastore holds.</param>
    /// <param name="node">This host as a node; null to leave interfaces out.</param>
    /// <param name="links">The host's interfaces.</param>
    public static IReadOnlyList<IpamProblem> Find(IpamSurvey survey, string? node = null, IReadOnlyList<Link>? links = null)
    {
        ArgumentNullException.ThrowIfNull(survey);
        var check = new IpamCheck(survey, node is null ? [] : links ?? []);
        return
        [
            .. survey.Corrupt.Select(fault => new IpamProblem(IpamProblemKind.CorruptDocument) { Key = fault.Key.Text, Reason = fault.What, Stamp = check.Stamp(fault.Key) }),
            .. check.Allocated(),
            .. check.InUse(),
            .. check.Handles(),
            .. check.Blocks(),
            .. check.Affinities(),
            .. node is null ? [] : check.Interfaces(node, links ?? []),
        ];
    }

    private IEnumerable<IpamProblem> Allocated()
    {
        var used = _uses.Select(use => use.Address).ToHashSet();
        foreach (var (address, block, attribute) in _survey.Allocations())
        {
            var handle = attribute.Handle() ?? "";
            if (used.Contains(address) || IsVirtual(block) || handle == WindowsReserved || _handlesInUse.Contains(handle) || attribute.Secondary?.ContainsKey(AllocationAttribute.RequestedKey) == true)
            {
                continue;
            }

            var number = block.SequenceNumberForAllocation is { } numbers && numbers.TryGetValue(block.OrdinalOf(address)!.Value, out var entry) ? entry : (ulong?)null;
            yield return new IpamProblem(IpamProblemKind.AllocatedNotInUse)
            {
                Address = address,
                Block = block.Cidr,
                Handle = handle,
                Node = attribute.Secondary?.Get(AllocationAttribute.NodeKey) ?? "",
                SequenceNumber = number,
                // Not the block's revision: a block that others use changes all the time, and the allocation is told by its number and handle.
                Stamp = IsKey(handle) ? Stamp(new HandleKey(handle)) : "",
            };
        }
    }

    private IEnumerable<IpamProblem> InUse()
    {
        var allocated = _survey.Allocations().Select(allocation => allocation.Address).ToHashSet();
        foreach (var group in _uses.GroupBy(use => use.Address).OrderBy(group => group.Key))
        {
            var (address, user, node) = group.First();
            if (group.Count() > 1)
            {
                yield return new IpamProblem(IpamProblemKind.InUseTwice) { Address = address, User = string.Join(", ", group.Select(use => use.User).Order(StringComparer.Ordinal)), Node = node };
            }

            if (!allocated.Contains(address))
            {
                var isInPool = _survey.Pools.Any(pool => pool.IsAllocatable && pool.Cidr.Contains(address));
                yield return new IpamProblem(isInPool ? IpamProblemKind.InUseNotAllocated : IpamProblemKind.InUseOutsidePools) { Address = address, User = user, Node = node };
            }
        }
    }

    private IEnumerable<IpamProblem> Handles()
    {
        var counts = HandleCounts(_survey);
        foreach (var (handle, document) in _survey.Handles.OrderBy(handle => handle.Key, StringComparer.Ordinal))
        {
            var shown = counts.GetValueOrDefault(handle) ?? [];
            var counted = document.Blocks ?? new Dictionary<IPPrefix, int>();
            var problem = new IpamProblem(shown.Count == 0 ? IpamProblemKind.OrphanedHandle : IpamProblemKind.WrongHandleCount)
            {
                Handle = handle,
                Counted = counted.Values.Sum(),
                Allocated = shown.Values.Sum(),
                Stamp = Stamp([new HandleKey(handle), .. counted.Keys.Union(shown.Keys).Order().Select(cidr => new BlockKey(cidr))]),
            };
            if (shown.Count == 0)
            {
                yield return problem with { Stamp = Stamp(new HandleKey(handle)) };
            }
            else if (counted.Count != shown.Count || shown.Any(pair => counted.GetValueOrDefault(pair.Key) != pair.Value))
            {
                yield return problem;
            }
        }

        foreach (var (handle, shown) in counts.Where(pair => !_survey.Handles.ContainsKey(pair.Key)).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            yield return new IpamProblem(IpamProblemKind.MissingHandle) { Handle = handle, Allocated = shown.Values.Sum(), Stamp = Stamp([.. shown.Keys.Order().Select(cidr => new BlockKey(cidr))]) };
        }
    }

    private IEnumerable<IpamProblem> Blocks()
    {
        var claims = _survey.Affinities.Select(affinity => (affinity.Key.Node, affinity.Key.Cidr)).ToHashSet();
        foreach (var block in _survey.Blocks.Values.OrderBy(block => block.Cidr))
        {
            var problem = new IpamProblem(IpamProblemKind.MisalignedBlock) { Block = block.Cidr, Node = block.Node ?? "", Allocated = block.Size - block.Unallocated.Length, Stamp = Stamp(block.Key) };
            if (block.Node is { } node && !claims.Contains((node, block.Cidr)))
            {
                yield return problem with { Kind = IpamProblemKind.BlockWithoutAffinity };
            }

            if (block.Affinity is null && block.IsEmpty)
            {
                yield return problem with { Kind = IpamProblemKind.UnownedEmptyBlock };
            }

            if (_survey.Pools.Any(pool => pool.Cidr.Overlaps(block.Cidr) && pool.BlockSize != block.Cidr.Length))
            {
                yield return problem;
            }
        }
    }

    private IEnumerable<IpamProblem> Affinities()
    {
        var unreadable = _survey.Corrupt.Select(fault => fault.Key).OfType<BlockKey>().Select(key => key.Cidr).ToHashSet();
        foreach (var (key, document) in _survey.Affinities)
        {
            var isOwn = _survey.Blocks.TryGetValue(key.Cidr, out var block) && block.Node == key.Node;
            if ((!isOwn || !document.IsConfirmed) && !unreadable.Contains(key.Cidr))
            {
                yield return new IpamProblem(isOwn ? IpamProblemKind.UnconfirmedAffinity : IpamProblemKind.AffinityWithoutBlock)
                {
                    Block = key.Cidr,
                    Node = key.Node,
                    Reason = document.State,
                    Stamp = isOwn ? Stamp(key, block!.Key) : Stamp(key),
                };
            }
        }
    }

    private IEnumerable<IpamProblem> Interfaces(string node, IReadOnlyList<Link> links)
    {
        var names = links.Select(link => link.Name).ToHashSet(StringComparer.Ordinal);
        var records = _survey.Endpoints.Where(endpoint => endpoint.Spec!.Node == node && endpoint.Spec.InterfaceName is { Length: > 0 }).ToList();
        foreach (var record in records.Where(record => !names.Contains(record.Spec!.InterfaceName!)))
        {
            yield return new IpamProblem(IpamProblemKind.RecordWithoutInterface) { User = NameOf(record), Node = node, Interface = record.Spec!.InterfaceName! };
        }

        var recorded = records.Select(record => record.Spec!.InterfaceName!).ToHashSet(StringComparer.Ordinal);
        // One of ours without an alias is being made.
        foreach (var link in links.Where(link => Ownership.IsOurs(link.Group) && !string.IsNullOrEmpty(link.Alias) && !recorded.Contains(link.Name)))
        {
            yield return new IpamProblem(IpamProblemKind.InterfaceWithoutRecord) { Node = node, Interface = link.Name };
        }
    }

    /// <summary>How many addresses of which block the blocks show for each handle that can be a key.</summary>
    internal static Dictionary<string, Dictionary<IPPrefix, int>> HandleCounts(IpamSurvey survey)
        => survey.Allocations().Where(allocation => !IsVirtual(allocation.Block))
            .Select(allocation => (Handle: allocation.Attribute.Handle() ?? "", allocation.Block.Cidr))
            .Where(use => IsKey(use.Handle) && use.Handle != WindowsReserved)
            .GroupBy(use => use.Handle, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.GroupBy(use => use.Cidr).ToDictionary(block => block.Key, block => block.Count()), StringComparer.Ordinal);

    private string Stamp(params IEnumerable<DatastoreKey> keys) => string.Join(' ', keys.Select(_survey.RevisionOf));

    private static bool IsVirtual(IPAMBlock block) => block.Affinity?.StartsWith(VirtualOwner, StringComparison.Ordinal) == true;

    private static bool IsKey(string handle) => handle.Length > 0 && !handle.Contains('/');

    private static string NameOf(WorkloadEndpoint endpoint) => $"{endpoint.Metadata!.Namespace}/{endpoint.Name}";

    /// <summary>The addresses of a node's tunnels. Where they are is Calico's: libcalico-go's Node.</summary>
    private static IEnumerable<IPAddr> TunnelAddresses(Node node)
        => from path in (string[][])[["bgp", "ipv4IPIPTunnelAddr"], ["ipv4VXLANTunnelAddr"], ["ipv6VXLANTunnelAddr"], ["wireguard", "interfaceIPv4Address"], ["wireguard", "interfaceIPv6Address"]]
           let found = IPAddr.TryParse(TextAt(node.Spec?.Unknown, path), out var parsed) ? parsed : default
           where !found.IsNone
           select found;

    private static string? TextAt(IDictionary<string, JsonElement>? fields, string[] path)
    {
        if (fields is null || !fields.TryGetValue(path[0], out var element))
        {
            return null;
        }

        foreach (var name in path[1..])
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return null;
            }
        }

        return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
    }
}

using CalicoNet.Netlink;
using System.Text.Json;

namespace CalicoNet.Core;

/// <summary>What every operation of address management looks at first: whether changes are allowed, the configuration, pools and reservations.</summary>
internal sealed class IpamState
{
    private readonly IpamDraft _draft;
    private readonly Found<IPAMConfig> _config;
    private readonly Seen _cluster;
    private readonly IReadOnlyList<AddressPool> _pools;

    public IpamState(IpamDraft draft)
    {
        _draft = draft;
        _cluster = draft.At("/calico/resources/v3/projectcalico.org/clusterinformations/default");
        _config = draft.At(IPAMConfigKey.Instance);
        _pools = [.. draft.Below("/calico/resources/v3/projectcalico.org/ippools/").Select(Pool).OfType<AddressPool>()];
        Reservations = new Reservations(draft.Below("/calico/resources/v3/projectcalico.org/ipreservations/").SelectMany(Reserved));
    }

    public Reservations Reservations { get; }

    /// <summary>The rules; those of an absent document until there is one.</summary>
    public IPAMConfig Config => _config.Document ?? IPAMConfig.Create();

    /// <summary>Checks that the datastore takes changes, and holds the decision to it, and to the configuration.</summary>
    /// <exception cref="CalicoException">It is locked.</exception>
    public void RequireReady()
    {
        if (_cluster.Exists && JsonDocument.Parse(_cluster.Memory).RootElement.GetProperty("spec").TryGetProperty("datastoreReady", out var ready) && !ready.GetBoolean())
        {
            throw new CalicoException(CalicoFault.NotReady, "The datastore is locked (datastoreReady is false): a migration is under way, or somebody locked it.", _cluster.Key);
        }

        _draft.RelyOn(_cluster);
        _draft.RelyOn(_config.Seen);
    }

    /// <summary>Holds the decision to a pool's being as it was seen.</summary>
    public void RelyOn(AddressPool pool) => _draft.RelyOn(pool.Seen);

    /// <summary>The pool of an address, enabled or not.</summary>
    public AddressPool? PoolOf(IPAddr address) => _pools.FirstOrDefault(pool => pool.Cidr.Contains(address));

    /// <summary>The enabled pool of an address.</summary>
    public AddressPool? TryEnabledPoolOf(IPAddr address) => _pools.FirstOrDefault(pool => pool.IsEnabled && pool.Cidr.Contains(address));

    /// <summary>The enabled pool of an address.</summary>
    /// <exception cref="CalicoException">There is none.</exception>
    public AddressPool EnabledPoolOf(IPAddr address)
        => TryEnabledPoolOf(address) ?? throw (PoolOf(address) is { } pool
            ? new CalicoException(CalicoFault.NotAllowed, $"Address {address} cannot be had. IP pool '{pool.Name}' ({pool.Cidr}) is disabled.", address.ToString())
            : new CalicoException(CalicoFault.NotFound, $"Address {address} cannot be had. It is in no IP pool.", address.ToString()));

    /// <summary>The pools that serve a request, in the order in which they do.</summary>
    /// <exception cref="CalicoException">One that was named does not exist or is disabled, or none serves it.</exception>
    public IReadOnlyList<AddressPool> PoolsFor(AddressRequest request, IPFamily family, IReadOnlyDictionary<string, string> labels)
    {
        var named = request.Pools.Select(Named).Where(pool => pool.Family == family).Distinct().ToList();
        if (named.Count > 0)
        {
            return named.TrueForAll(pool => pool.Allows(request.Use)) ? named
                : throw NoPool(request, family, $"IP pool '{named.Find(pool => !pool.Allows(request.Use))!.Name}' is not for {request.Use} addresses");
        }

        var enabled = _pools.Where(pool => pool.IsEnabled && pool.Family == family).ToList();
        var selecting = enabled.Where(pool => pool.IsAutomatic && pool.SelectsNode(labels) && pool.SelectsNamespace(request.NamespaceLabels)).ToList();
        var allowing = selecting.Where(pool => pool.Allows(request.Use)).ToList();
        return allowing.Count > 0 ? allowing : throw NoPool(request, family,
            enabled.Count == 0 ? "there is no enabled pool"
            : selecting.Count == 0 ? "no enabled pool selects the node and the workload's namespace"
            : $"no pool that selects the node and the namespace is for {request.Use} addresses");
    }

    /// <summary>The labels of a node; none where it has no document yet.</summary>
    public IReadOnlyDictionary<string, string> LabelsOf(string node) => LabelsOfExisting(node) ?? StringMap.Empty;

    /// <summary>The labels of a node; null where it has no document.</summary>
    public IReadOnlyDictionary<string, string>? LabelsOfExisting(string node)
    {
        var seen = _draft.At($"/calico/resources/v3/projectcalico.org/nodes/{node}");
        if (!seen.Exists) return null;
        var labels = new Dictionary<string, string>();
        if (JsonDocument.Parse(seen.Memory).RootElement.GetProperty("metadata").TryGetProperty("labels", out var element))
            foreach (var p in element.EnumerateObject()) labels[p.Name] = p.Value.GetString()!;
        return labels;
    }

    private AddressPool Named(string name)
    {
        var pool = _pools.FirstOrDefault(pool => pool.Name == name)
            ?? (IPPrefix.TryParse(name, out var cidr) ? _pools.FirstOrDefault(pool => pool.Cidr == cidr.Network) : null)
            ?? throw new CalicoException(CalicoFault.NotFound, $"There is no IP pool '{name}'.", name);
        return pool.IsEnabled ? pool : throw new CalicoException(CalicoFault.NotAllowed, $"IP pool '{pool.Name}' ({pool.Cidr}) is disabled.", name);
    }

    private static CalicoException NoPool(AddressRequest request, IPFamily family, string reason)
        => new(CalicoFault.NotAllowed, $"Node '{request.Node}' gets no {family} address: {reason}.", request.Node);

    private static IEnumerable<IPPrefix> Reserved(Seen seen)
        => JsonDocument.Parse(seen.Memory).RootElement.GetProperty("spec").GetProperty("reservedCIDRs").EnumerateArray().Select(e => IPPrefix.Parse(e.GetString()!));

    private static AddressPool? Pool(Seen seen)
    {
        var root = JsonDocument.Parse(seen.Memory).RootElement;
        var spec = root.GetProperty("spec");
        string Text(string n, string d) => spec.TryGetProperty(n, out var v) ? v.GetString()! : d;
        var cidr = IPPrefix.Parse(Text("cidr", ""));
        return new AddressPool(root.GetProperty("metadata").GetProperty("name").GetString()!, new BlockSpace(cidr, spec.TryGetProperty("blockSize", out var b) ? b.GetInt32() : cidr.Family == IPFamily.IPv4 ? 26 : 122), seen)
        {
            IsEnabled = !(spec.TryGetProperty("disabled", out var d) && d.GetBoolean()),
            IsAutomatic = Text("assignmentMode", "Automatic") == "Automatic",
            NodeSelector = Text("nodeSelector", ""),
            NamespaceSelector = Text("namespaceSelector", ""),
            AllowedUses = spec.TryGetProperty("allowedUses", out var u) ? [.. u.EnumerateArray().Select(e => e.GetString()!)] : ["Workload", "Tunnel"],
        };
    }
}

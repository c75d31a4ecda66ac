using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>What every operation of address management looks at first: whether changes are allowed, the configuration, pools and reservations.</summary>
internal sealed class IpamState
{
    private readonly IpamDraft _draft;
    private readonly Found<ClusterInformation> _cluster;
    private readonly Found<IPAMConfig> _config;
    private readonly Found<CalicoNetConfig> _ours;
    private readonly IReadOnlyList<AddressPool> _pools;

    public IpamState(IpamDraft draft)
    {
        _draft = draft;
        _cluster = draft.At(ClusterInformation.Key);
        _config = draft.At(IPAMConfigKey.Instance);
        _ours = draft.At(CalicoNetConfigKey.Instance);
        _pools = [.. All<IPPool>().Select(found => new AddressPool(found.Document, found.Seen))];
        Reservations = new Reservations(All<IPReservation>().SelectMany(found => found.Document.Reserved));
    }

    public Reservations Reservations { get; }

    /// <summary>The rules; those of an absent document until there is one.</summary>
    public IPAMConfig Config => _config.Document ?? IPAMConfig.Create();

    /// <summary>How long a released address is not handed out.</summary>
    public TimeSpan CoolDown => TimeSpan.FromSeconds(_ours.Document?.CoolDownSeconds ?? 0);

    /// <summary>Checks that the datastore takes changes, and holds the decision to it, and to the configuration.</summary>
    /// <exception cref="CalicoException">It is locked.</exception>
    public void RequireReady()
    {
        // A document without the field is no lock, though Calico's plugin cannot do without it.
        if (_cluster.Document?.Spec?.DatastoreReady == false)
        {
            throw new CalicoException(CalicoFault.NotReady, "The datastore is locked against changes (datastoreReady is false in its ClusterInformation): a migration is under way.", _cluster.Key.Text);
        }

        _draft.RelyOn(_cluster.Seen);
        _draft.RelyOn(_config.Seen);
    }

    /// <summary>Makes what a node's first address needs, where it is absent: without the node's document Kubernetes' controllers take its addresses away.</summary>
    public void MakeAbsent(string node, DateTimeOffset now)
    {
        Make(new ResourceKey<Node>(node), () => Node.Create(node, now));
        Make(IPAMConfigKey.Instance, IPAMConfig.Create);
        Make(ClusterInformation.Key, () => ClusterInformation.Create(now));
        if (!_cluster.Exists)
        {
            // The two come together: whoever made the one made the other, and it need not be looked for each time.
            Make(KubeControllersConfiguration.Key, () => KubeControllersConfiguration.Create(now));
        }
    }

    /// <summary>Holds the decision to a pool's being as it was seen.</summary>
    public void RelyOn(AddressPool pool) => _draft.RelyOn(pool.Seen);

    /// <summary>The pool of an address, enabled or not.</summary>
    public AddressPool? PoolOf(IPAddr address) => _pools.FirstOrDefault(pool => pool.Cidr.Contains(address));

    /// <summary>The enabled pool of an address.</summary>
    public AddressPool? TryEnabledPoolOf(IPAddr address) => _pools.FirstOrDefault(pool => pool.IsEnabled && pool.Cidr.Contains(address));

    /// <summary>The pools that serve a request, in the order in which they do.</summary>
    /// <exception cref="CalicoException">One that was named does not exist or is disabled, or none serves it.</exception>
    public IReadOnlyList<AddressPool> PoolsFor(AddressRequest request, IPFamily family, IReadOnlyDictionary<string, string> labels)
    {
        var named = request.Pools.Select(Named).Where(pool => pool.Family == family).Distinct().ToList();
        if (named.Count > 0)
        {
            return named.TrueForAll(pool => pool.Allows(request.Use)) ? named
                : throw NoPool(request, $"{family} ", $"IP pool '{named.Find(pool => !pool.Allows(request.Use))!.Name}' is not for {request.Use} addresses");
        }

        var selecting = Selecting(request, labels).Where(pool => pool.Family == family).ToList();
        var allowing = selecting.Where(pool => pool.Allows(request.Use)).ToList();
        return allowing.Count > 0 ? allowing
            : !_pools.Any(pool => pool.IsEnabled && pool.Family == family)
                ? throw new CalicoException(CalicoFault.NoPool, $"Node '{request.Node}' gets no {family} address: there is no enabled {family} pool.", request.Node)
            : throw NoPool(request, $"{family} ",
            selecting.Count == 0 ? "no enabled pool selects the node and the workload's namespace"
            : $"no pool that selects the node and the namespace is for {request.Use} addresses");
    }

    /// <summary>The families of which a request for one address of each gets one.</summary>
    /// <exception cref="CalicoException">There is none, or a pool that was named does not exist or is disabled.</exception>
    public IReadOnlyList<IPFamily> FamiliesFor(AddressRequest request, IReadOnlyDictionary<string, string> labels)
    {
        var pools = request.Pools.Count > 0 ? request.Pools.Select(Named) : Selecting(request, labels).Where(pool => pool.Allows(request.Use));
        var families = pools.Select(pool => pool.Family).Distinct().Order().ToList();
        return families.Count > 0 ? families
            : _pools.Any(pool => pool.IsEnabled) ? throw NoPool(request, "", "no enabled pool selects the node and the workload's namespace, and is for its use")
            : throw new CalicoException(CalicoFault.NoPool, $"Node '{request.Node}' gets no address: there is no enabled IP pool.", request.Node);
    }

    /// <summary>The labels of a node; none where it has no document yet.</summary>
    public IReadOnlyDictionary<string, string> LabelsOf(string node) => LabelsOfExisting(node) ?? StringMap.Empty;

    /// <summary>The labels of a node; null where it has no document.</summary>
    public IReadOnlyDictionary<string, string>? LabelsOfExisting(string node) => _draft.At(new ResourceKey<Node>(node)).Document?.Labels;

    private AddressPool Named(string name)
    {
        var pool = _pools.FirstOrDefault(pool => pool.Name == name)
            ?? (IPPrefix.TryParse(name, out var cidr) ? _pools.FirstOrDefault(pool => pool.Cidr == cidr.Network) : null)
            ?? throw Absent(name);
        return pool.IsEnabled ? pool : throw new CalicoException(CalicoFault.NotAllowed, pool.Closed, name);
    }

    /// <summary>Why there is no pool of a name: one that cannot be read is not among them, and says so.</summary>
    private CalicoException Absent(string name)
    {
        if (DatastoreKey.Parse(IPPool.Kind.KeyPrefix + name) is ResourceKey<IPPool> key)
        {
            _ = _draft.At(key).Document;
        }

        return new CalicoException(CalicoFault.NotFound, $"There is no IP pool '{name}'.", name);
    }

    private IEnumerable<AddressPool> Selecting(AddressRequest request, IReadOnlyDictionary<string, string> labels)
        => _pools.Where(pool => pool.IsEnabled && pool.IsAutomatic && pool.SelectsNode(labels) && pool.SelectsNamespace(request.NamespaceLabels));

    private static CalicoException NoPool(AddressRequest request, string family, string reason)
        => new(CalicoFault.NotAllowed, $"Node '{request.Node}' gets no {family}address: {reason}.", request.Node);

    private void Make<T>(DatastoreKey<T> key, Func<T> create)
        where T : Document
    {
        var found = _draft.At(key);
        if (!found.Exists)
        {
            _draft.Put(found, create());
        }
    }

    /// <summary>All resources of a kind that can be read, in the order of their keys.</summary>
    private IEnumerable<(T Document, Seen Seen)> All<T>()
        where T : Resource, IResource
        => from below in _draft.Below(T.Kind.KeyPrefix)
           let key = below.Parts as ResourceKey<T>
           where key is not null
           let seen = _draft.At(below.Key)   // each by itself: one that is deleted does not show in the range
           let document = seen.TryRead(key, out var read) ? read : null
           where document is not null
           select (document, seen);
}

using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>
/// Makes, finds and removes the endpoints of one host namespace, by the kernel's state alone. Holds the host's stack open: keep it for one
/// pipeline or one operation, and dispose it. For use by one thread at a time; others, and other processes, may work on the same host.
/// </summary>
public sealed class EndpointManager : IDisposable
{
    private const int RemovalBatch = 256;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), LocalRoutePatience = TimeSpan.FromSeconds(1);

    private readonly NetworkStack _host;
    private readonly HostSetup _setup;
    private readonly NamespaceSupply _supply = new();
    private bool _goesWell;

    private EndpointManager(NetworkStack host)
    {
        _host = host;
        _setup = new HostSetup(host);
    }

    /// <summary>Opens a host.</summary>
    public static EndpointManager Open(NetNamespaceRef host) => new(NetworkStack.Open(host));

    /// <summary>The host's namespace.</summary>
    public NetNamespaceRef Host => _host.Namespace;

    /// <summary>The identity of the host's namespace.</summary>
    public ulong HostCookie => _host.Cookie;

    /// <summary>Closes the host's stack.</summary>
    public void Dispose()
    {
        _supply.Dispose();
        _host.Dispose();
    }

    /// <summary>
    /// Whether the namespace would be made for the endpoint: it is named, and there is none of that name.
    /// </summary>
    public static Endpoint WithNamespaceDecided(Endpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var reference = endpoint.Workload.Namespace;
        return endpoint with { OwnsNamespace = reference.IsName && !NetNamespaces.Exists(reference.ToString()) };
    }

    /// <summary>What <see cref="Create"/> would do: the host's set-up as far as it is missing, then the endpoint.</summary>
    public NetworkPlan Preview(Endpoint endpoint)
    {
        var plan = _setup.Missing(endpoint);
        foreach (var change in EndpointPlan.For(WithNamespaceDecided(endpoint)).Changes)
        {
            plan.Add(change);
        }

        return plan;
    }

    /// <summary>
    /// Makes an endpoint: all of it, or nothing. Its namespace is used where it exists and made where not. What a killed creation of the same
    /// endpoint left is removed first.
    /// </summary>
    /// <returns>The endpoint as it was made, with its interfaces' numbers; without findings, because nothing was read again.</returns>
    /// <exception cref="CalicoException">It exists, a name is taken, somebody else works on it, or a change was refused; nothing is left behind.</exception>
    public EndpointState Create(Endpoint wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        SetUp(wanted);
        using var held = Hold(wanted.Name);
        var endpoint = Decide(wanted);
        return endpoint.OwnsNamespace && _supply.IsAhead ? MakeAlone() : NetNamespaces.Visiting(MakeAlone);

        // Where the namespace is made already, or being made on that thread, there is nothing to gain on it.
        EndpointState MakeAlone()
        {
            using var creation = Start(endpoint);
            return Make(creation, endpoint);
        }
    }

    /// <summary>
    /// Begins to make an endpoint while the caller finds out its addresses: all that needs none where the last creation went well, else a
    /// namespace only, which leaves no trace where there is no address to be had.
    /// </summary>
    internal EndpointCreation Begin(Endpoint endpoint)
    {
        var creation = Start(endpoint);
        if (creation.IsAnother)
        {
            creation.Begin();
        }
        else if (endpoint.OwnsNamespace)
        {
            _supply.Prepare();
        }

        return creation;
    }

    private EndpointCreation Start(Endpoint endpoint)
    {
        var creation = new EndpointCreation(_host, _supply, endpoint) { IsAnother = _goesWell };
        _goesWell = false;   // until it did
        return creation;
    }

    /// <summary>The stack of the host.</summary>
    internal NetworkStack Stack => _host;

    /// <summary>See <see cref="HostSetup.Pools"/>.</summary>
    internal Func<IReadOnlyList<IPPrefix>>? Pools
    {
        set => _setup.Pools = value;
    }

    /// <summary>Puts in place what the host lacks for an endpoint.</summary>
    internal void SetUp(Endpoint endpoint) => _setup.Ensure(endpoint);

    /// <summary>Decides whose the namespace is. For the holder of the endpoint's lock: what a killed creation left in its place is removed.</summary>
    internal Endpoint Decide(Endpoint wanted)
    {
        var endpoint = WithNamespaceDecided(wanted);
        return !endpoint.OwnsNamespace && HasOurLabel(endpoint) && Reclaim(endpoint.Name) ? WithNamespaceDecided(wanted) : endpoint;
    }

    /// <summary>Makes an endpoint of which everything is decided. For the holder of its lock.</summary>
    internal EndpointState Make(EndpointCreation creation, Endpoint endpoint)
    {
        var hasNamespace = creation.Join();
        SetUp(endpoint);
        // Whoever made another makes more; whoever makes a single one shall have no namespace too many.
        var wantsNext = creation.IsAnother && endpoint.OwnsNamespace;
        _supply.GoesOn = wantsNext && !hasNamespace;
        if (wantsNext && hasNamespace)
        {
            _supply.Prepare();
        }

        var result = creation.Finish(endpoint);
        if (result.FirstFailure is { Change: AddVeth or CreateNamespace, Error.Errno: Errno.EEXIST } && Reclaim(endpoint.Name))
        {
            using var again = new EndpointCreation(_host, _supply, endpoint);
            return Made(again, endpoint, again.Finish(endpoint));
        }

        return Made(creation, endpoint, result);
    }

    private EndpointState Made(EndpointCreation creation, Endpoint endpoint, PlanResult result)
    {
        if (!result.Succeeded)
        {
            throw Explain(endpoint, result);
        }

        var session = creation.Session;
        _goesWell = true;
        return new EndpointState(endpoint, EndpointStatus.Ready, [])
        {
            HostIndex = session.IndexOf(endpoint.Host),
            WorkloadIndex = session.IndexOf(endpoint.Workload),
            WorkloadCookie = session.Stack(endpoint.Workload.Namespace).Cookie,
        };
    }

    /// <summary>Whether the host answers ARP for a gateway: by proxy_arp it does where a route leads there, which for a link-local one is the default route.</summary>
    public bool AnswersFor(IPAddr gateway)
    {
        try
        {
            return _host.Routes.Find(gateway) is { Type: RouteType.Unicast };
        }
        catch (NetlinkException e) when (e.Errno is Errno.ENETUNREACH or Errno.EHOSTUNREACH)
        {
            return false;
        }
    }

    /// <summary>Waits until packets of an endpoint that was just made are carried.</summary>
    internal static void Settle(NetworkSession session, Endpoint endpoint)
    {
        // The end that went up first sends nothing until the kernel's link watch has run, in the background; asking for the link runs it
        // (Linux 6.8), so that the first packet of whoever called is not lost.
        session.Stack(endpoint.Workload.Namespace).Links.Find(session.IndexOf(endpoint.Workload));
        AwaitLocalRoutes(session, endpoint);
    }

    /// <summary>
    /// Waits until what is sent to the new IPv6 addresses is taken in. The kernel makes an address's local route, and joins the group in which its
    /// neighbors ask for it, in the background when it has answered already (Linux 6.18: one creation in seven came back before, and its first
    /// packet was lost).
    /// </summary>
    private static void AwaitLocalRoutes(NetworkSession session, Endpoint endpoint)
    {
        var addresses = endpoint.Addresses.Where(address => address.Family == IPFamily.IPv6).ToList();
        if (addresses.Count == 0)
        {
            return;
        }

        var limit = Environment.TickCount64 + (long)LocalRoutePatience.TotalMilliseconds;
        Await(endpoint.Host, Endpoint.HostLinkLocal);   // the last one: mostly all are there by then
        addresses.ForEach(address => Await(endpoint.Workload, address));
        Await(endpoint.Workload, Endpoint.LinkLocalOf(endpoint.Mac));

        void Await(LinkRef link, IPAddr address)
        {
            var (stack, index, spin) = (session.Stack(link.Namespace), session.IndexOf(link), default(SpinWait));
            while (!IsLocal(stack, address, index) && Environment.TickCount64 < limit)
            {
                spin.SpinOnce();
            }
        }
    }

    private static bool IsLocal(NetworkStack stack, IPAddr address, int index)
    {
        try
        {
            return stack.Routes.Find(address, index).Type == RouteType.Local;
        }
        catch (NetlinkException)
        {
            return true;   // somebody took the link away meanwhile: nothing comes that could be awaited
        }
    }

    /// <summary>Finds an endpoint; null where there is nothing of it.</summary>
    public EndpointState? Find(EndpointName name) => Find(name, null);

    /// <summary>Finds an endpoint, judged by its record where it has one; null where it has no host link.</summary>
    internal EndpointState? Find(EndpointName name, Endpoint? recorded)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _host.Links.Find(name.HostLinkName) is { } link && Ownership.IsOurs(link.Group) && Ownership.Read(link.Alias)?.Name == name ? Read([link], recorded is null ? Unrecorded : new Dictionary<EndpointName, Endpoint> { [name] = recorded })[0] : null;
    }

    /// <summary>Whether the host link of an endpoint is there and not half made. For the holder of its lock.</summary>
    internal bool IsWhole(EndpointName name)
        => _host.Links.Find(name.HostLinkName) is { } link && Ownership.IsOurs(link.Group) && Ownership.Read(link.Alias)?.Name == name && !new Leftovers(_host).IsHalfMade(link);

    /// <summary>Lists the endpoints of this host, half made ones left out: somebody may be making them.</summary>
    public IReadOnlyList<EndpointState> List() => List(Unrecorded);

    /// <summary>
    /// Lists the endpoints of this host, each judged by its record where it has one; those that are recorded alone are <see cref="EndpointStatus.Missing"/>.
    /// </summary>
    internal IReadOnlyList<EndpointState> List(IReadOnlyDictionary<EndpointName, Endpoint> recorded)
    {
        var found = Read([.. _host.Links.List().Where(link => Ownership.IsOurs(link.Group) && Ownership.Read(link.Alias) is not null)], recorded);
        var seen = found.Select(state => state.Endpoint.Name).ToHashSet();
        return [.. found, .. recorded.Where(pair => !seen.Contains(pair.Key)).Select(pair => new EndpointState(pair.Value, EndpointStatus.Missing, []))];
    }

    /// <summary>The endpoints' names, by the labels of the host's interfaces alone: one dump, whatever state they are in.</summary>
    public IReadOnlyList<EndpointName> Names() => [.. _host.Links.List().Where(link => Ownership.IsOurs(link.Group)).Select(link => Ownership.Read(link.Alias)?.Name).OfType<EndpointName>()];

    /// <summary>
    /// Removes endpoints with all that belongs to them, leftovers of half-made and half-removed ones too. Many are removed together. What does
    /// not carry our mark is not touched.
    /// </summary>
    public IReadOnlyList<EndpointRemoval> Remove(IEnumerable<EndpointName> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        // In the order of the locks' names, so that two removals of the same endpoints cannot wait for each other.
        return [.. InChunks(names).SelectMany(chunk =>
        {
            using var held = Hold(chunk);
            return (IReadOnlyList<EndpointRemoval>)[.. held.Refused.Select(pair => new EndpointRemoval(pair.Key, Found: true, pair.Value)), .. RemoveHeld(held.Names, Unrecorded)];
        })];
    }

    /// <summary>The changes that removing an endpoint would make; null where there is nothing of it.</summary>
    public NetworkPlan? PreviewRemoval(EndpointName name) => PreviewRemoval(name, null);

    /// <summary>The changes that removing an endpoint would make, by what its record says too; null where there is nothing of it.</summary>
    internal NetworkPlan? PreviewRemoval(EndpointName name, Endpoint? recorded)
    {
        ArgumentNullException.ThrowIfNull(name);
        var plan = new Leftovers(_host).RemovalOf(name, _host.Links.Find(name.HostLinkName), recorded);
        return plan.Changes.Count > 0 ? plan : null;
    }

    /// <summary>What is worked on together, in the order of the locks' names: two who work on the same endpoints cannot wait for each other.</summary>
    internal static IEnumerable<EndpointName[]> InChunks(IEnumerable<EndpointName> names)
        => names.Distinct().OrderBy(name => name.HostLinkName, StringComparer.Ordinal).Chunk(RemovalBatch);

    /// <summary>Removes endpoints, or what is left of them. For the holder of their locks.</summary>
    internal List<EndpointRemoval> RemoveHeld(IReadOnlyList<EndpointName> names, IReadOnlyDictionary<EndpointName, Endpoint> recorded)
    {
        var results = new List<EndpointRemoval>();
        List<(EndpointName Name, NetworkPlan Plan)> removals = [];
        var leftovers = new Leftovers(_host);
        foreach (var name in names)
        {
            try
            {
                removals.Add((name, leftovers.RemovalOf(name, _host.Links.Find(name.HostLinkName), recorded.GetValueOrDefault(name))));
            }
            catch (CalicoException e)
            {
                results.Add(new EndpointRemoval(name, Found: true, e));
            }
        }

        using var session = new NetworkSession(_host);
        var applied = NetworkPlan.Together(removals.Select(removal => removal.Plan)).Apply(session, OnFailure.Continue);
        var failures = new Dictionary<NetworkChange, ChangeFailure>(ReferenceEqualityComparer.Instance);
        foreach (var failure in applied.Failures)
        {
            failures.TryAdd(failure.Change, failure);
        }

        foreach (var (name, plan) in removals)
        {
            var failed = plan.Changes.FirstOrDefault(failures.ContainsKey);
            results.Add(new EndpointRemoval(name, plan.Changes.Count > 0, failed is null ? null : Refused(name, failures[failed])));
        }

        return results;
    }

    private static CalicoException Refused(EndpointName name, ChangeFailure failure)
        => new(CalicoFault.ChangeFailed, $"Could not remove endpoint '{name}': could not {failure.Change.Title}: {failure.Error}.", name.ToString()) { Error = failure.Error };

    /// <summary>Removes what a killed creation or removal of an endpoint left. False where there is nothing, or a whole endpoint.</summary>
    private bool Reclaim(EndpointName name)
    {
        var leftovers = new Leftovers(_host);
        var link = _host.Links.Find(name.HostLinkName);
        if (link is not null && !leftovers.IsHalfMade(link))
        {
            return false;
        }

        var plan = leftovers.RemovalOf(name, link);
        if (plan.Changes.Count == 0)
        {
            return false;
        }

        using var session = new NetworkSession(_host);
        plan.Apply(session, OnFailure.Continue).ThrowIfFailed();
        return true;
    }

    private static bool HasOurLabel(Endpoint endpoint)
    {
        using var session = new NetworkSession();
        try
        {
            return session.Stack(endpoint.Workload.Namespace).Links.Find(NetworkStack.LoopbackIndex)?.Alias == Ownership.Label(endpoint.Name);
        }
        catch (NetlinkException e) when (e.Errno == Errno.ENOENT)
        {
            return false;   // the plan says so better
        }
    }

    /// <summary>The locks of several endpoints, and of which they were not to be had.</summary>
    internal HeldEndpoints Hold(IEnumerable<EndpointName> names) => new(names, Hold);

    /// <summary>The lock of an endpoint: whoever makes, mends or removes it has it all the while.</summary>
    /// <exception cref="CalicoException">Somebody else has it and does not let go.</exception>
    internal NamespaceLock Hold(EndpointName name)
        => NamespaceLock.Acquire(_host, $"caliconet/{name.HostLinkName}", Patience)
            ?? throw new CalicoException(
                CalicoFault.Busy, $"Endpoint '{name}' is being worked on by somebody else, who did not end within {Patience.TotalSeconds} s.", name.ToString());

    /// <summary>The failure of a creation in the words of who asked for it: what is taken, and by whom.</summary>
    private CalicoException Explain(Endpoint endpoint, PlanResult result)
    {
        var failure = result.FirstFailure!;
        if (failure.Error.Errno != Errno.EEXIST)
        {
            return Wrap(CalicoFault.ChangeFailed, $"could not {failure.Change.Title}: {failure.Error}");
        }

        switch (failure.Change)
        {
            case AddVeth:
                var link = _host.Links.Find(endpoint.Host.Name);
                return link is null ? Wrap(CalicoFault.Exists, $"interface {endpoint.Workload} exists")
                    : Ownership.IsOurs(link.Group) ? Wrap(CalicoFault.Exists, "it exists")
                    : Wrap(CalicoFault.NotOurs, $"interface {endpoint.Host} exists and belongs to somebody else");
            case AddRoute { Route: var wanted } when wanted.Link == endpoint.Host:
                var owner = _host.Routes.List(wanted.Destination.Family).FirstOrDefault(route => route.Destination == wanted.Destination);
                var device = owner is null ? null : _host.Links.Find(owner.InterfaceIndex);
                var user = Ownership.Read(device?.Alias) is { } mark ? $"endpoint '{mark.Name}'" : $"interface '{device?.Name}'";
                return Wrap(CalicoFault.Exists, $"address {wanted.Destination.Address} is in use: its route leads to {user}");
            default:
                return Wrap(CalicoFault.Exists, $"could not {failure.Change.Title}: {failure.Error}");
        }

        CalicoException Wrap(CalicoFault fault, string reason)
        {
            List<string> remains = [.. result.Changes.Zip(result.Outcomes).Where(pair => pair.Second == Outcome.NotUndone).Select(pair => pair.First.Title)];
            var left = remains.Count == 0 ? "" : $" This could not be undone: {string.Join("; ", remains)}.";
            return new CalicoException(fault, $"Could not create endpoint '{endpoint.Name}': {reason}.{left}", endpoint.Name.ToString()) { Error = failure.Error, Remains = remains };
        }
    }

    private static IReadOnlyDictionary<EndpointName, Endpoint> Unrecorded { get; } = new Dictionary<EndpointName, Endpoint>();

    /// <summary>How endpoints are, by their records, or where they have none by their labels and what is seen of them.</summary>
    private List<EndpointState> Read(IReadOnlyList<Link> links, IReadOnlyDictionary<EndpointName, Endpoint> recorded)
    {
        if (links.Count == 0)
        {
            return [];
        }

        var routes = _host.Routes.List().Where(route => route.Destination.IsHost).ToLookup(route => route.InterfaceIndex, route => route.Destination.Address);
        var places = new PeerPlaces(_host);
        using var session = new NetworkSession(_host);
        var found = new List<(Endpoint Endpoint, Link Host, Link? Workload, ulong Cookie)>(links.Count);
        foreach (var link in links)
        {
            var mark = Ownership.Read(link.Alias)!;
            var place = places.Of(link, NetNamespaceRef.Parse(mark.Name.Name));
            Link? workload = null;
            ulong cookie = 0;
            if (place is { } reference)
            {
                try
                {
                    var stack = session.Stack(reference);
                    (workload, cookie) = (stack.Links.Find(link.PeerIndex), stack.Cookie);
                }
                catch (NetlinkException e) when (e.Errno is Errno.ENOENT or Errno.EPERM or Errno.EACCES)
                {
                    // Gone meanwhile: what was in it is missing. Or not ours to look into.
                }
            }

            found.Add((recorded.GetValueOrDefault(mark.Name) ?? new Endpoint
            {
                Name = mark.Name,
                Host = new LinkRef(_host.Namespace, link.Name),
                Workload = new LinkRef(place ?? NetNamespaceRef.Parse(mark.Name.Name), workload?.Name ?? "eth0"),
                Addresses = [.. routes[link.Index].Order()],
                Mac = workload?.Address ?? default,
                Mtu = link.Mtu,
                OwnsNamespace = mark.OwnsNamespace,
                NatOutgoing = mark.NatOutgoing,
                NatFamily = mark.NatFamily,
                StaticNeighbor = mark.StaticNeighbor,
                Gateway = mark.Gateway,
            }, link, workload, cookie));
        }

        var plans = found.ConvertAll(item => EndpointPlan.Inspected(item.Endpoint));
        var snapshot = Look(session, plans.SelectMany(plan => plan.Changes));
        return [.. found.Zip(plans, (item, plan) =>
        {
            var findings = snapshot is null ? [] : plan.Inspect(snapshot);
            var whole = item.Endpoint.Addresses.Count > 0 && findings.All(finding => finding.State == FindingState.Present);
            return new EndpointState(item.Endpoint, snapshot is null ? EndpointStatus.Unknown : whole ? EndpointStatus.Ready : EndpointStatus.Degraded, findings)
            {
                HostIndex = item.Host.Index,
                WorkloadIndex = item.Workload?.Index ?? 0,
                WorkloadCookie = item.Cookie,
            };
        })];
    }

    /// <summary>What is seen of endpoints; null where this user may not see all of it.</summary>
    private static NetworkSnapshot? Look(NetworkSession session, IEnumerable<NetworkChange> changes)
    {
        try
        {
            return session.Snapshot(changes);
        }
        catch (NetlinkException e) when (e.Errno is Errno.EPERM or Errno.EACCES)
        {
            return null;
        }
    }
}

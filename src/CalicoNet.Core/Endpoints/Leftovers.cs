using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>
/// Finds what is left of an endpoint, whole or not, by the marks in the kernel. A creation or removal that was killed leaves at any step
/// something that this finds: a link of ours under the derived name, or a namespace with the endpoint's label.
/// </summary>
internal sealed class Leftovers(NetworkStack host)
{
    private ILookup<string, NetNamespaceRef>? _labels;
    private ILookup<int, IPAddr>? _routes;
    private PeerPlaces? _places;

    /// <summary>The plan that removes an endpoint, or what is left of it; empty where there is nothing.</summary>
    /// <param name="name">The endpoint.</param>
    /// <param name="link">The host's link of its name, where there is one.</param>
    /// <param name="recorded">What its record says, where it has one: more than the kernel knows where the link is gone.</param>
    /// <exception cref="CalicoException">The link of its name belongs to somebody else.</exception>
    public NetworkPlan RemovalOf(EndpointName name, Link? link, Endpoint? recorded = null)
    {
        var plan = new NetworkPlan();
        var label = Ownership.Label(name);
        var ownsNamespace = true;
        if (link is not null)
        {
            var mark = Ownership.Read(link.Alias);
            if (!Ownership.IsOurs(link.Group) || (link.Alias is not null && mark?.Name != name))
            {
                throw new CalicoException(CalicoFault.NotOurs, $"Interface '{link.Name}' has the name of endpoint '{name}' and belongs to somebody else.", name.ToString());
            }

            if (mark is null or { NatOutgoing: true })
            {
                foreach (var address in RoutedTo(link.Index).Union(CarriedBy(link, name)))
                {
                    plan.Add(new RemoveNatElement(host.Namespace, NatSet.Addresses, address.ToPrefix()));
                }
            }

            plan.Add(new RemoveLink(new LinkRef(host.Namespace, link.Name)) { Group = Ownership.Group, Index = link.Index });
            ownsNamespace = mark is null or { OwnsNamespace: true };
        }

        else if (recorded is not null)
        {
            // Without a route to it the address is nobody's on this host: what translates it was its own.
            foreach (var address in recorded.TranslatedAddresses.Where(address => !IsRouted(address)))
            {
                plan.Add(new RemoveNatElement(host.Namespace, NatSet.Addresses, address.ToPrefix()));
            }

            ownsNamespace = recorded.OwnsNamespace;
        }

        if (ownsNamespace)
        {
            foreach (var reference in Labelled(recorded?.Workload.Namespace ?? NetNamespaceRef.Parse(name.Name), label).Where(reference => !IsOfAnotherHost(reference, name, link)))
            {
                plan.Add(new RemoveNamespace(reference, label));
            }
        }

        return plan;
    }

    /// <summary>
    /// Whether a link of ours is not a whole endpoint's: its creation was killed before the last flush, which brings alias and route, or in it.
    /// </summary>
    public bool IsHalfMade(Link link) => Ownership.IsOurs(link.Group) && (link.Alias is null || !RoutedTo(link.Index).Any());

    /// <summary>The addresses of a link's other end: a half-made endpoint has not all the routes that tell them.</summary>
    private IEnumerable<IPAddr> CarriedBy(Link link, EndpointName name)
    {
        if ((_places ??= new PeerPlaces(host)).Of(link, NetNamespaceRef.Parse(name.Name)) is not { } place)
        {
            return [];
        }

        try
        {
            using var workload = NetworkStack.Open(place);
            return [.. workload.Addresses.List(link.PeerIndex).Select(address => address.Prefix).Where(prefix => prefix.IsHost).Select(prefix => prefix.Address)];
        }
        catch (NetlinkException e) when (e.Errno is Errno.ENOENT)
        {
            return [];   // gone meanwhile
        }
    }

    private IEnumerable<IPAddr> RoutedTo(int index) => Routes[index];

    private bool IsRouted(IPAddr address) => Routes.Any(link => link.Contains(address));

    private ILookup<int, IPAddr> Routes
        => _routes ??= host.Routes.List().Where(route => route.Destination.IsHost).ToLookup(route => route.InterfaceIndex, route => route.Destination.Address);

    /// <summary>The namespaces that carry a label: mostly the one where it is expected, else all are looked through, once.</summary>
    private IEnumerable<NetNamespaceRef> Labelled(NetNamespaceRef usual, string label)
    {
        if (LabelOf(usual) == label || (usual.IsName && NetNamespaces.IsLeftover(usual.ToString())))
        {
            return [usual];
        }

        _labels ??= NetNamespaces.List()
            .Select(found => NetNamespaceRef.Parse(found.Name))
            .Select(reference => (Reference: reference, Label: LabelOf(reference)))
            .Where(found => found.Label is not null)
            .ToLookup(found => found.Label!, found => found.Reference);
        return _labels[label];
    }

    /// <summary>
    /// Whether a namespace with the label of an endpoint is the workload of the endpoint of that name on another host of this machine: the label
    /// says nothing of hosts, which come and go. Where that other host cannot be looked into, it is taken for one.
    /// </summary>
    private bool IsOfAnotherHost(NetNamespaceRef reference, EndpointName name, Link? link)
    {
        if (link?.PeerNamespaceId is { } peer && host.NamespaceIdOf(reference) == peer)
        {
            return false;
        }

        try
        {
            using var workload = NetworkStack.Open(reference);
            var here = workload.NamespaceIdOf(host.Namespace);
            var places = new PeerPlaces(workload);
            return workload.Links.List().Any(end => end.PeerNamespaceId is { } elsewhere && elsewhere != here && IsHostLink(places.Of(end), end.PeerIndex, name));
        }
        catch (NetlinkException e) when (e.Errno is Errno.ENOENT or Errno.EINVAL)
        {
            return false;   // gone meanwhile, or no namespace yet
        }
    }

    private static bool IsHostLink(NetNamespaceRef? reference, int index, EndpointName name)
    {
        if (reference is not { } place)
        {
            return true;
        }

        try
        {
            using var other = NetworkStack.Open(place);
            return other.Links.Find(index) is { } link && Ownership.IsOurs(link.Group) && link.Name == name.HostLinkName;
        }
        catch (NetlinkException e) when (e.Errno is Errno.ENOENT or Errno.EPERM or Errno.EACCES)
        {
            return e.Errno != Errno.ENOENT;
        }
    }

    private static string? LabelOf(NetNamespaceRef reference)
    {
        try
        {
            using var stack = NetworkStack.Open(reference);
            return stack.Links.Find(NetworkStack.LoopbackIndex)?.Alias;
        }
        catch (NetlinkException e) when (e.Errno is Errno.ENOENT or Errno.EINVAL)
        {
            return null;
        }
    }
}

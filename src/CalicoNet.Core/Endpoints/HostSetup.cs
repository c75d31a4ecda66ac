using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>
/// What all endpoints of a host share: forwarding, our nf_tables table, and in it the IP pools. It belongs to no endpoint's plan, and goes with none. What was
/// found in place is not looked for again as long as this object lives, which is one pipeline.
/// </summary>
public sealed class HostSetup
{
    private const string ForwardingIPv4 = "net/ipv4/ip_forward", ForwardingIPv6 = "net/ipv6/conf/all/forwarding", On = "1";

    private readonly NetworkStack _host;
    private readonly HashSet<IPFamily> _ready = [];
    private bool _hasPools;

    /// <summary>For one host.</summary>
    public HostSetup(NetworkStack host)
    {
        ArgumentNullException.ThrowIfNull(host);
        _host = host;
    }

    /// <summary>
    /// The addresses of the IP pools, to which outgoing NAT leaves packets their source; null where they are not known, and what the table has of them
    /// stays. Asked for when the first endpoint is translated.
    /// </summary>
    public Func<IReadOnlyList<IPPrefix>>? Pools { get; set; }

    /// <summary>The path below /proc/sys of the setting that lets a whole namespace forward packets.</summary>
    public static string ForwardingPath(IPFamily family) => family == IPFamily.IPv4 ? ForwardingIPv4 : ForwardingIPv6;

    /// <summary>The table alone, where it is missing.</summary>
    /// <exception cref="CalicoException">It is of a newer version.</exception>
    public static NetworkPlan MissingFirewall(NetworkStack host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var plan = new NetworkPlan();
        if (!Firewall.IsSetUp(host))
        {
            plan.Add(new SetUpFirewall(host.Namespace));
        }

        return plan;
    }

    /// <summary>What is missing for an endpoint.</summary>
    /// <exception cref="CalicoException">The table is of a newer version.</exception>
    public NetworkPlan Missing(Endpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var plan = new NetworkPlan();
        foreach (var family in endpoint.Addresses.Select(address => address.Family).Distinct())
        {
            var path = ForwardingPath(family);
            if (_host.Sysctls.Find(path) is { } value && value != On)
            {
                plan.Add(new SetSysctl(_host.Namespace, path, On, value));
            }
        }

        foreach (var change in MissingFirewall(_host).Changes.Concat(WantsPools(endpoint) ? DifferentPools() : []))
        {
            plan.Add(change);
        }

        return plan;
    }

    /// <summary>Puts in place what is missing for an endpoint.</summary>
    /// <exception cref="CalicoException">It was refused.</exception>
    public void Ensure(Endpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (endpoint.Addresses.All(address => _ready.Contains(address.Family)) && !WantsPools(endpoint))
        {
            return;
        }

        using var session = new NetworkSession(_host);
        Missing(endpoint).Apply(session, OnFailure.Undo).ThrowIfFailed();
        _ready.UnionWith(endpoint.Addresses.Select(address => address.Family));
        _hasPools |= WantsPools(endpoint);
    }

    private bool WantsPools(Endpoint endpoint) => Pools is not null && !_hasPools && endpoint.TranslatedAddresses.Any();

    /// <summary>What makes the table's pools those of the datastore.</summary>
    private IEnumerable<NetworkChange> DifferentPools()
    {
        var (wanted, found) = (Pools!(), Firewall.Read(_host, NatSet.Pools));
        return
        [
            .. found.Except(wanted).Select(prefix => new RemoveNatElement(_host.Namespace, NatSet.Pools, prefix)),
            .. wanted.Except(found).Select(prefix => new AddNatElement(_host.Namespace, NatSet.Pools, prefix)),
        ];
    }
}

using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet;

/// <summary>
/// A pair with both namespaces open and both ends found again by identity - the namespaces' cookies and the interfaces' numbers - so that a
/// renamed link is followed, and one that merely got the old number is refused. Under -WhatIf a planned pair has names and nothing else.
/// </summary>
internal sealed class OpenPair : IDisposable
{
    private readonly Link? _hostLink, _workloadLink;

    private OpenPair(VethPair pair, NetworkSession session, LinkRef host, LinkRef workload, Link? hostLink, Link? workloadLink)
    {
        Pair = pair;
        Session = session;
        Host = host;
        Workload = workload;
        _hostLink = hostLink;
        _workloadLink = workloadLink;
    }

    /// <summary>The pair as it was given.</summary>
    public VethPair Pair { get; }

    /// <summary>The open namespaces.</summary>
    public NetworkSession Session { get; }

    /// <summary>The host's end.</summary>
    public LinkRef Host { get; }

    /// <summary>The workload's end.</summary>
    public LinkRef Workload { get; }

    /// <summary>The host's end as the kernel has it. Not for a planned pair.</summary>
    public Link HostLink => _hostLink ?? throw CommandFault.Planned("veth pair");

    /// <summary>The workload's end as the kernel has it. Not for a planned pair.</summary>
    public Link WorkloadLink => _workloadLink ?? throw CommandFault.Planned("veth pair");

    /// <summary>Whether the pair is only planned: nothing of it is in the kernel.</summary>
    public bool IsPlanned => _hostLink is null;

    /// <summary>The workload end's addresses as they are now, link-local ones left out; those of a planned pair.</summary>
    public IReadOnlyList<IPAddr> Addresses => [.. AddressesOf(IsPlanned ? null : this, Pair)];

    /// <summary>The pair as it is now.</summary>
    public VethPair Current => IsPlanned
        ? Pair
        : Objects.Pair(Session.Stack(Host.Namespace), HostLink, Session.Stack(Workload.Namespace), WorkloadLink, Addresses);

    /// <summary>Opens a pair.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="preview">Whether a planned one serves.</param>
    public static OpenPair Open(VethPair pair, bool preview)
    {
        var (hostPlace, workloadPlace) = (NetNamespaceRef.Parse(pair.HostNetNamespace), NetNamespaceRef.Parse(pair.NetNamespace));
        if (pair.Planned)
        {
            return preview
                ? new OpenPair(pair, new NetworkSession(), new LinkRef(hostPlace, pair.HostInterfaceAlias), new LinkRef(workloadPlace, pair.InterfaceAlias), null, null)
                : throw CommandFault.Planned($"veth pair {pair}");
        }

        if (pair.BootId.Length > 0 && pair.BootId != Texts.BootId)
        {
            throw Stale(pair, "it was read before this machine was started");
        }

        var session = new NetworkSession();
        try
        {
            var host = Find(session, hostPlace, pair.HostNetNamespaceCookie, pair.HostInterfaceIndex, pair);
            var workload = Find(session, workloadPlace, pair.NetNamespaceCookie, pair.InterfaceIndex, pair);
            if (host.PeerIndex != workload.Index || workload.PeerIndex != host.Index)
            {
                throw Stale(pair, "its interfaces are not the ends of one pair any more");
            }

            return new OpenPair(pair, session, new LinkRef(hostPlace, host.Name), new LinkRef(workloadPlace, workload.Name), host, workload);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The addresses, of which at least one must be.</summary>
    /// <exception cref="CalicoException">There is none.</exception>
    public IReadOnlyList<IPAddr> RequireAddresses()
    {
        var addresses = Addresses;
        return addresses.Count > 0
            ? addresses
            : throw new CalicoException(CalicoFault.NoAddress, $"The veth pair {Pair} has no address: its workload end {Workload} carries none.", Pair.ToString());
    }

    /// <summary>The workload's end, for work that a planned pair cannot do.</summary>
    /// <exception cref="CommandFault">The pair is only planned.</exception>
    public LinkRef RequireReal() => IsPlanned ? throw CommandFault.Planned($"veth pair {Pair}") : Workload;

    /// <summary>Closes the namespaces.</summary>
    public void Dispose() => Session.Dispose();

    private static IEnumerable<IPAddr> AddressesOf(OpenPair? open, VethPair pair)
        => open is null
            ? pair.IPAddress.Select(IPAddr.Parse)
            : open.Session.Stack(open.Workload.Namespace).Addresses.List(open.WorkloadLink.Index).Select(a => a.Prefix.Address).Where(a => !a.IsLinkLocal).Order();

    private static Link Find(NetworkSession session, NetNamespaceRef place, string cookie, int index, VethPair pair)
    {
        var link = LinkIdentity.Find(session, place, cookie, index, $"veth pair {pair}");
        return link.Kind == "veth" ? link : throw Stale(pair, $"interface '{link.Name}' is no veth");
    }

    private static CalicoException Stale(VethPair pair, string reason) => LinkIdentity.Stale($"veth pair {pair}", reason);
}

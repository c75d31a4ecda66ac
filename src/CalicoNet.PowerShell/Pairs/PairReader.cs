using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet;

/// <summary>Reads veth pairs: joins the two ends across namespaces.</summary>
internal static class PairReader
{
    /// <summary>The pair that an interface is the host end of; null where there is no such veth or its other end is not to be found.</summary>
    public static VethPair? Find(NetworkSession session, LinkRef host)
    {
        var stack = session.Stack(host.Namespace);
        return stack.Links.Find(host.Name) is { Kind: "veth" } link && new PeerPlaces(stack).Of(link) is { } place
            ? Reading(() => Peer(link, session.Stack(place)) is { } workload ? Join(stack, link, session.Stack(place), workload) : null)
            : null;
    }

    /// <summary>
    /// The pairs that some interfaces of a namespace are ends of, each once, in the interfaces' order. Those whose other end is not to be found
    /// (it is in a namespace without name and process, or gone meanwhile) are left out.
    /// </summary>
    /// <param name="stack">The namespace.</param>
    /// <param name="ends">Interfaces of it; those that are no veth are left out.</param>
    /// <param name="host">The namespace that plays the host: pairs without an end there are left out. Null: any, see <see cref="IsHostEnd"/>.</param>
    public static IReadOnlyList<VethPair> List(NetworkStack stack, IEnumerable<Link> ends, NetNamespaceRef? host = null)
    {
        var places = new PeerPlaces(stack);
        var hostCookie = host is { } reference ? CookieOf(reference) : (ulong?)null;
        List<(int Index, VethPair Pair)> found = [];

        // Namespace by namespace, each closed before the next is opened: a host may have more workloads than a process has descriptors.
        foreach (var ofPlace in ends.Where(end => end.Kind == "veth").ToLookup(end => places.Of(end)))
        {
            if (ofPlace.Key is { } place)
            {
                Reading(() =>
                {
                    using var peerStack = NetworkStack.Open(place);
                    foreach (var end in ofPlace)
                    {
                        if (Peer(end, peerStack) is { } peer && IsHostEnd(stack, end, peerStack, peer, hostCookie) is { } isHost)
                        {
                            found.Add((end.Index, isHost ? Join(stack, end, peerStack, peer) : Join(peerStack, peer, stack, end)));
                        }
                    }

                    return null;
                });
            }
        }

        return [.. found.OrderBy(item => item.Index).Select(item => item.Pair).DistinctBy(pair => (pair.HostNetNamespaceCookie, pair.HostInterfaceIndex))];
    }

    /// <summary>The interfaces of a namespace that are in none of the pairs that were found for them.</summary>
    public static IReadOnlyList<Link> Unpaired(NetworkStack stack, IEnumerable<Link> ends, IReadOnlyList<VethPair> found)
    {
        var cookie = Texts.Cookie(stack.Cookie);
        var paired = found.Where(pair => pair.HostNetNamespaceCookie == cookie).Select(pair => pair.HostInterfaceIndex)
            .Concat(found.Where(pair => pair.NetNamespaceCookie == cookie).Select(pair => pair.InterfaceIndex))
            .ToHashSet();
        return [.. ends.Where(end => !paired.Contains(end.Index))];
    }

    /// <summary>
    /// Which end is the host's: the one in the namespace that was said to be the host. Where that was not said, the one with our mark; the one in
    /// this session's own namespace; else the one whose namespace was asked about. With both ends in one namespace it is the one of the higher
    /// number: the kernel makes the other end, the peer, first.
    /// </summary>
    private static bool? IsHostEnd(NetworkStack stack, Link end, NetworkStack peerStack, Link peer, ulong? host)
    {
        if (stack.Cookie == peerStack.Cookie)
        {
            return host is not null && host != stack.Cookie ? null : end.Index > peer.Index;
        }

        if (host is { } cookie)
        {
            return stack.Cookie == cookie ? true : peerStack.Cookie == cookie ? false : null;
        }

        if (Ownership.IsOurs(end.Group) || Ownership.IsOurs(peer.Group))
        {
            return Ownership.IsOurs(end.Group);
        }

        return stack.Namespace.IsOwn || !peerStack.Namespace.IsOwn;
    }

    private static Link? Peer(Link end, NetworkStack peerStack)
        => peerStack.Links.Find(end.PeerIndex) is { Kind: "veth" } peer && peer.PeerIndex == end.Index ? peer : null;

    private static VethPair Join(NetworkStack hostStack, Link host, NetworkStack workloadStack, Link workload)
        => Objects.Pair(hostStack, host, workloadStack, workload, workloadStack.Addresses.List(workload.Index).Select(address => address.Prefix.Address));

    private static ulong CookieOf(NetNamespaceRef reference)
    {
        using var stack = NetworkStack.Open(reference);
        return stack.Cookie;
    }

    private static VethPair? Reading(Func<VethPair?> read)
    {
        try
        {
            return read();
        }
        catch (NetlinkException e) when (e.Errno is Errno.ENOENT or Errno.EPERM or Errno.EACCES)
        {
            return null;   // gone meanwhile, or not ours to look into
        }
    }
}

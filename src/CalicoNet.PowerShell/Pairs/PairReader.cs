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
        return stack.Links.Find(host.Name) is { Kind: "veth" } link ? Join(session, stack, link, new PeerPlaces(stack)) : null;
    }

    /// <summary>The pair of a veth that is taken for the host's end; null where its other end is not to be found.</summary>
    public static VethPair? Join(NetworkSession session, NetworkStack hostStack, Link host, PeerPlaces places)
    {
        if (places.Of(host) is not { } place)
        {
            return null;
        }

        try
        {
            var workloadStack = session.Stack(place);
            return workloadStack.Links.Find(host.PeerIndex) is { Kind: "veth" } workload && workload.PeerIndex == host.Index
                ? Objects.Pair(hostStack, host, workloadStack, workload, workloadStack.Addresses.List(workload.Index).Select(a => a.Prefix.Address))
                : null;
        }
        catch (NetlinkException e) when (e.Errno is Errno.ENOENT or Errno.EPERM or Errno.EACCES)
        {
            return null;   // gone meanwhile, or not ours to look into
        }
    }
}

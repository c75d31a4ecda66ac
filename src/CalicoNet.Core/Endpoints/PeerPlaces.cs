using System.Globalization;
using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>
/// Where the other ends of a namespace's links are. The kernel tells a peer's namespace as a number: it is compared with those of the named
/// namespaces, and then of those that processes are in, each asked for once and none before it is needed.
/// </summary>
public sealed class PeerPlaces
{
    private readonly NetworkStack _stack;
    private readonly Dictionary<int, NetNamespaceRef> _known = [];
    private readonly IEnumerator<NetNamespaceRef> _others = Everywhere().GetEnumerator();

    /// <summary>For the links of one namespace.</summary>
    public PeerPlaces(NetworkStack stack) => _stack = stack;

    /// <summary>The namespace of a link's peer; null where it is not to be found.</summary>
    /// <param name="link">A link of the namespace.</param>
    /// <param name="likely">Where it probably is: looked at first, which saves asking for all others.</param>
    public NetNamespaceRef? Of(Link link, NetNamespaceRef? likely = null)
    {
        ArgumentNullException.ThrowIfNull(link);
        if (link.PeerNamespaceId is not { } id)
        {
            return _stack.Namespace;
        }

        if (likely is { } guess && !_known.ContainsKey(id))
        {
            Know(guess);
        }

        while (!_known.ContainsKey(id) && _others.MoveNext())
        {
            Know(_others.Current);
        }

        return _known.TryGetValue(id, out var place) ? place : null;
    }

    private void Know(NetNamespaceRef reference)
    {
        if (_stack.NamespaceIdOf(reference) is { } id)
        {
            _known.TryAdd(id, reference);
        }
    }

    /// <summary>The process's own first: it may have no name, and then the process that is found in it need not be this one.</summary>
    private static IEnumerable<NetNamespaceRef> Everywhere()
    {
        yield return NetNamespaceRef.Own;
        foreach (var named in NetNamespaces.List())
        {
            yield return NetNamespaceRef.Parse(named.Name);
        }

        foreach (var used in NetNamespaces.InUse())
        {
            yield return NetNamespaceRef.Parse(string.Create(CultureInfo.InvariantCulture, $"/proc/{used.Process}/ns/net"));
        }
    }
}

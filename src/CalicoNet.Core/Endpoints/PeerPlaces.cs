using System.Globalization;
using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>
/// Where the other ends of a namespace's links are. The kernel tells a peer's namespace as a number; the numbers of the named namespaces
/// are asked for once, those of unnamed ones through the processes in them.
/// </summary>
public sealed class PeerPlaces
{
    private readonly NetworkStack _stack;
    private Dictionary<int, NetNamespaceRef>? _named, _unnamed;

    /// <summary>For the links of one namespace.</summary>
    public PeerPlaces(NetworkStack stack) => _stack = stack;

    /// <summary>The namespace of a link's peer; null where it is not to be found.</summary>
    public NetNamespaceRef? Of(Link link)
    {
        ArgumentNullException.ThrowIfNull(link);
        if (link.PeerNamespaceId is not { } id)
        {
            return _stack.Namespace;
        }

        // The process's own first: it may have no name, and then the process that is found in it need not be this one.
        _named ??= Index([NetNamespaceRef.Own, .. NetNamespaces.List().Select(found => NetNamespaceRef.Parse(found.Name))]);
        if (_named.TryGetValue(id, out var reference))
        {
            return reference;
        }

        _unnamed ??= Index(NetNamespaces.InUse().Select(found => NetNamespaceRef.Parse(string.Create(CultureInfo.InvariantCulture, $"/proc/{found.Process}/ns/net"))));
        return _unnamed.TryGetValue(id, out reference) ? reference : null;
    }

    private Dictionary<int, NetNamespaceRef> Index(IEnumerable<NetNamespaceRef> references)
    {
        var index = new Dictionary<int, NetNamespaceRef>();
        foreach (var reference in references)
        {
            if (_stack.NamespaceIdOf(reference) is { } id)
            {
                index.TryAdd(id, reference);
            }
        }

        return index;
    }
}

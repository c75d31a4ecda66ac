using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Finds addresses of interfaces.</summary>
internal static class AddressReader
{
    /// <summary>The addresses of some interfaces.</summary>
    public static IReadOnlyList<HostAddress> List(NetworkStack stack, IReadOnlyList<Link> links, IPFamily family, VethPair? pair = null)
    {
        var names = links.ToDictionary(link => link.Index, link => link.Name);
        return [.. stack.Addresses.List(links is [var only] ? only.Index : 0, family)
            .Where(address => names.ContainsKey(address.InterfaceIndex))
            .Select(address => Objects.Address(stack.Namespace, address, names[address.InterfaceIndex], pair))];
    }

    /// <summary>The addresses of one interface that are meant by a text: with a prefix length that very one, without any.</summary>
    /// <exception cref="CommandFault">There is none.</exception>
    public static IReadOnlyList<InterfaceAddress> Find(NetworkSession session, LinkRef link, string text)
    {
        var prefix = IPPrefix.Parse(text);
        var found = session.Stack(link.Namespace).Addresses.List(session.IndexOf(link), prefix.Family)
            .Where(address => HasLength(text) ? address.Prefix == prefix : address.Prefix.Address == prefix.Address)
            .ToList();
        return found.Count > 0 ? found : throw CommandFault.NotFound($"address {text} on interface {link}");
    }

    /// <summary>Whether an address object is meant by a text.</summary>
    public static bool IsMatch(HostAddress address, string text) => text == (HasLength(text) ? address.ToString() : address.IPAddress);

    private static bool HasLength(string text) => text.Contains('/', StringComparison.Ordinal);
}

using System.Globalization;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Finds the interfaces that are meant by names and numbers.</summary>
internal static class InterfaceReader
{
    /// <summary>The interfaces meant: all without names and numbers; with both, those numbers that have one of the names.</summary>
    /// <param name="stack">The namespace.</param>
    /// <param name="names">Names, or wildcards; null: any.</param>
    /// <param name="indexes">Numbers; null: any.</param>
    /// <param name="guard">Runs the look-up of one of them; what is not found is its fault and not that of the others.</param>
    public static IReadOnlyList<Link> Select(NetworkStack stack, string[]? names, int[]? indexes, Action<Action, object?> guard)
    {
        if (names is null && indexes is null)
        {
            return List(stack);
        }

        var patterns = names?.Select(name => new NamePattern(name)).ToList();
        List<Link> found = [];
        if (indexes is null)
        {
            foreach (var pattern in patterns!)
            {
                guard(() => found.AddRange(ByName(stack, pattern)), pattern.ToString());
            }
        }
        else
        {
            foreach (var index in indexes)
            {
                guard(() => found.Add(ByIndex(stack, index, patterns)), index);
            }
        }

        return [.. found.DistinctBy(link => link.Index)];
    }

    /// <summary>Whether names and numbers may mean several interfaces, or none.</summary>
    public static bool IsWildcard(string[]? names, int[]? indexes)
        => indexes is null && names?.All(name => !new NamePattern(name).IsWildcard) != true;

    /// <summary>An interface by its literal name.</summary>
    /// <exception cref="CommandFault">There is none.</exception>
    public static Link Find(NetworkSession session, LinkRef link)
        => session.Stack(link.Namespace).Links.Find(link.Name) ?? throw CommandFault.NotFound($"interface {link}");

    /// <summary>
    /// All interfaces as they are. A list tells those whose carrier has just come or gone as they were: their operational state follows when the
    /// kernel's link watch gets to them, within a second at the latest. Asking for one alone makes it do so at once (Linux 6.8).
    /// </summary>
    private static IReadOnlyList<Link> List(NetworkStack stack)
        => [.. stack.Links.List().Select(link => IsBehind(link) ? stack.Links.Find(link.Index) : link).OfType<Link>()];

    private static bool IsBehind(Link link) => link.IsUp && ((link.Flags & LinkFlags.LowerUp) != 0
        ? link.OperationalState is OperationalState.Down or OperationalState.LowerLayerDown
        : link.OperationalState is OperationalState.Up);

    private static IReadOnlyList<Link> ByName(NetworkStack stack, NamePattern pattern)
    {
        // One that is named is asked for alone: a host may have thousands.
        if (pattern.Literal is { } name && (!pattern.IsWildcard || Names.IsInterface(name)) && stack.Links.Find(name) is { } exact)
        {
            return [exact];
        }

        return pattern.IsWildcard
            ? pattern.Select(List(stack), link => link.Name)
            : throw CommandFault.NotFound($"interface {new LinkRef(stack.Namespace, pattern.Literal!)}");
    }

    private static Link ByIndex(NetworkStack stack, int index, List<NamePattern>? patterns)
    {
        var found = stack.Links.Find(index);
        if (found is not null && patterns?.Any(pattern => pattern.IsMatch(found.Name)) != false)
        {
            return found;
        }

        var named = patterns is null ? "" : $" named {string.Join(" or ", patterns.Select(pattern => $"'{pattern}'"))}";
        var where = stack.Namespace.IsOwn ? "" : $" in network namespace '{stack.Namespace}'";
        throw CommandFault.NotFound(string.Create(CultureInfo.InvariantCulture, $"interface {index}{named}{where}"));
    }
}

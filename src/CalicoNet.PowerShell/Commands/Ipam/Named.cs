using CalicoNet.Core;

namespace CalicoNet.Commands;

/// <summary>Things by their names.</summary>
internal static class Named
{
    /// <summary>Picks the pools that are meant.</summary>
    /// <inheritdoc cref="Select"/>
    /// <exception cref="CorruptDocumentException">The one that is named cannot be read.</exception>
    public static IReadOnlyList<IPPool> Pools(IpamSurvey survey, string name)
    {
        survey.ThrowIfCorrupt(DatastoreKey.Parse(IPPool.Kind.KeyPrefix + name));
        return Select(survey.Pools, pool => pool.Name, name, "IP pool");
    }

    /// <summary>Picks the nodes that are meant.</summary>
    /// <inheritdoc cref="Pools"/>
    public static IReadOnlyList<Node> Nodes(IpamSurvey survey, string name)
    {
        survey.ThrowIfCorrupt(DatastoreKey.Parse(Node.Kind.KeyPrefix + name));
        return Select(survey.Nodes, node => node.Name, name, "node");
    }

    /// <summary>Picks what is meant: the one of that very name, or all that match wildcards.</summary>
    /// <exception cref="CommandFault">There is none of a name without wildcards.</exception>
    private static IReadOnlyList<T> Select<T>(IReadOnlyList<T> all, Func<T, string> nameOf, string name, string what)
    {
        var pattern = new NamePattern(name);
        var found = pattern.Select(all, nameOf);
        return found.Count > 0 || pattern.IsWildcard ? found : throw CommandFault.NotFound($"{what} '{name}'");
    }
}

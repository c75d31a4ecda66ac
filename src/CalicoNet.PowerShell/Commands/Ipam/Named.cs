namespace CalicoNet.Commands;

/// <summary>Things by their names.</summary>
internal static class Named
{
    /// <summary>Picks what is meant: the one of that very name, or all that match wildcards.</summary>
    /// <exception cref="CommandFault">There is none of a name without wildcards.</exception>
    public static IReadOnlyList<T> Select<T>(IReadOnlyList<T> all, Func<T, string> nameOf, string name, string what)
    {
        var pattern = new NamePattern(name);
        var found = pattern.Select(all, nameOf);
        return found.Count > 0 || pattern.IsWildcard ? found : throw CommandFault.NotFound($"{what} '{name}'");
    }
}

using System.Management.Automation;

namespace CalicoNet;

/// <summary>
/// A name as a user gives it to a Get- cmdlet: a literal one, or wildcards. Linux tells upper and lower case apart, and allows <c>[</c> in
/// names: one with it is taken literally where such a thing exists.
/// </summary>
internal sealed class NamePattern
{
    private readonly string _text;
    private readonly WildcardPattern? _wildcard;

    public NamePattern(string text)
    {
        _text = text;
        _wildcard = WildcardPattern.ContainsWildcardCharacters(text) ? Parse(text) : null;
        Literal = text.Contains('[', StringComparison.Ordinal) && !text.Contains('`', StringComparison.Ordinal) ? text
            : IsWildcard ? null
            : WildcardPattern.Unescape(text);
    }

    /// <summary>Whether it may mean several: then nothing found is no error.</summary>
    public bool IsWildcard => _wildcard is not null;

    /// <summary>The name it is when it is taken literally; null for one that cannot be.</summary>
    public string? Literal { get; }

    /// <summary>Whether a name fits.</summary>
    public bool IsMatch(string name) => name == Literal || _wildcard?.IsMatch(name) == true;

    /// <summary>Picks what is meant of some things: the one of that very name, or all that match.</summary>
    public IReadOnlyList<T> Select<T>(IReadOnlyList<T> all, Func<T, string> nameOf)
    {
        var exact = all.Where(item => nameOf(item) == Literal).ToList();
        return exact.Count > 0 ? exact : [.. all.Where(item => IsMatch(nameOf(item)))];
    }

    public override string ToString() => _text;

    /// <summary>The pattern; null for what only looks like one: a bracket that is never closed.</summary>
    private static WildcardPattern? Parse(string text)
    {
        try
        {
            var pattern = new WildcardPattern(text, WildcardOptions.CultureInvariant);
            pattern.IsMatch("");   // the engine takes a pattern apart when it is first used
            return pattern;
        }
        catch (WildcardPatternException)
        {
            return null;
        }
    }
}

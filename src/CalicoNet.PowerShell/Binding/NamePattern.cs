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
        IsWildcard = WildcardPattern.ContainsWildcardCharacters(text);
        _wildcard = IsWildcard ? new WildcardPattern(text, WildcardOptions.CultureInvariant) : null;
        Literal = !IsWildcard ? WildcardPattern.Unescape(text) : text.Contains('[', StringComparison.Ordinal) ? text : null;
    }

    /// <summary>Whether it may mean several: then nothing found is no error.</summary>
    public bool IsWildcard { get; }

    /// <summary>The name it is when it is taken literally; null for one that cannot be.</summary>
    public string? Literal { get; }

    /// <summary>Whether a name fits.</summary>
    public bool IsMatch(string name)
    {
        if (name == Literal)
        {
            return true;
        }

        try
        {
            return _wildcard?.IsMatch(name) == true;
        }
        catch (WildcardPatternException)
        {
            return false;   // a bracket that is never closed: no pattern, only a name
        }
    }

    /// <summary>Picks what is meant of some things: the one of that very name, or all that match.</summary>
    public IReadOnlyList<T> Select<T>(IReadOnlyList<T> all, Func<T, string> nameOf)
    {
        var exact = all.Where(item => nameOf(item) == Literal).ToList();
        return exact.Count > 0 ? exact : [.. all.Where(item => IsMatch(nameOf(item)))];
    }

    public override string ToString() => _text;
}

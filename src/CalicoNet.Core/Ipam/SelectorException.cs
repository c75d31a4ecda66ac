namespace CalicoNet.Core;

/// <summary>A text that is no <see cref="Selector"/>.</summary>
public sealed class SelectorException : FormatException
{
    internal SelectorException(string selector, int position, string expected)
        : base($"'{selector}' is not a selector: at character {position + 1}, {(position < selector.Length ? $"before '{Rest(selector, position)}'" : "the end")}, {expected} was expected.")
    {
        Selector = selector;
        Position = position;
        Expected = expected;
    }

    /// <summary>The text.</summary>
    public string Selector { get; }

    /// <summary>Where it stops being one, in characters from 0; the text's length for its end.</summary>
    public int Position { get; }

    /// <summary>What was expected there.</summary>
    public string Expected { get; }

    private static string Rest(string selector, int position)
        => selector.Length - position > 20 ? string.Concat(selector.AsSpan(position, 20), "...") : selector[position..];
}

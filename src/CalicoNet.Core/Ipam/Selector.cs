using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace CalicoNet.Core;

/// <summary>
/// An expression over labels in Calico's selector language: which nodes and namespaces an IP pool serves. A value: it never changes, and
/// two of the same canonical text are equal.
/// <code>
/// all()   global()   has(key)
/// key == 'value'   key != "value"   key in {'a', 'b'}   key not in {'a'}
/// key contains 'part'   key starts with 'part'   key ends with 'part'
/// !expression   expression &amp;&amp; expression   expression || expression   (expression)
/// </code>
/// <c>!</c> binds tightest, then <c>&amp;&amp;</c>, then <c>||</c>. Keys are letters, digits and <c>_ . / -</c>; a string of either quote holds
/// anything but that quote. The empty text selects everything. A label that is absent is unequal to every value, and in no set.
/// </summary>
public sealed class Selector : IEquatable<Selector>
{
    /// <summary>How deep parentheses may nest. Nobody writes such a selector; a document may hold one.</summary>
    public const int MaxDepth = 256;

    private readonly Node _root;
    private readonly string _text;

    private Selector(Node root)
    {
        _root = root;
        _text = root.Text();
    }

    /// <summary>Selects everything: <c>all()</c>.</summary>
    public static Selector All { get; } = new(new Everything("all()"));

    /// <summary>Parses a selector.</summary>
    /// <exception cref="SelectorException">The text is none; the message holds it, the position, and what was expected there.</exception>
    public static Selector Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new SelectorParser(text).Parse() is var (root, fault) && root is not null ? new Selector(root) : throw fault!;
    }

    /// <summary>Parses a selector.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Selector? selector)
    {
        selector = text is not null && new SelectorParser(text).Parse().Root is { } root ? new Selector(root) : null;
        return selector is not null;
    }

    /// <summary>Whether it selects what has these labels.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return _root.Matches(labels);
    }

    /// <summary>The canonical text, as Calico prints it: double quotes where the value allows, sets in order, a group in parentheses.</summary>
    public override string ToString() => _text;

    /// <inheritdoc/>
    public bool Equals(Selector? other) => other is not null && _text == other._text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Selector);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    internal enum Test
    {
        Equal,
        NotEqual,
        Contains,
        StartsWith,
        EndsWith,
    }

    internal abstract class Node
    {
        public abstract bool Matches(IReadOnlyDictionary<string, string> labels);

        public abstract string Text();

        // A string literal cannot hold the quote it stands in, so one of the two always fits.
        protected static string Quoted(string value) => value.Contains('"') ? $"'{value}'" : $"\"{value}\"";
    }

    internal sealed class Everything(string text) : Node
    {
        public override bool Matches(IReadOnlyDictionary<string, string> labels) => true;

        public override string Text() => text;
    }

    internal sealed class Has(string key) : Node
    {
        public override bool Matches(IReadOnlyDictionary<string, string> labels) => labels.ContainsKey(key);

        public override string Text() => $"has({key})";
    }

    internal sealed class Compare(string key, Test test, string value) : Node
    {
        public override bool Matches(IReadOnlyDictionary<string, string> labels)
            => labels.TryGetValue(key, out var label)
                ? test switch
                {
                    Test.Equal => label == value,
                    Test.NotEqual => label != value,
                    Test.Contains => label.Contains(value, StringComparison.Ordinal),
                    Test.StartsWith => label.StartsWith(value, StringComparison.Ordinal),
                    _ => label.EndsWith(value, StringComparison.Ordinal),
                }
                : test == Test.NotEqual;

        public override string Text()
        {
            var sign = test switch
            {
                Test.Equal => "==",
                Test.NotEqual => "!=",
                Test.Contains => "contains",
                Test.StartsWith => "starts with",
                _ => "ends with",
            };
            return $"{key} {sign} {Quoted(value)}";
        }
    }

    internal sealed class In(string key, bool negated, IEnumerable<string> values) : Node
    {
        private readonly ImmutableSortedSet<string> _values = values.ToImmutableSortedSet(StringComparer.Ordinal);

        public override bool Matches(IReadOnlyDictionary<string, string> labels)
            => (labels.TryGetValue(key, out var label) && _values.Contains(label)) != negated;

        public override string Text() => $"{key} {(negated ? "not in" : "in")} {{{string.Join(", ", _values.Select(Quoted))}}}";
    }

    internal sealed class Not(Node inner) : Node
    {
        /// <summary>The opposite. That of a negation is what it negates: the canonical text has no <c>!!</c>, and reads back to the same.</summary>
        public static Node Of(Node node) => node is Not not ? not.Inner : new Not(node);

        private Node Inner => inner;

        public override bool Matches(IReadOnlyDictionary<string, string> labels) => !inner.Matches(labels);

        public override string Text() => $"!{inner.Text()}";
    }

    internal sealed class Group(bool all, IReadOnlyList<Node> nodes) : Node
    {
        public override bool Matches(IReadOnlyDictionary<string, string> labels)
        {
            foreach (var node in nodes)
            {
                if (node.Matches(labels) != all)
                {
                    return !all;
                }
            }

            return all;
        }

        public override string Text() => $"({string.Join(all ? " && " : " || ", nodes.Select(node => node.Text()))})";
    }
}

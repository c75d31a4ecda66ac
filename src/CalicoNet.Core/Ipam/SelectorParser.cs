using System.Buffers;

namespace CalicoNet.Core;

/// <summary>Reads a selector in one pass. The first fault is kept, and every step after it does nothing.</summary>
internal sealed class SelectorParser(string text)
{
    private static readonly SearchValues<char> KeyCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-");

    private SelectorException? _fault;
    private int _at;
    private int _depth;

    public (Selector.Node? Root, SelectorException? Fault) Parse()
    {
        SkipSpace();
        if (AtEnd)
        {
            return (new Selector.Everything("all()"), null);
        }

        var root = Or();
        if (_fault is null && !AtEnd)
        {
            Fail("'&&', '||' or the end");
        }

        return _fault is null ? (root, null) : (null, _fault);
    }

    private bool AtEnd => _at == text.Length;

    private Selector.Node? Or() => Group("||", all: false, And);

    private Selector.Node? And() => Group("&&", all: true, Operation);

    private Selector.Node? Group(string sign, bool all, Func<Selector.Node?> part)
    {
        var first = part();
        List<Selector.Node>? nodes = null;
        while (first is not null && Take(sign))
        {
            if (part() is not { } next)
            {
                return null;
            }

            (nodes ??= [first]).Add(next);
        }

        return nodes is null ? first : new Selector.Group(all, nodes);
    }

    private Selector.Node? Operation()
    {
        var negated = false;
        while (Take("!"))
        {
            negated = !negated;
        }

        var node = Take("(") ? Parenthesis() : Term();
        return negated && node is not null ? Selector.Not.Of(node) : node;
    }

    private Selector.Node? Parenthesis()
    {
        if (_depth == Selector.MaxDepth)
        {
            return Fail($"no more than {Selector.MaxDepth} nested parentheses");
        }

        _depth++;
        var node = Or();
        _depth--;
        return Expect(node, ")", "'&&', '||' or ')'");
    }

    private Selector.Node? Term()
    {
        if (Take("all("))
        {
            return Expect(new Selector.Everything("all()"), ")");
        }

        if (Take("global("))
        {
            return Expect(new Selector.Everything("global()"), ")");
        }

        if (Take("has("))
        {
            return Key() is { } label ? Expect(new Selector.Has(label), ")") : Fail("a label key");
        }

        return Key() is { } key ? Comparison(key) : Fail("a label key, 'has(', 'all()', 'global()', '!' or '('");
    }

    private Selector.Node? Comparison(string key)
    {
        if (Take("=="))
        {
            return Compare(key, Selector.Test.Equal);
        }

        if (Take("!="))
        {
            return Compare(key, Selector.Test.NotEqual);
        }

        if (Take("contains"))
        {
            return Compare(key, Selector.Test.Contains);
        }

        if (TakeWords("starts", "with"))
        {
            return Compare(key, Selector.Test.StartsWith);
        }

        if (TakeWords("ends", "with"))
        {
            return Compare(key, Selector.Test.EndsWith);
        }

        return TakeWords("not", "in") ? In(key, negated: true)
            : Take("in") ? In(key, negated: false)
            : Fail("'==', '!=', 'in', 'not in', 'contains', 'starts with' or 'ends with'");
    }

    private Selector.Compare? Compare(string key, Selector.Test test) => Literal() is { } value ? new Selector.Compare(key, test, value) : null;

    private Selector.Node? In(string key, bool negated)
    {
        if (!Take("{"))
        {
            return Fail("'{'");
        }

        var values = new List<string>();
        // As in Calico's, a set may be empty, and its last comma may be followed by nothing.
        while (!Take("}"))
        {
            if (Literal("a string or '}'") is not { } value)
            {
                return null;
            }

            values.Add(value);
            if (!Take(",") && !(text.AsSpan(_at).StartsWith("}", StringComparison.Ordinal)))
            {
                return Fail("',' or '}'");
            }
        }

        return new Selector.In(key, negated, values);
    }

    private string? Literal(string expected = "a string in quotes")
    {
        if (AtEnd || text[_at] is not ('"' or '\''))
        {
            Fail(expected);
            return null;
        }

        var end = text.IndexOf(text[_at], _at + 1);
        if (end < 0)
        {
            var quote = text[_at];
            _at = text.Length;
            Fail($"the closing {quote}");
            return null;
        }

        var value = text[(_at + 1)..end];
        _at = end + 1;
        SkipSpace();
        return value;
    }

    private string? Key()
    {
        var length = text.AsSpan(_at).IndexOfAnyExcept(KeyCharacters);
        var key = text.Substring(_at, length < 0 ? text.Length - _at : length);
        _at += key.Length;
        SkipSpace();
        return key.Length == 0 ? null : key;
    }

    private Selector.Node? Expect(Selector.Node? node, string sign, string? expected = null)
        => node is null || Take(sign) ? node : Fail(expected ?? $"'{sign}'");

    private bool Take(string sign)
    {
        if (!text.AsSpan(_at).StartsWith(sign, StringComparison.Ordinal))
        {
            return false;
        }

        _at += sign.Length;
        SkipSpace();
        return true;
    }

    /// <summary>Two words, with or without space between them.</summary>
    private bool TakeWords(string first, string second)
    {
        var start = _at;
        if (Take(first) && Take(second))
        {
            return true;
        }

        _at = start;
        return false;
    }

    // Space and tab only, as in Calico: a selector it would refuse must not look right here.
    private void SkipSpace()
    {
        while (_at < text.Length && text[_at] is ' ' or '\t')
        {
            _at++;
        }
    }

    private Selector.Node? Fail(string expected)
    {
        _fault ??= new SelectorException(text, _at, expected);
        return null;
    }
}

using CsCheck;

namespace CalicoNet.Core.Tests.Ipam;

public sealed class SelectorTests
{
    private static readonly string[] Keys = ["a", "b", "zone", "kubernetes.io/hostname", "has", "in", "contains", "not", "all", "x_y-z"];
    private static readonly string[] Values = ["", "a", "b", "east", "it's", "say \"x\"", "!has(a)", "ä€"];

    private static readonly Gen<string> Key = Gen.OneOf(Keys);
    private static readonly Gen<string> Value = Gen.OneOf(Values);
    private static readonly Gen<Dictionary<string, string>> Labels = Gen.Dictionary(Key, Value)[0, 5];

    /// <summary>An expression's text beside what it means, told by plain functions.</summary>
    private sealed record Expression(string Text, Func<Dictionary<string, string>, bool> Meaning);

    private static readonly Gen<Expression> Leaf = Gen.OneOf(
        Gen.OneOf(new Expression("all()", _ => true), new Expression(" global( )", _ => true)),
        Key.Select(key => new Expression($"has( {key} )", labels => labels.ContainsKey(key))),
        Gen.Select(Key, Value, Gen.Int[0, 4]).Select((key, value, operation) => operation switch
        {
            0 => new Expression($"{key}=={Quote(value)}", labels => labels.TryGetValue(key, out var label) && label == value),
            1 => new Expression($"{key} != {Quote(value)}", labels => !labels.TryGetValue(key, out var label) || label != value),
            2 => new Expression($"{key} contains{Quote(value)}", labels => labels.TryGetValue(key, out var label) && label.Contains(value, StringComparison.Ordinal)),
            3 => new Expression($"{key} startswith {Quote(value)}", labels => labels.TryGetValue(key, out var label) && label.StartsWith(value, StringComparison.Ordinal)),
            _ => new Expression($"{key} ends \t with {Quote(value)}", labels => labels.TryGetValue(key, out var label) && label.EndsWith(value, StringComparison.Ordinal)),
        }),
        Gen.Select(Key, Value.Array[0, 4], Gen.Bool).Select((key, values, negated) => new Expression(
            $"{key} {(negated ? "notin" : "in")}{{{string.Join(',', values.Select(Quote))}}}",
            labels => (labels.TryGetValue(key, out var label) && values.Contains(label)) != negated)));

    private static readonly Gen<Expression> Any = Gen.Recursive<Expression>((depth, inner) => depth > 4 ? Leaf : Gen.Frequency(
        (2, Leaf),
        (1, inner.Select(one => new Expression($"!({one.Text})", labels => !one.Meaning(labels)))),
        (1, inner.Select(one => new Expression($"! !( {one.Text}\t)", one.Meaning))),
        (1, Leaf.Select(one => new Expression($"!{one.Text}", labels => !one.Meaning(labels)))),
        (1, inner.Array[2, 3].Select(many => new Expression($"({string.Join(")&&(", many.Select(one => one.Text))})", labels => many.All(one => one.Meaning(labels))))),
        (1, inner.Array[2, 3].Select(many => new Expression($"({string.Join(") || (", many.Select(one => one.Text))})", labels => many.Any(one => one.Meaning(labels))))),
        (1, Leaf.Array[3].Select(many => new Expression(
            $"{many[0].Text} || {many[1].Text} && {many[2].Text}",
            labels => many[0].Meaning(labels) || (many[1].Meaning(labels) && many[2].Meaning(labels)))))));

    [Fact]
    public void It_selects_what_its_parts_say() => Gen.Select(Any, Labels).Sample((expression, labels) =>
        Selector.Parse(expression.Text).Matches(labels) == expression.Meaning(labels));

    [Fact]
    public void Its_text_reads_back_to_itself() => Any.Sample(expression =>
    {
        var selector = Selector.Parse(expression.Text);
        var again = Selector.Parse(selector.ToString());
        Assert.Equal(selector, again);
        Assert.Equal(selector.ToString(), again.ToString());
        Assert.Equal(selector.GetHashCode(), again.GetHashCode());
    });

    // What Calico prints, of its own tests' inputs.
    [Theory]
    [InlineData("", "all()")]
    [InlineData(" \t ", "all()")]
    [InlineData(" (all() )", "all()")]
    [InlineData("global()", "global()")]
    [InlineData("! (has( b)||! has(a ))", "!(has(b) || !has(a))")]
    [InlineData("! (a == \"b\"&&! c != \"d\")", "!(a == \"b\" && !c != \"d\")")]
    [InlineData("a == '\"'", "a == '\"'")]
    [InlineData("a == \"'\"", "a == \"'\"")]
    [InlineData("a=='b'", "a == \"b\"")]
    [InlineData("a startswith 'x'", "a starts with \"x\"")]
    [InlineData("a in {'z', \"z\", 'x', 'y', 'x', 'a',}", "a in {\"a\", \"x\", \"y\", \"z\"}")]
    [InlineData("a not in {}", "a not in {}")]
    [InlineData("!!!has(a)", "!has(a)")]
    [InlineData("!(!has(a))", "has(a)")]
    [InlineData("contains contains 'contains'", "contains contains \"contains\"")]
    [InlineData("has == 'x' && in in {'in'}", "(has == \"x\" && in in {\"in\"})")]
    [InlineData("k == 'v' && has(t) || all()", "((k == \"v\" && has(t)) || all())")]
    public void Its_text_is_Calicos(string text, string canonical) => Assert.Equal(canonical, Selector.Parse(text).ToString());

    [Theory]
    [InlineData("b == b", 5, "a string in quotes")]
    [InlineData("b contains b", 11, "a string in quotes")]
    [InlineData("'b1' == b", 0, "a label key, 'has(', 'all()', 'global()', '!' or '('")]
    [InlineData("b", 1, "'==', '!=', 'in', 'not in', 'contains', 'starts with' or 'ends with'")]
    [InlineData("a b", 2, "'==', '!=', 'in', 'not in', 'contains', 'starts with' or 'ends with'")]
    [InlineData("a starts 'b'", 2, "'==', '!=', 'in', 'not in', 'contains', 'starts with' or 'ends with'")]
    [InlineData("a = 'b'", 2, "'==', '!=', 'in', 'not in', 'contains', 'starts with' or 'ends with'")]
    [InlineData("!", 1, "a label key, 'has(', 'all()', 'global()', '!' or '('")]
    [InlineData("foo == \"bar\" &", 13, "'&&', '||' or the end")]
    [InlineData("foo == \"bar\" |", 13, "'&&', '||' or the end")]
    [InlineData("has(foo) &&", 11, "a label key, 'has(', 'all()', 'global()', '!' or '('")]
    [InlineData("foo in {\"\", ||", 12, "a string or '}'")]
    [InlineData("foo in {'a' 'b'}", 12, "',' or '}'")]
    [InlineData("foo in \"\"", 7, "'{'")]
    [InlineData("a == \"FOO'", 10, "the closing \"")]
    [InlineData("a == 'FOO", 9, "the closing '")]
    [InlineData("(a == \"foo\"", 11, "'&&', '||' or ')'")]
    [InlineData(")", 0, "a label key, 'has(', 'all()', 'global()', '!' or '('")]
    [InlineData("()", 1, "a label key, 'has(', 'all()', 'global()', '!' or '('")]
    [InlineData("a == \"b\" && %", 12, "a label key, 'has(', 'all()', 'global()', '!' or '('")]
    [InlineData("has()", 4, "a label key")]
    [InlineData("has(a b)", 6, "')'")]
    [InlineData("all", 3, "'==', '!=', 'in', 'not in', 'contains', 'starts with' or 'ends with'")]
    [InlineData("all(x)", 4, "')'")]
    [InlineData("all()\n", 5, "'&&', '||' or the end")]
    public void What_is_none_is_refused_where_it_goes_wrong(string text, int position, string expected)
    {
        var refused = Assert.Throws<SelectorException>(() => Selector.Parse(text));

        Assert.Equal((text, position, expected), (refused.Selector, refused.Position, refused.Expected));
        Assert.Contains($"'{text}' is not a selector: at character {position + 1}", refused.Message, StringComparison.Ordinal);
        Assert.False(Selector.TryParse(text, out _));
    }

    [Fact]
    public void Any_text_is_a_selector_or_gives_the_one_error()
    {
        // Texts of its own parts in any order, and expressions with a piece cut out: nearly right ones find more than noise does.
        var pieces = Gen.OneOf("a", "has(", "all(", ")", "(", "!", "&&", "||", "&", "==", "!=", "=", "in", "not", "{", "}", ",", "'", "\"", "starts", "with", " ", "\t", "\n", "\0", "é")
            .Array[0, 12].Select(string.Concat);
        var cut = Gen.Select(Any, Gen.Int[0, 60], Gen.Int[0, 3]).Select((expression, at, length) =>
            expression.Text.Remove(Math.Min(at, expression.Text.Length), Math.Min(length, expression.Text.Length - Math.Min(at, expression.Text.Length))));
        Gen.OneOf(Gen.String, pieces, cut).Sample(text =>
        {
            try
            {
                var selector = Selector.Parse(text);
                Assert.Equal(selector, Selector.Parse(selector.ToString()));
                Assert.True(Selector.TryParse(text, out _));
            }
            catch (SelectorException refused)
            {
                Assert.InRange(refused.Position, 0, text.Length);
                Assert.False(Selector.TryParse(text, out _));
            }
        });
    }

    [Fact]
    public void Deep_nesting_is_refused_and_deep_enough_nesting_works()
    {
        static string Nested(int depth, string open) => string.Concat(Enumerable.Repeat(open, depth)) + "has(a)" + new string(')', depth);

        Assert.Equal("has(a)", Selector.Parse(Nested(Selector.MaxDepth, "(")).ToString());
        var deep = Selector.Parse(Nested(Selector.MaxDepth, "!(has(b) || "));
        Assert.Equal(deep, Selector.Parse(deep.ToString()));
        Assert.Throws<SelectorException>(() => Selector.Parse(Nested(Selector.MaxDepth + 1, "(")));
        Assert.Throws<SelectorException>(() => Selector.Parse(Nested(1_000_000, "(")));
        Assert.Equal("!has(a)", Selector.Parse(new string('!', 1_000_001) + "has(a)").ToString());
        Assert.Equal(2, Selector.Parse(string.Join(" && ", Enumerable.Repeat("has(a)", 100_000))).ToString().Split("(has(a) && has(a)").Length);
    }

    private static string Quote(string value) => value.Contains('\'') ? $"\"{value}\"" : $"'{value}'";
}

using System.Text.RegularExpressions;
using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Help;

/// <summary>A cmdlet's page in docs/en-US, taken apart.</summary>
internal sealed partial class HelpPage
{
    private readonly Dictionary<string, string> _sections;

    private HelpPage(string name, string text)
    {
        Name = name;
        Text = text;
        _sections = Parts(text, "## ").ToDictionary(part => part.Title, part => part.Body);
        Parameters = Parts(_sections["PARAMETERS"], "### ").Where(part => part.Title.StartsWith('-'))
            .ToDictionary(part => part.Title[1..], part => Words(part.Body[..part.Body.IndexOf("```", StringComparison.Ordinal)]));
        Examples = [.. Parts(_sections["EXAMPLES"], "### ").Select(part => Code().Match(part.Body).Groups[1].Value.TrimEnd())];
    }

    public string Name { get; }

    public string Text { get; }

    public string Synopsis => Words(_sections["SYNOPSIS"]);

    /// <summary>Descriptions by the parameters' names.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; }

    /// <summary>The code of each example.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <summary>What the page says of each parameter in each set: whether it is mandatory, has a position, and binds by value and by name.</summary>
    /// <param name="sets">The sets that "(All)" stands for.</param>
    public IEnumerable<string> Bindings(IEnumerable<string> sets)
        => from part in Parts(_sections["PARAMETERS"], "### ")
           where part.Title.StartsWith('-')
           from Match match in Set().Matches(part.Body)
           from set in match.Groups[1].Value == "(All)" ? sets : [match.Groups[1].Value]
           select $"{set} {part.Title} {Words(match, 3)} {match.Groups[2].Value != "Named"} {Words(match, 4)} {Words(match, 5)}";

    private static string Words(Match match, int group) => match.Groups[group].Value == "true" ? bool.TrueString : bool.FalseString;

    public static string Folder => Repository.At("docs", "en-US");

    public static IEnumerable<string> Names => Directory.EnumerateFiles(Folder, "*-*.md").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    public static HelpPage Read(string name) => new(name, File.ReadAllText(Path.Combine(Folder, $"{name}.md")));

    /// <summary>A text without its line breaks.</summary>
    public static string Words(string text) => Spaces().Replace(text, " ").Trim();

    private static IEnumerable<(string Title, string Body)> Parts(string text, string mark)
    {
        foreach (var part in $"\n{text}".Split($"\n{mark}").Skip(1))
        {
            var end = part.IndexOf('\n', StringComparison.Ordinal);
            yield return end < 0 ? (part.Trim(), "") : (part[..end].Trim(), part[(end + 1)..]);
        }
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"- Name: (\S+)\n  Position: (\w+)\n  IsRequired: (\w+)\n  ValueFromPipeline: (\w+)\n  ValueFromPipelineByPropertyName: (\w+)")]
    private static partial Regex Set();

    [GeneratedRegex("```powershell\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Code();
}

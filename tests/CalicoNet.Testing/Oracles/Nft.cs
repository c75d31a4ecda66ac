using System.Text.Json;

namespace CalicoNet.Testing;

/// <summary>nftables as the oracle of the rule set, and as the hand that arranges or disturbs it.</summary>
public sealed class Nft
{
    private readonly string _netns;

    private Nft(string netns) => _netns = netns;

    public static Nft In(string netns) => new(netns);

    /// <summary>Every object of the rule set, each `{"table": {...}}`, `{"chain": {...}}`, `{"rule": {...}}` and so on, as `nft -j list ruleset` has them.</summary>
    public IReadOnlyList<JsonElement> Ruleset() =>
        [.. Command(["-j", "list", "ruleset"]).Json().GetProperty("nftables").EnumerateArray().Where(entry => !entry.TryGetProperty("metainfo", out _))];

    /// <summary>The objects of one kind, unwrapped: <c>Objects("rule")</c>.</summary>
    public IReadOnlyList<JsonElement> Objects(string kind) =>
        [.. Ruleset().Where(entry => entry.TryGetProperty(kind, out _)).Select(entry => entry.GetProperty(kind))];

    /// <summary>The tables as one names them: `inet caliconet`.</summary>
    public IReadOnlyList<string> Tables() => [.. Objects("table").Select(table => $"{table.Text("family")} {table.Text("name")}")];

    /// <summary>The rule set as nft writes it, counters and other state left out: equal texts are equal rule sets.</summary>
    public string Text() => Command(["-s", "list", "ruleset"]).Output;

    /// <summary>One command, without the word `nft`: <c>Run("add table inet t")</c>.</summary>
    public ExecResult Run(string command) => Command([command]);

    /// <summary>A whole file of commands, as one transaction.</summary>
    public void RunScript(string text)
    {
        Requires.Nftables();
        Exec.Feed(_netns, text, "nft", "-f", "-");
    }

    private ExecResult Command(string[] arguments)
    {
        Requires.Nftables();
        return Exec.In(_netns, "nft", arguments);
    }
}

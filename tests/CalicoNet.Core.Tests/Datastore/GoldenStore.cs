using System.Text.Json;
using CalicoNet.Testing;

namespace CalicoNet.Core.Tests;

/// <summary>What real Calico (v3.32.1) stored: every document that any stage of <c>golden/calico/datastore</c> holds, once.</summary>
internal static class GoldenStore
{
    public sealed record Entry(string Stage, string Key, string Value);

    /// <summary>Every document of every stage, without repetitions.</summary>
    public static IReadOnlyList<Entry> All()
    {
        var seen = new HashSet<(string, string)>();
        return [.. Directory.GetFiles(Requires.Golden("calico", "datastore"), "*.json").Order(StringComparer.Ordinal)
            .SelectMany(Read)
            .Where(entry => seen.Add((entry.Key, entry.Value)))];
    }

    /// <summary>The documents of one stage.</summary>
    public static IReadOnlyList<Entry> Stage(string name) => [.. Read(Requires.Golden("calico", "datastore", $"{name}.json"))];

    private static IEnumerable<Entry> Read(string file)
    {
        using var stage = JsonDocument.Parse(File.ReadAllText(file));
        foreach (var entry in stage.RootElement.GetProperty("entries").EnumerateArray())
            yield return new Entry(Path.GetFileNameWithoutExtension(file), entry.GetProperty("key").GetString()!, entry.GetProperty("value").GetString()!);
    }
}

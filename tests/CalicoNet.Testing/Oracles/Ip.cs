using System.Text;
using System.Text.Json;

namespace CalicoNet.Testing;

/// <summary>iproute2 as the oracle of what the kernel holds, and as the hand that arranges or disturbs it.</summary>
public sealed class Ip
{
    private readonly string? _netns;

    private Ip(string? netns) => _netns = netns;

    /// <summary>This process's own namespace. Only to look, and for what `ip netns` does.</summary>
    public static Ip Here { get; } = new(null);

    public static Ip In(string netns) => new(netns);

    public IReadOnlyList<LinkRow> Links() => [.. Json("-d link show").EnumerateArray().Select(LinkRow.From)];

    /// <summary>The link of that name, or null.</summary>
    public LinkRow? Link(string name) => Links().SingleOrDefault(link => link.Name == name);

    public IReadOnlyList<AddressRow> Addresses() =>
        [.. Json("address show").EnumerateArray().SelectMany(link => link.GetProperty("addr_info").EnumerateArray().Select(address => AddressRow.From(link, address)))];

    /// <summary>Routes of one family (4 or 6) or of both (0).</summary>
    public IReadOnlyList<RouteRow> Routes(int family = 0, string table = "main") =>
        [.. Families(family).SelectMany(f => RoutesOf(f, table).EnumerateArray().Select(route => RouteRow.From(f, table, route)))];

    public IReadOnlyList<NeighborRow> Neighbors() => [.. Json("neighbor show").EnumerateArray().Select(NeighborRow.From)];

    public IReadOnlyList<RuleRow> Rules(int family = 0) =>
        [.. Families(family).SelectMany(f => Json($"-{f} rule show").EnumerateArray().Select(rule => RuleRow.From(f, rule)))];

    /// <summary>Anything `ip -j` can show, as it comes: <c>Json("-s link show dev eth0")</c>.</summary>
    public JsonElement Json(string arguments) => Run("-j " + arguments).Json();

    /// <summary>Many of those in one process, for the price of one: an answer for every command, in their order.</summary>
    /// <param name="options">Of `ip` itself, for all of them: `-6 -d`.</param>
    /// <param name="commands">Each without the word `ip` and without options of it: `link show`.</param>
    public IReadOnlyList<JsonElement> JsonOf(string options, params string[] commands)
    {
        Requires.Iproute2();
        var output = Exec.Feed(_netns, string.Join('\n', commands) + '\n', "ip", ["-j", .. options.Split(' '), "-batch", "-"]).Output;
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(output), new JsonReaderOptions { AllowMultipleValues = true });
        List<JsonElement> answers = [];
        while (reader.Read())
            answers.Add(JsonElement.ParseValue(ref reader));
        return answers.Count == commands.Length ? answers : throw new InvalidDataException($"{answers.Count} answers to {commands.Length} commands: {output}");
    }

    /// <summary>One command, without the word `ip`; throws what it said when it fails.</summary>
    public ExecResult Run(string arguments)
    {
        Requires.Iproute2();
        string[] split = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return _netns is null ? Exec.Run("ip", split) : Exec.In(_netns, "ip", split);
    }

    /// <summary>Many commands in one process, a line each; the first that fails ends it and throws.</summary>
    public void RunBatch(params string[] lines)
    {
        Requires.Iproute2();
        Exec.Feed(_netns, string.Join('\n', lines) + '\n', "ip", "-batch", "-");
    }

    private JsonElement RoutesOf(int family, string table)
    {
        try
        {
            return Json($"-{family} -d route show table {table}");
        }
        catch (ExecException e) when (e.Result.Error.Contains("FIB table does not exist", StringComparison.Ordinal))
        {
            return JsonSerializer.Deserialize<JsonElement>("[]"); // a table exists once it has had a route: an empty one, to a test
        }
    }

    private static int[] Families(int family) => family switch
    {
        0 => [4, 6],
        4 or 6 => [family],
        _ => throw new ArgumentOutOfRangeException(nameof(family), family, "4, 6, or 0 for both"),
    };
}

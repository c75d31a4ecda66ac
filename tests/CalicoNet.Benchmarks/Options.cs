using System.Globalization;

namespace CalicoNet.Benchmarks;

/// <summary>What was asked for on the command line.</summary>
internal sealed record Options
{
    public const string Usage = """
        The speed table: every row a ratio, ours and the peer's in turn, in namespaces of their own. As root.
          dotnet run -c Release --project tests/CalicoNet.Benchmarks [-- OPTIONS]
            --rounds N     how often each row is measured (5)
            --only TEXT    only rows with this text in their names
            --write FILE   writes the page, too
        """;

    private const string InsideFlag = "--inside";

    public int Rounds { get; private set; } = 5;

    public string? Only { get; private set; }

    public string? Write { get; private set; }

    /// <summary>A module whose import this process times, and nothing else.</summary>
    public string? ImportOnly { get; private set; }

    /// <summary>Whether this process runs in its own namespaces already.</summary>
    public bool IsInside { get; private set; }

    /// <summary>Null where the arguments say nothing that can be done.</summary>
    public static Options? Parse(string[] args)
    {
        var options = new Options();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == InsideFlag)
            {
                options.IsInside = true;
                continue;
            }

            var (name, value) = (args[i], i + 1 < args.Length ? args[++i] : null);
            switch (name)
            {
                case "--rounds" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) && rounds > 0:
                    options.Rounds = rounds;
                    break;
                case "--only" when value is not null:
                    options.Only = value;
                    break;
                case "--write" when value is not null:
                    options.Write = value;
                    break;
                case "--import" when value is not null:
                    options.ImportOnly = value;
                    break;
                default:
                    return null;
            }
        }

        return options;
    }

    public static IEnumerable<string> ForInside(string[] args) => [.. args, InsideFlag];
}

using System.Globalization;

namespace CalicoNet.Benchmarks;

internal sealed record Options(int Rounds, string? Only, string? Write, string? ImportOnly, bool IsInside)
{
    private const string InsideFlag = "--inside";

    public static Options Parse(string[] args)
    {
        string? Value(string name)
        {
            var index = Array.IndexOf(args, name);
            return index >= 0 && index + 1 < args.Length ? args[index + 1] : null;
        }

        var rounds = int.TryParse(Value("--rounds"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : 5;
        return new Options(rounds, Value("--only"), Value("--write"), Value("--import"), args.Contains(InsideFlag));
    }

    public static IEnumerable<string> ForInside(string[] args) => [.. args, InsideFlag];
}

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace CalicoNet.Benchmarks;

/// <summary>Prints the rows as they come, and writes them as a page where asked.</summary>
internal sealed class Report(Options options) : IDisposable
{
    private readonly StringBuilder _page = new();
    private bool _begun;

    public void Add(Row row, int rounds)
    {
        if (!_begun)
        {
            _begun = true;
            Line("| work | against | ours, ms | peer, ms | ratio: median (least - most) | target | met |");
            Line("| --- | --- | ---: | ---: | --- | --- | --- |");
        }

        if (row.Missing is { } missing)
        {
            Line($"| {Cell(row.Work)} | {Cell(row.Against)} | | | {missing} | {row.Target} | |");
            return;
        }

        try
        {
            row.WarmUp();
            var measured = Enumerable.Range(0, rounds).Select(row.Measure).ToList();
            var faster = row.AtLeast is not null;
            var ratios = measured.Select(m => faster ? m.Peer / m.Ours : m.Ours / m.Peer).Order().ToList();
            var median = ratios[ratios.Count / 2];
            var met = row.AtLeast is { } least ? median >= least : row.AtMost is { } most ? median <= most : (bool?)null;
            Line(string.Create(
                CultureInfo.InvariantCulture,
                $"| {Cell(row.Work)} | {Cell(row.Against)} | {Median(measured.Select(m => m.Ours)):f3} | {Median(measured.Select(m => m.Peer)):f3} | {median:f2} x{(faster ? " faster" : "")} ({ratios[0]:f2} - {ratios[^1]:f2}) | {row.Target} | {met switch { true => "yes", false => "**no**", _ => "" }} |"));
        }
        finally
        {
            row.CleanUp();
        }
    }

    public void Close()
    {
        if (options.Write is not { } file)
        {
            return;
        }

        var page = new StringBuilder();
        page.AppendLine("# Performance").AppendLine();
        page.AppendLine("Every figure is a ratio taken in one run on one machine, ours and the peer's in turn, in a namespace that plays the host. Absolute times are there");
        page.AppendLine("for orientation. Measure it again, as root, with gcc and iproute2 (and pwsh where it is):").AppendLine();
        page.AppendLine("    dotnet run -c Release --project tests/CalicoNet.Benchmarks -- --write docs/performance.md").AppendLine();
        page.AppendLine("The peers' sources are in `tests/CalicoNet.Benchmarks/Peers`. Endpoints are as `floor.c` makes them - in a new namespace, IPv4, without NAT - unless said");
        page.AppendLine("otherwise; ours have more: ownership marks, a permanent neighbor, strict source checks, a loopback interface that is up.").AppendLine();
        page.AppendLine(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-dd}, Linux {Environment.OSVersion.Version}, {Environment.ProcessorCount} processors, {RuntimeInformation.FrameworkDescription}, {options.Rounds} rounds.").AppendLine();
        page.Append(_page);
        File.WriteAllText(file, page.ToString());
    }

    public void Dispose() => _page.Clear();

    internal static double Median(IEnumerable<double> values)
    {
        var ordered = values.Order().ToList();
        return ordered[ordered.Count / 2];
    }

    /// <summary>A pipeline's bar would end the table's cell.</summary>
    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private void Line(string text)
    {
        Console.WriteLine(text);
        _page.AppendLine(text);
    }
}

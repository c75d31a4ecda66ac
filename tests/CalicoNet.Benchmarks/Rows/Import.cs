using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using CalicoNet.Shell;
using CalicoNet.Testing;

namespace CalicoNet.Benchmarks.Rows;

/// <summary><c>Import-Module</c> in a fresh process, against a binary module with one cmdlet that does nothing.</summary>
internal sealed class Import : Row
{
    // One import is 70 to 140 ms in which the runtime compiles: the next process's differs by a tenth.
    private const int Processes = 7;

    private static readonly string Empty = Path.Combine(
        Repository.Root, "tests", "CalicoNet.EmptyModule", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "CalicoNet.EmptyModule.psd1");

    public override string Work => "Import-Module CalicoNet";

    public override string Against => "an empty binary module";

    public override double? AtMost => 2;

    public override void WarmUp() => Measure(-1);

    /// <summary>The medians of some processes of each, in turn.</summary>
    public override (double Ours, double Peer) Measure(int round)
    {
        var times = Enumerable.Range(0, Processes).Select(_ => (Ours: InNewProcess(StagedModule.Find()), Peer: InNewProcess(Empty))).ToList();
        return (Report.Median(times.Select(time => time.Ours)), Report.Median(times.Select(time => time.Peer)));
    }

    /// <summary>In the new process: an open engine, then the import alone.</summary>
    public static void TimeHere(string module)
    {
        using var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();
        using var shell = PowerShell.Create(runspace);
        shell.AddScript("1 | ForEach-Object { $_ }").Invoke();
        shell.Commands.Clear();
        var watch = Stopwatch.StartNew();
        shell.AddCommand("Import-Module").AddParameter("Name", module).AddParameter("ErrorAction", "Stop").Invoke();
        Console.WriteLine(watch.Elapsed.TotalMilliseconds.ToString("r", CultureInfo.InvariantCulture));
    }

    private static double InNewProcess(string module)
        => double.Parse(Exec.Run(Environment.ProcessPath!, "--import", module).Output.Trim(), CultureInfo.InvariantCulture);
}

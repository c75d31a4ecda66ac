using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Shell;

/// <summary>The shell is killed in the middle of its work: what it left is found, and goes.</summary>
public sealed class KillTests
{
    private const int Count = 50, Runs = 12;

    private const string Script = """
        param($p, $h, $d)
        'begin'
        $made = 1..50 | New-CalicoEndpoint -Name { "${p}web$_" } -IPAddress { "10.65.0.$_" } -HostNetNamespace $h -Datastore $d
        'made'
        $made | Remove-CalicoEndpoint
        'removed'
        """;

    [Fact]
    public void Whatever_moment_it_is_killed_at_nothing_stays_for_good_and_nothing_of_others_goes()
    {
        using var lab = Lab.Create();
        using var folder = new TempDirectory();
        var script = folder.File("cycle.ps1");
        File.WriteAllText(script, Script);
        var theirs = lab.Sandbox.AddNamespace("theirs");
        lab.Run("param($theirs) New-CalicoEndpoint other 10.66.0.1 -NetNamespace $theirs -HostNetNamespace $h", theirs);
        var before = KernelState.Of(lab.Sandbox, [theirs]);

        var random = new Random(20260726);
        for (var run = 0; run < Runs; run++)
        {
            // The moment is chosen by what is done, not by the clock: after so many namespaces have come, or have gone again.
            var moment = random.Next(1, Count);
            var whileRemoving = run % 3 == 2;
            using (var shell = ProcessRunner.Start(
                ProcessRunner.DotnetHost, ["exec", ShellProcess.Assembly, script, lab.Prefix, lab.HostName, lab.DatastorePath], ProcessRunner.ToBeKilled(folder)))
            {
                SpinWait.SpinUntil(() => shell.HasExited || (whileRemoving ? shell.Output.Contains("made", StringComparison.Ordinal) && !Netns.Exists($"{lab.Prefix}web{moment}") : Netns.Exists($"{lab.Prefix}web{moment}")), Exec.Timeout);
                shell.Kill();
                shell.WaitForExit();
            }

            if (run % 2 == 0)
            {
                var result = ShellProcess.Run(script, lab.Prefix, lab.HostName, lab.DatastorePath);
                Assert.DoesNotContain("removed\nremoved", result.Output, StringComparison.Ordinal);
            }

            // What the second run found whole it could not make again: that is removed by its name, with whatever else is left.
            lab.Host.Run("Remove-CalicoEndpoint (1..50 | ForEach-Object { \"${p}web$_\" }) -HostNetNamespace $h");

            Assert.Equal([theirs], lab.Workloads());
            Assert.Single(lab.EndpointLinks());
            Assert.Single(lab.Run("Get-CalicoEndpoint -HostNetNamespace $h").Output);
            Assert.Equal(before, KernelState.Of(lab.Sandbox, [theirs]));
        }
    }
}

using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Shell;

public sealed class SandboxOptionTests
{
    // A sandbox has no default route, so nothing would answer for the gateway: pinned, or a warning says so.
    private const string MakeAndShow = "$null = New-CalicoEndpoint web 10.65.0.2 -StaticNeighbor Enabled; (Get-CalicoEndpoint web).Status; (Get-CalicoEndpoint web).NetNamespace; exit 9";

    [Fact]
    public void Roots_sandbox_leaves_the_machine_alone_and_keeps_the_exit_code()
    {
        Requires.Root();
        var machine = KernelState.OfMachine();

        var result = ShellProcess.Run("--sandbox", "-Command", MakeAndShow);

        Assert.Equal(9, result.ExitCode);
        Assert.Equal("Ready\nweb\n", result.Output);
        Assert.Empty(result.Error);
        Assert.False(Netns.Exists("web"));
        Assert.Equal(machine, KernelState.OfMachine());
    }

    [Fact]
    public void An_unprivileged_users_sandbox_has_all_rights_inside()
    {
        if (!ShellProcess.AsNobody("unshare", "--user", "--map-root-user", "--net", "--mount", "true").Succeeded)
        {
            throw new SkipException("unprivileged user namespaces are not allowed here");
        }

        var result = ShellProcess.RunAsNobody("--sandbox", "-Command", MakeAndShow);

        Assert.Empty(result.Error);
        Assert.Equal(9, result.ExitCode);
        Assert.Equal("Ready\nweb\n", result.Output);
        Assert.False(Netns.Exists("web"));
    }

    [Fact]
    public void A_script_and_its_arguments_reach_the_sandbox()
    {
        Requires.Root();
        using var folder = new TempDirectory();
        var script = folder.File("in the sandbox.ps1");
        File.WriteAllText(script, "param([string] $Name, [switch] $Loud)\n\"$Name|$Loud\"");

        Assert.Equal("a b|True\n", ShellProcess.Run("--sandbox", script, "-Name", "a b", "-Loud").OrThrow().Output);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void A_signal_to_the_one_process_that_was_started_ends_the_sandbox(string signal, int code)
    {
        Requires.Root();
        using var shell = ShellProcess.Start("--sandbox", "-Command", "\"pid $PID\"; while ($true) { [Threading.Thread]::Sleep(10) }");
        shell.WaitForOutput("\n");
        var inner = int.Parse(shell.Output.Split(' ', '\n')[1], null);

        ShellProcess.Signal(shell, signal);

        Assert.Equal(code, shell.WaitForExit().ExitCode);
        Assert.True(Deadline.Until(() => !Directory.Exists($"/proc/{inner}"), Exec.Timeout), "the shell inside lives on");
    }
}

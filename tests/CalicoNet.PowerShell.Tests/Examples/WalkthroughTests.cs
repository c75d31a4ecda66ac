using CalicoNet.PowerShell.Tests.Shell;
using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Examples;

public sealed class WalkthroughTests
{
    private static readonly string Script = Repository.At("docs", "examples", "walkthrough.ps1");

    [Fact]
    public void Every_step_comes_out_as_told_in_the_Shell()
    {
        Requires.Root();
        using var shell = new ShellRun();

        var result = shell.Run("--sandbox", Script);

        Assert.Equal(0, result.ExitCode);
        Assert.EndsWith("All as told.", result.Output.TrimEnd(), StringComparison.Ordinal);
        Assert.DoesNotContain("NOT AS TOLD", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_step_comes_out_as_told_in_pwsh()
    {
        Requires.Root();
        Requires.Pwsh();

        var result = Exec.Try("unshare", "--net", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /run && exec pwsh -NoProfile -NonInteractive -File \"$0\"", Script);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("All as told.", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_that_does_not_come_out_ends_in_exit_code_1()
    {
        Requires.Root();
        using var shell = new ShellRun();
        var broken = File.ReadAllText(Script).Replace("$grown -eq 50", "$grown -eq 49", StringComparison.Ordinal);

        var result = shell.Run("--sandbox", shell.Script(broken));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("NOT AS TOLD", result.Output, StringComparison.Ordinal);
    }
}

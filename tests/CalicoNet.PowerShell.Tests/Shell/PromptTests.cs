namespace CalicoNet.PowerShell.Tests.Shell;

public sealed class PromptTests
{
    [Fact]
    public void The_banner_says_that_it_holds_core_commands_only()
        => Assert.Contains("core commands; pwsh is the full shell", ShellProcess.Feed("exit\n").OrThrow().Output.Split('\n')[0], StringComparison.Ordinal);

    [Fact]
    public void Lines_are_run_one_by_one_in_one_session()
    {
        var result = ShellProcess.Feed("$x = 20\n\"result $($x + 1)\"\n").OrThrow();

        Assert.Contains("result 21\n", result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Error);
    }

    [Fact]
    public void A_command_goes_on_until_it_is_whole()
    {
        var result = ShellProcess.Feed("1..2 | ForEach-Object {\n\"row$_\"\n}\n'after'\n").OrThrow();

        Assert.Contains("row1\nrow2\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("after\n", result.Output, StringComparison.Ordinal);
        Assert.Contains(">> ", result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Error);
    }

    [Fact]
    public void An_empty_line_gives_up_a_command_that_is_not_whole()
    {
        var result = ShellProcess.Feed("if (\n\n'after'\n").OrThrow();

        Assert.Contains("after\n", result.Output, StringComparison.Ordinal);
        Assert.NotEmpty(result.Error);
    }

    [Fact]
    public void An_error_does_not_end_the_session()
    {
        var result = ShellProcess.Feed("throw 'oops'\n'after'\n").OrThrow();

        Assert.Contains("oops", result.Error, StringComparison.Ordinal);
        Assert.Contains("after\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Exit_leaves_with_its_code_and_the_rest_is_not_run()
    {
        var result = ShellProcess.Feed("exit 7\n'after'\n");

        Assert.Equal(7, result.ExitCode);
        Assert.DoesNotContain("after", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interrupt_ends_the_command_and_not_the_session()
    {
        using var shell = ShellProcess.Start();
        shell.Write("'rea' + 'dy'; while ($true) { [Threading.Thread]::Sleep(10) }\n");
        shell.WaitForOutput("ready\n");

        ShellProcess.Signal(shell, "INT");
        shell.Write("'af' + 'ter'\nexit 3\n");
        shell.WaitForOutput("after\n");

        Assert.Equal(3, shell.WaitForExit().ExitCode);
    }
}

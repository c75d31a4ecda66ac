using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Shell;

/// <summary>The shell on a terminal, which script(1) lends.</summary>
public sealed class PromptTests : IDisposable
{
    private const string CtrlC = "\u0003", CtrlD = "\u0004";

    private readonly TempDirectory _directory = new();
    private readonly ProcessRunner _terminal;
    private int _read;

    public PromptTests()
    {
        Requires.Tool("script", "bsdutils");
        _terminal = ProcessRunner.Start(
            "env", [ShellRun.HearsSignals, "-C", _directory.Path, "TERM=dumb", "SHELL=/bin/sh", "script", "--quiet", "--return", "--command", string.Join(' ', ShellRun.CommandLine), "/dev/null"]);
    }

    public void Dispose()
    {
        _terminal.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void The_banner_says_that_this_is_not_pwsh_and_exit_leaves()
    {
        Assert.Contains("core commands only; pwsh is the full shell", Until("> "), StringComparison.Ordinal);
        Type("exit 6\r");
        Assert.Equal(6, _terminal.WaitForExit().ExitCode);
    }

    [Fact]
    public void The_end_of_the_input_leaves()
    {
        Until("> ");
        Type(CtrlD);
        Assert.Equal(0, _terminal.WaitForExit().ExitCode);
    }

    [Fact]
    public void A_command_may_take_several_lines_and_an_error_leaves_nothing_behind()
    {
        Until("> ");
        Type("1..2 | ForEach-Object {\r");
        Until(">> ");
        Type("\"item $_\" }\r");
        Assert.Contains("item 1\r\nitem 2\r\n", Until("CN "), StringComparison.Ordinal);
        Type("throw 'boom'\r");
        Assert.Contains("boom", Until("CN "), StringComparison.Ordinal);
        Type("\"last $?\"; Get-History -Count 1\r");
        Assert.Contains("throw 'boom'", Until("CN "), StringComparison.Ordinal);
    }

    [Fact]
    public void Ctrl_C_drops_a_half_typed_line_and_stops_a_command_and_the_prompt_is_back()
    {
        Until("> ");
        Type("'half" + CtrlC);
        Until("> ");
        Type("$Host.UI.WriteLine('run' + 'ning'); while ($true) { }\r");
        Until("running");
        Type(CtrlC);
        Until("> ");
        Type("sh -c 'echo nat\"iv\"e; exec sleep 1000'\r");
        Until("native");
        Type(CtrlC);
        Until("> ");
        Type("'st' + 'ill here'\r");
        Until("still here");
    }

    [Fact]
    public void Missing_parameters_and_confirmations_are_asked_for()
    {
        Until("> ");
        Type("function Test { param([Parameter(Mandatory)][int[]] $Number) \"sum $($Number[0] + $Number[1])\" }; Test\r");
        Until("Number[0]: ");
        Type("20\r");
        Until("Number[1]: ");
        Type("22\r");
        Until("Number[2]: ");
        Type("\r");
        Until("sum 42");
        Type("function Ask { [CmdletBinding(SupportsShouldProcess)] param() \"answer $($PSCmdlet.ShouldProcess('it'))\" }; Ask -Confirm\r");
        Until("(default is \"Y\"): ");
        Type("?\r");
        Until("Y - ");
        Until("(default is \"Y\"): ");
        Type("n\r");
        Until("answer False");
        Type("Ask -Confirm\r");
        Until("(default is \"Y\"): ");
        Type(CtrlC);
        Until("CN ");
    }

    private void Type(string text) => _terminal.Write(text);

    /// <summary>What the terminal shows from where the last call stopped, to the words given.</summary>
    private string Until(string words)
    {
        var from = _read;
        Assert.True(
            Deadline.Until(() => _terminal.Output.AsSpan(from).Contains(words, StringComparison.Ordinal), Exec.Timeout),
            $"The terminal never showed '{words}', but: {_terminal.Output[from..]}");
        var shown = _terminal.Output;
        _read = shown.IndexOf(words, from, StringComparison.Ordinal) + words.Length;
        return shown[from.._read];
    }
}

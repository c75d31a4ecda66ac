using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Shell;

/// <summary>The shell as a process: what a script is given, what it gives back, and where its words go.</summary>
public sealed class ScriptTests : IDisposable
{
    private readonly ShellRun _shell = new();

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData("exit 3", 3)]
    [InlineData("& { exit 4 }", 4)]
    [InlineData("exit", 0)]
    [InlineData("'done'", 0)]
    [InlineData("sh -c 'exit 7'", 0)]
    [InlineData("Get-Command nosuchcommand", 0)]
    [InlineData("throw 'boom'", 1)]
    [InlineData("$ErrorActionPreference = 'Stop'; Get-Command nosuchcommand; 'never'", 1)]
    [InlineData("if (", 1)]
    [InlineData("#Requires -Version 99\n'never'", 1)]
    public void A_script_exits_as_it_would_in_pwsh(string text, int exitCode) => Assert.Equal(exitCode, _shell.Run(_shell.Script(text)).ExitCode);

    [Theory]
    [InlineData("exit 5", 5)]
    [InlineData("'done'", 0)]
    [InlineData("throw 'boom'", 1)]
    [InlineData("Get-Command nosuchcommand", 1)]
    [InlineData("Get-Command nosuchcommand; 'done'", 0)]
    [InlineData("sh -c 'exit 7'", 1)]
    public void A_command_exits_as_it_would_in_pwsh(string text, int exitCode) => Assert.Equal(exitCode, _shell.Run("-Command", text).ExitCode);

    [Fact]
    public void Errors_go_to_standard_error_and_everything_else_to_standard_output()
    {
        var result = _shell.Run(_shell.Script("""
            [CmdletBinding()] param()
            $PSCmdlet.WriteWarning('a warning'); $PSCmdlet.WriteVerbose('a detail'); $Host.UI.WriteLine('a line')
            Get-Command nosuchcommand
            'an object'
            throw 'the end'
            """), "-Verbose");

        Assert.Equal("WARNING: a warning\nVERBOSE: a detail\na line\nan object\n", result.Output);
        Assert.Contains("nosuchcommand", result.Error, StringComparison.Ordinal);
        Assert.Contains("script.ps1:5", result.Error, StringComparison.Ordinal);
        Assert.Contains("the end", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\n\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_reach_parameters_by_name_by_position_and_as_switches()
    {
        var script = _shell.Script("""
            param([Parameter(Mandatory)][string] $Name, [int] $Count, [switch] $Loud, [switch] $Quiet, [Parameter(ValueFromRemainingArguments)] $Rest)
            "$Name/$Count/$Loud/$Quiet/$($Rest -join ',')"
            """);

        Assert.Equal("a b/3/True/False/x,-y\n", _shell.Run(script, "-Name", "a b", "-Loud", "-Count:3", "x", "--", "-y").Output);
        Assert.Equal("n/4/False/True/\n", _shell.Run(script, "n", "-Count:", "4", "-Loud:$false", "-Quiet:$true").Output);
    }

    [Fact]
    public void Values_that_look_like_nothing_else_are_taken_as_they_are()
        => Assert.Equal("-1|-|Ä 'q' $x|\n", _shell.Run(_shell.Script("$args -join '|'"), "-1", "-", "Ä 'q' $x", "").Output);

    [Fact]
    public void A_script_is_found_from_the_current_directory_whatever_its_name()
    {
        var script = _shell.Script("\"$PSScriptRoot|$($MyInvocation.MyCommand.Path)\"", "a b/c[1].ps1");

        var folder = Path.Combine(_shell.Directory, "a b");
        Assert.Equal($"{folder}|{folder}/c[1].ps1\n", _shell.Run("--", "./" + script).Output);
    }

    [Theory]
    [InlineData("There is no script", "nosuch.ps1")]
    [InlineData("no script", "text.txt")]
    [InlineData("Unknown option '--what'", "--what", "nosuch.ps1")]
    [InlineData("wants a value", "-Command")]
    public void What_cannot_be_run_is_said_with_exit_code_64(string words, params string[] arguments)
    {
        _shell.Script("text", "text.txt");

        var result = _shell.Run(arguments);

        Assert.Equal(64, result.ExitCode);
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void Without_arguments_standard_input_is_the_script()
    {
        var result = _shell.Feed("$sum = 1 + 1\n\"sum $sum\"\nexit 6\n");

        Assert.Equal("sum 2\n", result.Output);
        Assert.Equal(6, result.ExitCode);
    }

    [Fact]
    public void Native_commands_share_standard_input_and_output_and_leave_their_exit_code()
    {
        var result = _shell.Feed("fed", _shell.Script("cat; sh -c 'echo; echo told >&2; exit 7'; \"last $LASTEXITCODE\""));

        Assert.Equal("fed\nlast 7\n", result.Output);
        Assert.Equal("told\n", result.Error);
    }

    [Fact]
    public void Views_are_120_columns_wide_and_plain_where_there_is_no_terminal()
    {
        var result = _shell.Run("-Command", $"[pscustomobject]@{{ Left = 'l'; Right = '{new string('r', 300)}' }}; $PSStyle.Foreground.Red + 'red'; 1/0");

        Assert.Contains("\nLeft Right\n---- -----\n", result.Output, StringComparison.Ordinal);
        Assert.InRange(result.Output.Split('\n').Max(line => line.Length), 115, 120);
        Assert.DoesNotContain('\u001b', result.Output + result.Error);
    }

    [Fact]
    public void The_staged_module_is_imported_and_can_be_named()
    {
        var result = _shell.Run(_shell.Script("""
            #Requires -Modules CalicoNet
            using module CalicoNet
            Import-Module CalicoNet
            (Get-Module CalicoNet).ModuleBase
            """));

        Assert.Equal(Repository.ModulePath + "\n", result.Output);
    }

    [Fact]
    public void A_module_that_is_not_there_is_said_with_exit_code_69()
    {
        var result = _shell.Run("--module", "nosuch", "-Command", "1");

        Assert.Equal(69, result.ExitCode);
        Assert.Contains("There is no module at '", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("param([Parameter(Mandatory)] $Name)")]
    [InlineData("[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')] param() $ErrorActionPreference = 'Stop'; $null = $PSCmdlet.ShouldProcess('it')")]
    [InlineData("$ErrorActionPreference = 'Stop'; $Host.UI.ReadLine()")]
    public void A_question_that_nobody_can_answer_is_an_error(string text)
    {
        var result = _shell.Run(_shell.Script(text));

        Assert.Equal(1, result.ExitCode);
        Assert.Matches("no\\s+(\\| )?terminal|mandatory parameters: Name", result.Error.Replace("\n     | ", " ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public void A_signal_stops_the_script_which_still_cleans_up(string signal, int exitCode)
    {
        using var shell = _shell.Start(_shell.Script("""
            try { 'ready'; while ($true) { } }
            finally { [System.IO.File]::WriteAllText("$PSScriptRoot/cleaned", '') }
            """));
        shell.WaitForOutput("ready");

        ShellRun.Signal(shell, signal);

        Assert.Equal(exitCode, shell.WaitForExit().ExitCode);
        Assert.True(File.Exists(Path.Combine(_shell.Directory, "cleaned")));
    }

    [Fact]
    public void Help_says_that_this_is_not_pwsh()
    {
        var result = _shell.Run("--help");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("core commands only", result.Output, StringComparison.Ordinal);
        Assert.Contains("pwsh is the full shell", result.Output, StringComparison.Ordinal);
    }
}

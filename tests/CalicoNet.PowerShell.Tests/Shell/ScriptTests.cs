using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Shell;

public sealed class ScriptTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("exit 3", 3)]
    [InlineData("exit", 0)]
    [InlineData("'fine'", 0)]
    [InlineData("throw 'oops'", 1)]
    [InlineData("try { throw 'oops' } catch { 'caught' }", 0)]
    [InlineData("$ErrorActionPreference = 'Stop'; Get-Command -Name no-such-command", 1)]
    [InlineData("function inner { exit 4 }; inner; exit 5", 4)]
    [InlineData("sh -c 'exit 6'; exit $LASTEXITCODE", 6)]
    public void The_exit_code_is_the_scripts(string text, int code)
    {
        var result = ShellProcess.Run(Script("run.ps1", text));

        Assert.Equal(code, result.ExitCode);
    }

    [Theory]
    [InlineData("exit 3", 3)]
    [InlineData("throw 'oops'", 1)]
    [InlineData("$x = 1; \"fine $x\"", 0)]
    public void The_exit_code_is_the_commands(string text, int code) => Assert.Equal(code, ShellProcess.Run("-Command", text).ExitCode);

    [Fact]
    public void A_command_of_several_words_is_one_command()
    {
        var result = ShellProcess.Run("-Command", "1,2,3", "|", "ForEach-Object", "{ \"<$_>\" }").OrThrow();

        Assert.Equal("<1>\n<2>\n<3>\n", result.Output);
    }

    [Fact]
    public void A_script_that_is_not_there_is_a_usage_error()
    {
        var result = ShellProcess.Run(_folder.File("absent.ps1"));

        Assert.Equal(64, result.ExitCode);
        Assert.Contains("absent.ps1", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("--colour")]
    [InlineData("-NoProfile")]
    [InlineData("-Command")]
    [InlineData("--module")]
    public void An_option_that_is_unknown_or_without_its_value_is_a_usage_error(string option)
    {
        var result = ShellProcess.Run(option);

        Assert.Equal(64, result.ExitCode);
        Assert.Contains(option, result.Error, StringComparison.Ordinal);
        Assert.Contains("--help", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void A_script_that_does_not_parse_fails_and_tells_the_place()
    {
        var result = ShellProcess.Run(Script("broken.ps1", "'fine'\nif ("));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("broken.ps1:2:", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void Objects_go_to_standard_output_and_errors_to_standard_error()
    {
        var result = ShellProcess.Run(Script("streams.ps1", """
            'first'
            Get-Command -Name no-such-command
            'second'
            $VerbosePreference = 'Continue'
            $PSCmdlet.WriteVerbose('said')
            throw 'the end'
            """.Insert(0, "[CmdletBinding()] param()\n")));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("first\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("second\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("VERBOSE: said", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("no-such-command", result.Output, StringComparison.Ordinal);
        Assert.Contains("no-such-command", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("the end", result.Output, StringComparison.Ordinal);
        Assert.Contains("the end", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("first", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_without_a_terminal_has_no_colours()
    {
        var result = ShellProcess.Run(Script("colours.ps1", "\"$([char]27)[31mred$([char]27)[0m\"\nGet-Command New-CalicoEndpoint\nthrow 'bad'"));

        Assert.Contains("red", result.Output, StringComparison.Ordinal);
        Assert.Contains("New-CalicoEndpoint", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Output);
        Assert.DoesNotContain('\u001b', result.Error);
    }

    [Fact]
    public void Arguments_reach_the_scripts_parameters()
    {
        var script = Script("a script with spaces.ps1", """
            param([string] $Name, [switch] $Loud, [switch] $Quiet, [int] $Count, [Parameter(ValueFromRemainingArguments)] [string[]] $Rest)
            "$Name|$Loud|$Quiet|$($Count + 1)|$($Rest -join ',')"
            """);

        Assert.Equal("a b|True|False|5|x,y z\n", ShellProcess.Run(script, "-Name", "a b", "-Loud", "-Quiet:$false", "-Count", "4", "x", "y z").OrThrow().Output);
    }

    [Fact]
    public void Arguments_without_a_parameter_block_are_args_in_their_order()
        => Assert.Equal("3: a|-1|b c\n", ShellProcess.Run(Script("args.ps1", "\"$($args.Count): $($args -join '|')\""), "a", "-1", "b c").OrThrow().Output);

    [Theory]
    [InlineData("-File")]
    [InlineData("--")]
    public void A_script_may_be_announced(string word) => Assert.Equal("x\n", ShellProcess.Run(word, Script("echo.ps1", "$args"), "x").OrThrow().Output);

    [Fact]
    public void An_unknown_parameter_of_the_script_is_an_error()
    {
        var result = ShellProcess.Run(Script("strict.ps1", "[CmdletBinding()] param([string] $Name)\n'ran'"), "-Nome", "x");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Nome", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("ran", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_knows_its_own_folder()
        => Assert.Equal($"{_folder.Path}\n", ShellProcess.Run(Script("where.ps1", "$PSScriptRoot")).OrThrow().Output);

    [Fact]
    public void Native_commands_run_and_tell_their_exit_code()
    {
        var result = ShellProcess.Run(Script("native.ps1", "$text = sh -c 'echo out; echo err >&2; exit 5'\n\"<$text> $LASTEXITCODE\"")).OrThrow();

        Assert.Equal("<out> 5\n", result.Output);
        Assert.Contains("err", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_module_that_is_not_there_makes_the_shell_unavailable()
    {
        var result = ShellProcess.RunWith("CALICONET_MODULE", "/nonexistent", "-Command", "'ran'");

        Assert.Equal(69, result.ExitCode);
        Assert.Contains("/nonexistent", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
        Assert.Equal(69, ShellProcess.Run("--module", "/nonexistent", "-Command", "'ran'").ExitCode);
    }

    [Fact]
    public void Another_module_can_be_named()
    {
        var module = Repository.ModulePath;

        Assert.Contains("CalicoNet\n", ShellProcess.Run("--module", module, "-Command", "(Get-Command Get-NetNamespace).ModuleName").OrThrow().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_question_without_anybody_to_answer_is_an_error_and_not_a_default()
    {
        using var sandbox = CalicoNet.Testing.Sandbox.Create();
        var result = ShellProcess.Run("-Command", $"New-NetNamespace {sandbox.Prefix}x -Confirm");

        Assert.Contains("no terminal", result.Error, StringComparison.Ordinal);
        Assert.False(Netns.Exists(sandbox.Prefix + "x"));
    }

    [Fact]
    public void An_interrupt_ends_the_script_with_130()
    {
        using var shell = ShellProcess.Start(Script("long.ps1", "'ready'\ntry { while ($true) { [Threading.Thread]::Sleep(10) } } finally { [Console]::Out.WriteLine('cleaned') }"));
        shell.WaitForOutput("ready");

        ShellProcess.Signal(shell, "INT");
        var result = shell.WaitForExit();

        Assert.Equal(130, result.ExitCode);
        Assert.Contains("cleaned", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public void Help_says_that_it_holds_core_commands_only(string option)
    {
        var result = ShellProcess.Run(option).OrThrow();

        Assert.Contains("core commands only", result.Output, StringComparison.Ordinal);
        Assert.Contains("--sandbox", result.Output, StringComparison.Ordinal);
        Assert.Contains("pwsh", result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Error);
    }

    private string Script(string name, string text)
    {
        var path = _folder.File(name);
        File.WriteAllText(path, text);
        return path;
    }
}

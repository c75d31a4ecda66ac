using System.Management.Automation.Language;
using CalicoNet.PowerShell.Tests.Shell;
using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Examples;

/// <summary>The scripts in docs/examples: those for the core commands are run in the shell, all of them by Pester where it is.</summary>
public sealed class ScriptTests
{
    private const string PwshOnly = "#Requires";

    public static TheoryData<string> Examples => [.. Scripts(Repository.At("docs", "examples"))];

    public static TheoryData<string> All => [.. Scripts(Repository.At("docs", "examples")).Concat(Scripts(Repository.At("tests", "CalicoNet.Pester")))];

    public static TheoryData<string> Core
        => [.. Directory.EnumerateFiles(Repository.At("docs", "examples"), "*.ps1").Where(file => !File.ReadAllText(file).StartsWith(PwshOnly, StringComparison.Ordinal)).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(All))]
    public void A_script_parses(string path)
    {
        _ = Parser.ParseFile(Repository.At(path.Split('/')), out _, out var errors);
        Assert.Empty(errors.Select(error => error.ToString()));
    }

    [Theory]
    [MemberData(nameof(Core))]
    public void A_script_for_the_core_commands_runs_in_the_shell(string name)
    {
        Requires.Root();
        var result = ShellProcess.Run("--sandbox", Repository.At("docs", "examples", name));

        Assert.True(result.Succeeded && result.Error.Length == 0, result.Output + result.Error);
        Assert.DoesNotContain("WARNING", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_is_strict_and_stops_at_errors(string path)
    {
        var text = File.ReadAllText(Repository.At(path.Split('/')));
        Assert.Contains("Set-StrictMode -Version Latest", text, StringComparison.Ordinal);
        Assert.Contains("$ErrorActionPreference = 'Stop'", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_Pester_specs_pass_in_pwsh()
    {
        Requires.Root();
        Requires.Pester();
        var result = Specs(["pwsh", "-NoProfile", "-NonInteractive", "-File", Invoke]);

        Assert.True(result.Succeeded, result.Output + result.Error);
        Assert.Matches(@"Tests Passed: [1-9]\d*, Failed: 0,", result.Output);
    }

    [Fact]
    public void The_examples_pass_in_pwsh_on_a_terminal()
    {
        Requires.Root();
        Requires.Pester();
        Requires.Tool("script", "bsdutils");
        var result = Specs(["env", "TERM=dumb", "SHELL=/bin/sh", "script", "--quiet", "--return", "--command", $"pwsh -NoProfile -File {Invoke} -Path {Repository.At("tests", "CalicoNet.Pester", "Examples.Tests.ps1")}", "/dev/null"]);

        Assert.True(result.Succeeded, result.Output + result.Error);
        Assert.DoesNotContain("Tests Passed: 0", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_analyzer_finds_nothing_in_any_script()
    {
        Requires.PwshModule("PSScriptAnalyzer", "1.22");
        var result = Exec.Run(
            "pwsh", "-NoProfile", "-NonInteractive", "-Command",
            $$"""
            Set-Location '{{Repository.Root}}'
            $scripts = @(Get-Item build.ps1, PSScriptAnalyzerSettings.psd1, output/CalicoNet/{{Repository.Version}}/CalicoNet.psd1) + @(Get-ChildItem docs, tests -Recurse -Include *.ps1 | Where-Object FullName -NotMatch '/(bin|obj)/')
            $scripts | ForEach-Object { Invoke-ScriptAnalyzer -Path $_.FullName -Settings ./PSScriptAnalyzerSettings.psd1 } | ForEach-Object { "$($_.ScriptName):$($_.Line) $($_.RuleName) $($_.Message)" }
            "$($scripts.Count -gt 15)"
            """);

        Assert.Equal("True\n", result.Output);
    }

    private static string Invoke => Repository.At("tests", "CalicoNet.Pester", "Invoke-Specs.ps1");

    /// <summary>Runs specs in network and mount namespaces of their own: what they leave goes with them, and they cannot leave more.</summary>
    private static ExecResult Specs(string[] command)
    {
        using var pester = ProcessRunner.Start(
            "unshare", ["--net", "--mount", "--", "sh", "-c", "mount -t tmpfs -o mode=755 tmpfs /run && ip link set lo up && exec \"$@\"", "sh", .. command],
            new Dictionary<string, string?> { ["NO_COLOR"] = "1", ["CALICONET_MODULE"] = Path.Combine(Repository.ModulePath, "CalicoNet.psd1") });
        pester.CloseInput();
        return pester.WaitForExit(TimeSpan.FromMinutes(10));
    }

    private static IEnumerable<string> Scripts(string folder) => Directory.EnumerateFiles(folder, "*.ps1").Select(file => Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal);
}

using System.Management.Automation.Language;
using CalicoNet.PowerShell.Tests.Shell;
using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Examples;

/// <summary>The scripts in docs/examples: those for the core commands are run in the shell, all of them by Pester where it is.</summary>
public sealed class ScriptTests
{
    private const string PwshOnly = "#Requires";

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

    [Fact]
    public void The_Pester_specs_pass_in_pwsh()
    {
        Requires.Root();
        Requires.Pester();
        // In network and mount namespaces of their own: what they leave goes with them, and they cannot leave more.
        using var pester = ProcessRunner.Start(
            "unshare", ["--net", "--mount", "--", "sh", "-c", "mount -t tmpfs -o mode=755 tmpfs /run && ip link set lo up && exec \"$@\"", "sh", "pwsh", "-NoProfile", "-NonInteractive", "-File", Repository.At("tests", "CalicoNet.Pester", "Invoke-Specs.ps1")],
            new Dictionary<string, string?> { ["NO_COLOR"] = "1", ["CALICONET_MODULE"] = Path.Combine(Repository.ModulePath, "CalicoNet.psd1") });
        pester.CloseInput();
        var result = pester.WaitForExit(TimeSpan.FromMinutes(5));

        Assert.True(result.Succeeded, result.Output + result.Error);
    }

    private static IEnumerable<string> Scripts(string folder) => Directory.EnumerateFiles(folder, "*.ps1").Select(file => Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal);
}

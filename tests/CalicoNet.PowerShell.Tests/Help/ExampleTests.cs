using CalicoNet.PowerShell.Tests.Shell;
using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Help;

/// <summary>The examples of the pages in docs/en-US are run: each page's one after the other, in a sandbox of their own.</summary>
public sealed class ExampleTests
{
    /// <summary>A host's interfaces and an outside world as the pages speak of them: <c>up0</c>, a gateway 192.0.2.254, a server 203.0.113.8.</summary>
    private const string World = """
        Set-StrictMode -Version Latest
        $ErrorActionPreference = 'Stop'
        $null = New-NetNamespace outside | New-VethPair -HostInterfaceAlias up0 -InterfaceAlias out0 -IPAddress 192.0.2.254/24
        $null = Add-HostAddress 192.0.2.1/24 -InterfaceAlias up0
        $null = Add-HostRoute 0.0.0.0/0 -NextHop 192.0.2.254 -InterfaceAlias up0
        $null = Set-HostInterface lo -Status Up
        $null = Set-HostInterface lo -Status Up -NetNamespace outside
        $null = Add-HostAddress 203.0.113.8 -InterfaceAlias lo -NetNamespace outside

        """;

    public static TheoryData<string> Pages => HelpTests.Pages;

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_examples_of_a_page_run_one_after_the_other(string name) => AssertRun(HelpPage.Read(name).Examples);

    [Fact]
    public void What_the_README_shows_runs_as_it_is()
    {
        var blocks = File.ReadAllText(Repository.At("README.md")).Split("```powershell\n").Skip(1).Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)]).Where(block => !block.Contains("build.ps1", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, blocks.Count);
        AssertRun(blocks);
    }

    private static void AssertRun(IReadOnlyList<string> examples)
    {
        Requires.Root();
        using var folder = new TempDirectory();
        var script = folder.File("examples.ps1");
        File.WriteAllText(script, World + string.Join("\n", examples.Select((code, i) => $"'--- example {i + 1}'\n{code}\n")) + "\n'--- end'\n");

        var result = ShellProcess.Run("--sandbox", script);

        Assert.True(result.Succeeded && result.Error.Length == 0, result.Output + result.Error);
        Assert.EndsWith("--- end", result.Output.TrimEnd(), StringComparison.Ordinal);
    }
}

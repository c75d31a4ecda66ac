using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Shell;

/// <summary>Ctrl-C in the middle of a thousand endpoints, at the shell and at pwsh: whole endpoints are left, and no more than were told of but one.</summary>
public sealed class StopTests
{
    private const string Script = """
        param($module, $p, $h)
        if (-not (Get-Command New-CalicoEndpoint -ErrorAction Ignore)) { Import-Module $module }
        1..1000 | New-CalicoEndpoint -Name { "${p}web$_" } -IPAddress { "10.65.$([math]::DivRem($_, 250).Item1).$($_ % 250 + 1)" } -HostNetNamespace $h -StaticNeighbor Enabled |
            ForEach-Object { "$($_.Name) $($_.Status)" }
        'all made'
        """;

    [Theory]
    [InlineData(1, false)]
    [InlineData(37, false)]
    [InlineData(300, false)]
    [InlineData(1, true)]
    [InlineData(150, true)]
    public void What_came_out_is_whole_and_at_most_one_more_is(int after, bool inPwsh)
    {
        using var lab = Lab.Create();
        using var folder = new TempDirectory();
        var script = folder.File("thousand.ps1");
        File.WriteAllText(script, Script);
        var module = Path.Combine(Repository.ModulePath, "CalicoNet.psd1");
        if (inPwsh)
        {
            Requires.Pwsh();
        }

        using var shell = inPwsh
            ? ProcessRunner.Start("pwsh", "-NoProfile", "-NonInteractive", "-File", script, module, lab.Prefix, lab.HostName)
            : ShellProcess.Start(script, module, lab.Prefix, lab.HostName);
        shell.CloseInput();
        shell.WaitForOutput($"{lab.Prefix}web{after} Ready");
        ShellProcess.Signal(shell, "INT");
        var output = shell.WaitForExit().Output;

        var told = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.EndsWith(" Ready", StringComparison.Ordinal)).Select(line => line.Split(' ')[0]).ToList();
        Assert.DoesNotContain("all made", output, StringComparison.Ordinal);
        var left = lab.Run("Get-CalicoEndpoint -HostNetNamespace $h").Output;
        Assert.All(left, endpoint => Assert.Equal("Ready", endpoint.Text("Status")));
        Assert.Empty(told.Except(left.Texts("Name")));
        Assert.InRange(left.Count, told.Count, told.Count + 1);
        Assert.Equal(left.Texts("Name").Order(StringComparer.Ordinal), lab.Workloads().Order(StringComparer.Ordinal));
        Assert.Equal(left.Texts("HostInterfaceAlias").Order(StringComparer.Ordinal), lab.EndpointLinks().Select(link => link.Name).Order(StringComparer.Ordinal));
        Assert.Equal(left.Texts("IPAddress").Order(StringComparer.Ordinal), lab.NatAddresses());
        lab.Run("Get-CalicoEndpoint -HostNetNamespace $h | Remove-CalicoEndpoint");
        lab.AssertNoEndpoints();
    }
}

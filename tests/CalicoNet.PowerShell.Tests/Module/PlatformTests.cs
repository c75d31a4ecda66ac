using CalicoNet.PowerShell.Tests.Shell;
using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Module;

/// <summary>
/// On a system that is not Linux, which a process of its own plays by the seam of the platform check; in a sandbox, should a cmdlet not look there.
/// </summary>
public sealed class PlatformTests
{
    private const string Elsewhere = """
        $ErrorActionPreference = 'Stop'
        $platform = (Get-Command New-NetNamespace).ImplementingType.Assembly.GetType('CalicoNet.Commands.Platform')
        $pair = New-VethPair nowhere -WhatIf
        $platform.GetProperty('IsSupported').SetValue($null, $false)

        """;

    /// <summary>What each cmdlet must be given to begin at all.</summary>
    private static readonly Dictionary<string, string> Arguments = new()
    {
        ["New-NetNamespace"] = "x",
        ["Remove-NetNamespace"] = "x",
        ["Enter-NetNamespace"] = "x",
        ["Invoke-NetNamespace"] = "x { 1 }",
        ["Set-HostInterface"] = "lo -Status Up",
        ["New-VethPair"] = "x",
        ["Remove-VethPair"] = "x",
        ["Add-HostAddress"] = "10.0.0.1 -InterfaceAlias lo",
        ["Remove-HostAddress"] = "10.0.0.1 -InterfaceAlias lo",
        ["Add-HostRoute"] = "10.0.0.1 -InterfaceAlias lo",
        ["Remove-HostRoute"] = "10.0.0.1",
        ["Find-HostRoute"] = "10.0.0.1",
        ["Enable-ProxyArp"] = "lo",
        ["Disable-ProxyArp"] = "lo",
        ["Get-ProxyArp"] = "lo",
        ["Set-LinkLocalGateway"] = "-VethPair $pair",
        ["Remove-LinkLocalGateway"] = "-VethPair $pair",
        ["Enable-NatOutgoing"] = "10.0.0.1",
        ["Disable-NatOutgoing"] = "10.0.0.1",
        ["Add-Neighbor"] = "10.0.0.1 ee:00:00:00:00:01 -InterfaceAlias lo",
        ["Remove-Neighbor"] = "10.0.0.1 -InterfaceAlias lo",
        ["Test-WorkloadConnection"] = "10.0.0.1",
        ["Export-CalicoDatastore"] = "/nowhere/x",
        ["Import-CalicoDatastore"] = "/nowhere/x",
        ["New-CalicoIPPool"] = "x 10.0.0.0/24",
        ["Set-CalicoIPPool"] = "x",
        ["Remove-CalicoIPPool"] = "x",
        ["Remove-CalicoIPAllocation"] = "10.0.0.1",
        ["Unregister-CalicoNode"] = "x",
        ["New-CalicoEndpoint"] = "x 10.0.0.1",
        ["Remove-CalicoEndpoint"] = "x",
        ["Repair-CalicoEndpoint"] = "x",
    };

    [Fact]
    public void Each_cmdlet_says_so_and_does_nothing()
    {
        Requires.Root();
        var cmdlets = Surface.Cmdlets.Select(Surface.NameOf).Order(StringComparer.Ordinal).ToList();
        var script = Elsewhere + string.Concat(cmdlets.Select(name =>
            $"try {{ $null = {name} {Arguments.GetValueOrDefault(name)}; '{name} did something' }} catch {{ \"{name} $($_.FullyQualifiedErrorId.Split(',')[0]) $($_.CategoryInfo.Category) $($_.ErrorDetails.RecommendedAction)\" }}\n"));

        var told = ShellProcess.Run("--sandbox", "-Command", script).OrThrow().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("What if", StringComparison.Ordinal));

        Assert.Equal(cmdlets.Select(name => $"{name} PlatformNotSupported NotImplemented Use the module on Linux."), told);
    }

    [Fact]
    public void Help_and_completion_work()
    {
        Requires.Root();
        var result = ShellProcess.Run("--sandbox", "-Command", Elsewhere + """
            (Get-Help New-CalicoEndpoint).Synopsis.Length -gt 20
            (Get-Help about_CalicoNet).Contains('LONG DESCRIPTION')
            function Count([string] $line) { (TabExpansion2 $line $line.Length).CompletionMatches.Count }
            Count 'New-Calico'
            Count 'Get-HostRoute -Table '
            Count 'Get-NeighborTable -State Re'
            Count 'Get-NetNamespace '
            Count 'Get-CalicoEndpoint '
            Count 'Get-HostInterface '
            """).OrThrow();

        Assert.Equal("True\nTrue\n2\n4\n1\n0\n0\n0\n", string.Join('\n', result.Output.Split('\n').Where(line => !line.StartsWith("What if", StringComparison.Ordinal))));
    }
}

using CalicoNet.PowerShell.Tests.Commands;
using CalicoNet.PowerShell.Tests.Shell;
using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Module;

/// <summary>The capabilities that cmdlets name are those that do: a user with them alone does what the cmdlet is for, in the session's own namespace.</summary>
public sealed class CapabilityTests : CommandTest
{
    [Theory]
    [InlineData("Set-HostInterface", "net_admin", "Set-HostInterface up0 -MtuSize 1400")]
    [InlineData("Add-HostAddress", "net_admin", "Add-HostAddress 10.9.0.1 -InterfaceAlias up0")]
    [InlineData("Remove-HostAddress", "net_admin", "Remove-HostAddress 192.0.2.1 -InterfaceAlias up0")]
    [InlineData("Add-HostRoute", "net_admin", "Add-HostRoute 10.9.0.0/16 -InterfaceAlias up0")]
    [InlineData("Remove-HostRoute", "net_admin", "Remove-HostRoute 0.0.0.0/0")]
    [InlineData("Enable-ProxyArp", "net_admin", "Enable-ProxyArp up0 -Ndp")]
    [InlineData("Enable-IPForwarding", "net_admin", "Enable-IPForwarding")]
    [InlineData("Enable-NatOutgoing", "net_admin", "Enable-NatOutgoing 10.9.0.1; Get-NatOutgoing; Disable-NatOutgoing 10.9.0.1")]
    [InlineData("Add-Neighbor", "net_admin", "Add-Neighbor 192.0.2.9 ee:00:00:00:00:09 -InterfaceAlias up0; Get-NeighborTable | Clear-NeighborTable")]
    [InlineData("Test-WorkloadConnection", "net_raw", "if (-not (Test-WorkloadConnection 192.0.2.1 -Count 1 -Quiet)) { throw 'silence' }")]
    public void With_what_it_names_a_cmdlet_works(string cmdlet, string capability, string script)
    {
        Assert.Equal($"CAP_{capability.ToUpperInvariant()}", Assert.Single(Surface.NeedsOf(Surface.Cmdlets.Single(type => Surface.NameOf(type) == cmdlet))));

        var with = ShellProcess.RunAsNobodyIn(Sandbox.HostName, capability, "-Command", $"$ErrorActionPreference = 'Stop'; $null = . {{ {script} }}; 'done'");

        Assert.Equal(("", "done\n"), (with.Error, with.Output));
    }
}

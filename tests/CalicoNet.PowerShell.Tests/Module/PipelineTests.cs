using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Module;

/// <summary>What a user types, in one line.</summary>
public sealed class PipelineTests
{
    [Fact]
    public void The_whole_set_up_is_one_pipeline()
    {
        using var lab = Lab.Create();

        lab.Run("""
            New-NetNamespace "${p}cali" | New-VethPair -IPAddress 10.2.0.1 -HostNetNamespace $h -HostInterfaceAlias v-cali-peer |
                Add-HostRoute | Enable-ProxyArp | Set-LinkLocalGateway
            """);

        var workload = Ip.In(lab.Prefix + "cali");
        Assert.Contains(workload.Addresses(), address => address is { Device: "eth0", Prefix: "10.2.0.1/32" });
        Assert.Contains(workload.Routes(4), route => route is { Destination: "169.254.1.1", Scope: "link", Device: "eth0" });
        Assert.Contains(workload.Routes(4), route => route is { Destination: "default", Gateway: "169.254.1.1", Device: "eth0" });
        var host = Ip.In(lab.HostName);
        Assert.Contains(host.Routes(4), route => route is { Destination: "10.2.0.1", Scope: "link", Device: "v-cali-peer" });
        Assert.Equal("1", Sysctl.In(lab.HostName).Read("net/ipv4/conf/v-cali-peer/proxy_arp"));

        // A host that does not forward does not answer for others either.
        Requires.Ping();
        lab.Run("Enable-IPForwarding -NetNamespace $h");
        Exec.In(lab.Prefix + "cali", "ping", "-c", "1", "-W", "5", CalicoNet.Testing.Sandbox.HostAddress);
    }

    [Fact]
    public void A_pipeline_under_WhatIf_shows_every_step_and_changes_nothing()
    {
        using var lab = Lab.Create();
        var before = KernelState.Of(lab.HostName);

        var result = lab.Run("""
            $WhatIfPreference = $true
            New-NetNamespace "${p}cali" | New-VethPair -IPAddress 10.2.0.1 -HostNetNamespace $h | Add-HostRoute | Enable-ProxyArp | Set-LinkLocalGateway
            """);

        var lines = result.PreviewLines();
        Assert.Contains(lines, line => line.Contains("netns add", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("type veth", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("proxy_arp", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("169.254.1.1", StringComparison.Ordinal));
        Assert.Equal(before, KernelState.Of(lab.HostName));
        Assert.Empty(lab.Workloads());
    }
}

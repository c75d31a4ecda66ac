using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Commands;

public sealed class IPForwardingTests : CommandTest
{
    private string Setting(string path) => Sysctl.In(Workload).Read(path);

    [Fact]
    public void Enable_lets_a_namespace_forward_IPv4_and_IPv6_where_it_is_asked_for()
    {
        var state = One("Enable-IPForwarding -NetNamespace $w");
        Assert.Equal(("Enabled", "Disabled", "all"), (state.Text("IPv4"), state.Text("IPv6"), state.Text("InterfaceAlias")));
        Assert.Equal(("1", "0"), (Setting("net.ipv4.ip_forward"), Setting("net.ipv6.conf.all.forwarding")));

        Assert.Equal("Enabled", One("Enable-IPForwarding -NetNamespace $w -AddressFamily IPv4, IPv6").Text("IPv6"));
        Assert.Equal("1", Setting("net.ipv6.conf.all.forwarding"));
    }

    [Fact]
    public void One_interface_is_switched_alone()
    {
        Assert.Equal("Enabled", One("Enable-IPForwarding lo -NetNamespace $w").Text("IPv4"));

        Assert.Equal(("1", "0"), (Setting("net.ipv4.conf.lo.forwarding"), Setting("net.ipv4.ip_forward")));
        Assert.Equal(("lo", "Enabled"), (One("Get-IPForwarding lo -NetNamespace $w").Text("InterfaceAlias"), One("Get-IPForwarding lo -NetNamespace $w").Text("IPv4")));
    }

    [Fact]
    public void Get_takes_namespaces_from_the_pipeline()
    {
        Sysctl.In(Workload).Write("net.ipv4.ip_forward", "1");
        Sysctl.In(Sandbox.HostName).Write("net.ipv4.ip_forward", "0");
        Assert.Equal(["Enabled", "Disabled"], Run("Get-NetNamespace $w | Get-IPForwarding; Get-NetNamespace $h | Get-IPForwarding").Output.Texts("IPv4"));
    }

    [Fact]
    public void Disable_takes_it_back_and_gives_the_state_where_it_is_asked_for()
    {
        Run("$null = Enable-IPForwarding -NetNamespace $w -AddressFamily IPv4, IPv6");

        Assert.Empty(Run("Disable-IPForwarding -NetNamespace $w").Output);
        Assert.Equal(("0", "1"), (Setting("net.ipv4.ip_forward"), Setting("net.ipv6.conf.all.forwarding")));
        Assert.Equal("Disabled", One("Disable-IPForwarding -NetNamespace $w -AddressFamily IPv6 -PassThru").Text("IPv6"));
    }

    [Fact]
    public void A_second_run_changes_nothing_and_is_no_error()
    {
        Run("$null = Enable-IPForwarding -NetNamespace $w");
        Assert.Empty(Module.Run("Enable-IPForwarding -NetNamespace $w -WhatIf").PreviewLines());
        Assert.Equal("Enabled", One("Enable-IPForwarding -NetNamespace $w").Text("IPv4"));
    }

    [Fact]
    public void WhatIf_gives_the_planned_state()
    {
        var planned = One("Enable-IPForwarding -NetNamespace $w -WhatIf");
        Assert.Equal(("Enabled", "True"), (planned.Text("IPv4"), planned.Text("Planned")));
        Assert.Equal("0", Setting("net.ipv4.ip_forward"));
    }

    [Theory]
    [InlineData("Get-IPForwarding no-such -NetNamespace $w")]
    [InlineData("Enable-IPForwarding no-such -NetNamespace $w")]
    [InlineData("Disable-IPForwarding -NetNamespace no-such-namespace")]
    public void What_is_not_there_is_an_error(string script) => Assert.Empty(Fails(script, "ObjectNotFound").Output);
}

using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Commands;

public sealed class ProxyArpTests : CommandTest
{
    private string Setting(string path) => Sysctl.In(Sandbox.HostName).Read(path);

    [Fact]
    public void Enable_switches_the_host_end_of_a_pair_and_gives_the_pair_on()
    {
        AddPair();

        var state = One("$pair | Enable-ProxyArp");

        Assert.Equal(("1", "0", "0"), (Setting("net.ipv4.conf.v-cali-peer.proxy_arp"), Setting("net.ipv4.neigh.v-cali-peer.proxy_delay"), Setting("net.ipv6.conf.v-cali-peer.proxy_ndp")));
        Assert.Equal(("Enabled", "Disabled", "0", "v-cali-peer"), (state.Text("Status"), state.Text("Ndp"), state.Text("DelayMilliseconds"), state.Text("InterfaceAlias")));
        Assert.Equal("v-cali", One("$pair | Enable-ProxyArp | Get-VethPair").Text("InterfaceAlias"));
    }

    [Fact]
    public void Enable_answers_for_IPv6_too_and_waits_as_long_as_it_is_told()
    {
        AddPair();

        Run("$pair | Enable-ProxyArp -Ndp -Delay 500");

        Assert.Equal(("1", "50", "1"), (Setting("net.ipv4.conf.v-cali-peer.proxy_arp"), Setting("net.ipv4.neigh.v-cali-peer.proxy_delay"), Setting("net.ipv6.conf.v-cali-peer.proxy_ndp")));
    }

    [Fact]
    public void Get_tells_what_is_set_by_name_by_wildcard_by_interface_and_by_pair()
    {
        AddPair();
        Sysctl.In(Sandbox.HostName).Write("net.ipv4.conf.v-cali-peer.proxy_arp", "1");

        Assert.Equal("Enabled", One("Get-ProxyArp v-cali-peer -NetNamespace $h").Text("Status"));
        Assert.Equal("Enabled", One("$pair | Get-ProxyArp").Text("Status"));
        Assert.Equal("Disabled", One("Get-HostInterface up0 -NetNamespace $h | Get-ProxyArp").Text("Status"));
        Assert.Equal(["Disabled", "Disabled", "Enabled"], Run("Get-ProxyArp * -NetNamespace $h").Output.Texts("Status").Order(StringComparer.Ordinal));
        Assert.Equal("800", One("Get-ProxyArp up0 -NetNamespace $h").Text("DelayMilliseconds"));
    }

    [Fact]
    public void A_second_run_changes_nothing_and_is_no_error()
    {
        AddPair();
        Run("$pair | Enable-ProxyArp -Ndp");
        var before = KernelState.Of(Sandbox.HostName);

        Assert.Empty(Module.Run("$pair | Enable-ProxyArp -Ndp -WhatIf").PreviewLines());
        Assert.Equal("Enabled", One("$pair | Enable-ProxyArp -Ndp").Text("Status"));

        Assert.Equal(before, KernelState.Of(Sandbox.HostName));
    }

    [Fact]
    public void Disable_takes_it_back_and_gives_the_state_where_it_is_asked_for()
    {
        AddPair();
        Run("$pair | Enable-ProxyArp -Ndp");

        Assert.Empty(Run("$pair | Disable-ProxyArp").Output);
        Assert.Equal(("0", "0"), (Setting("net.ipv4.conf.v-cali-peer.proxy_arp"), Setting("net.ipv6.conf.v-cali-peer.proxy_ndp")));
        Assert.Equal("Disabled", One("Disable-ProxyArp v-cali-peer -NetNamespace $h -PassThru").Text("Status"));
    }

    [Fact]
    public void Names_and_objects_that_mean_nothing_are_errors_and_the_next_has_its_turn()
    {
        AddPair();
        Assert.Single(Fails("Enable-ProxyArp no-such, v-cali-peer -NetNamespace $h", "ObjectNotFound").Output);
        Assert.Equal("1", Setting("net.ipv4.conf.v-cali-peer.proxy_arp"));
        Assert.Empty(Run("Get-ProxyArp no-such* -NetNamespace $h").Output);
        Fails("Enable-ProxyArp v-cali-* -NetNamespace $h", "ObjectNotFound");
        Fails("Get-ProxyArp lo -NetNamespace no-such-namespace", "ObjectNotFound");
        Fails("New-VethPair $w -HostNetNamespace $h -WhatIf | Enable-ProxyArp", "PlannedObject");
        Fails("$if = Get-HostInterface v-cali-peer -NetNamespace $h; $pair | Remove-VethPair; $if | Enable-ProxyArp; $pair | Enable-ProxyArp", "StaleObject", "StaleObject");
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("60001")]
    public void A_delay_out_of_range_is_refused(string delay)
    {
        AddPair();
        Assert.Contains("ParameterArgumentValidationError", Assert.Single(Module.Run($"$pair | Enable-ProxyArp -Delay {delay}").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Both_routes_of_a_dual_stack_pair_lead_to_one_switch()
    {
        AddPair("10.2.0.1, 2001:db8:2::1");
        Assert.Single(Run("$pair | Add-HostRoute | Enable-ProxyArp").Output);
    }
}

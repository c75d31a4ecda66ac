using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Commands;

public sealed class NatOutgoingTests : CommandTest
{
    private IReadOnlyList<string> Elements(string set) => [.. Nft.In(Sandbox.HostName).Objects("set")
        .Where(found => found.GetProperty("name").GetString() == set && found.TryGetProperty("elem", out _))
        .SelectMany(found => found.GetProperty("elem").EnumerateArray())
        .Select(element => element.ValueKind == System.Text.Json.JsonValueKind.String ? element.GetString()!
            : $"{element.GetProperty("prefix").GetProperty("addr").GetString()}/{element.GetProperty("prefix").GetProperty("len").GetInt32()}")
        .Order(StringComparer.Ordinal)];

    [Fact]
    public void Enable_of_a_pair_puts_its_addresses_into_one_set_per_family()
    {
        AddPair("10.2.0.1, 2001:db8:2::1");

        var given = Run("$pair | Enable-NatOutgoing").Output;

        Assert.Equal(["10.2.0.1"], Elements("nat_addresses4"));
        Assert.Equal(["2001:db8:2::1"], Elements("nat_addresses6"));
        Assert.Equal(["10.2.0.1/32", "2001:db8:2::1/128"], given.Texts("SourcePrefix"));
        Assert.Equal(["Enabled", "Enabled"], given.Texts("Status"));
        Assert.Equal("v-cali", One("$pair | Enable-NatOutgoing | Get-VethPair").Text("InterfaceAlias"));
    }

    [Fact]
    public void Prefixes_are_intervals_and_one_rule_serves_them_all()
    {
        Run("1..20 | ForEach-Object { $null = Enable-NatOutgoing \"10.$_.0.0/16\" -NetNamespace $h }");

        Assert.Equal(20, Elements("nat_prefixes4").Count);
        Assert.Equal(4, Nft.In(Sandbox.HostName).Objects("rule").Count(rule => rule.GetProperty("chain").GetString() == "postrouting"));
    }

    [Fact]
    public void Exclusions_are_destinations_that_all_sources_of_the_host_share()
    {
        var given = One("Enable-NatOutgoing 10.2.0.1 -ExcludePrefix 10.0.0.0/8, 192.0.2.7 -NetNamespace $h");

        Assert.Equal(["10.0.0.0/8", "192.0.2.7"], Elements("nat_excluded4"));
        Assert.Equal("10.0.0.0/8, 192.0.2.7/32", given.Text("ExcludePrefix"));
        Run("Disable-NatOutgoing 10.2.0.1 -ExcludePrefix 10.0.0.0/8 -NetNamespace $h");
        Assert.Equal(["192.0.2.7"], Elements("nat_excluded4"));
    }

    [Fact]
    public void Get_lists_what_nft_holds_and_tells_of_a_pair_whether_it_has_it()
    {
        AddPair();
        Assert.Empty(Run("Get-NatOutgoing -NetNamespace $h").Output);
        Assert.Equal("Disabled", One("$pair | Get-NatOutgoing").Text("Status"));
        Run("$null = Enable-NatOutgoing 10.2.0.0/16 -NetNamespace $h; $null = Enable-NatOutgoing 10.9.0.1 -NetNamespace $h");

        Assert.Equal(["10.2.0.0/16", "10.9.0.1/32"], Run("Get-NatOutgoing $h").Output.Texts("SourcePrefix"));
        Assert.Equal(("Enabled", "10.2.0.0/16"), (One("$pair | Get-NatOutgoing").Text("Status"), One("$pair | Get-NatOutgoing").Text("SourcePrefix")));
        Assert.Equal(2, Run("Get-NetNamespace $h | Get-NatOutgoing").Output.Count);
    }

    [Fact]
    public void Enable_again_changes_nothing_and_Disable_takes_back_what_is_there()
    {
        AddPair();
        Run("$null = $pair | Enable-NatOutgoing");
        Assert.Empty(Module.Run("$pair | Enable-NatOutgoing -WhatIf").PreviewLines());
        Run("$null = $pair | Enable-NatOutgoing");

        Assert.Empty(Run("$pair | Disable-NatOutgoing").Output);
        Assert.Empty(Elements("nat_addresses4"));
        Assert.Equal("Disabled", One("$pair | Disable-NatOutgoing -PassThru").Text("Status"));
    }

    [Fact]
    public void What_Get_gives_can_be_disabled_and_enabled_again()
    {
        Run("$null = Enable-NatOutgoing 10.2.0.0/16, 10.9.0.1 -NetNamespace $h; $all = Get-NatOutgoing $h; $all | Disable-NatOutgoing");
        Assert.Empty(Run("Get-NatOutgoing $h").Output);

        Run("$null = $all | Enable-NatOutgoing");
        Assert.Equal(2, Run("Get-NatOutgoing $h").Output.Count);
    }

    [Fact]
    public void Host_bits_name_the_prefix_that_may_be_meant()
        => Assert.Contains("10.2.0.0/16", Assert.Single(Fails("Enable-NatOutgoing 10.2.0.1/16 -NetNamespace $h", "InvalidArgument").Errors).ToString(), StringComparison.Ordinal);

    [Fact]
    public void A_prefix_that_overlaps_another_is_refused_with_the_kernels_reason_and_nothing_changes()
    {
        Run("$null = Enable-NatOutgoing 10.2.0.0/16 -NetNamespace $h");
        Assert.Contains("10.2.3.0/24", Assert.Single(Fails("Enable-NatOutgoing 10.9.0.1, 10.2.3.0/24 -NetNamespace $h", "ResourceExists").Errors).ToString(), StringComparison.Ordinal);

        Assert.Equal(["10.2.0.0/16"], Elements("nat_prefixes4"));
        Assert.Empty(Elements("nat_addresses4"));
    }

    [Theory]
    [InlineData("Enable-NatOutgoing 10.2.0.1 -NetNamespace no-such-namespace", "ObjectNotFound")]
    [InlineData("New-VethPair $w -HostNetNamespace $h | Enable-NatOutgoing", "NoAddress")]
    [InlineData("New-VethPair $w -HostNetNamespace $h -IPAddress 10.2.0.1 -WhatIf | Enable-NatOutgoing", "PlannedObject")]
    public void What_cannot_be_is_an_error(string script, string id) => Fails(script, id);

    [Fact]
    public void A_table_of_a_newer_version_is_left_alone()
    {
        Nft.In(Sandbox.HostName).Run("add table inet caliconet { comment \"caliconet version 99\"; }");
        var before = Nft.In(Sandbox.HostName).Text();

        Fails("Enable-NatOutgoing 10.2.0.1 -NetNamespace $h", "NewerVersion");
        Fails("New-CalicoEndpoint \"$w-x\" 10.2.0.1 -HostNetNamespace $h", "NewerVersion");

        Assert.Equal(before, Nft.In(Sandbox.HostName).Text());
        Assert.False(Netns.Exists($"{Workload}-x"));
    }
}

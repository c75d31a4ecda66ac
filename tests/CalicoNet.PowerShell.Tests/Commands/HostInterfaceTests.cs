namespace CalicoNet.PowerShell.Tests.Commands;

public class HostInterfaceTests : CommandTest
{
    [Fact]
    public void Get_shows_what_ip_shows()
    {
        AddPair();
        HostIp.Run("link set dev v-cali-peer alias some-text group 7 mtu 1400");

        var found = Run("Get-HostInterface -NetNamespace $h").Output;

        foreach (var link in HostIp.Links())
        {
            var shown = Assert.Single(found, f => f.Text("InterfaceAlias") == link.Name);
            Assert.Equal(
                (link.Index.ToString(null, null), link.IsUp ? "Up" : "Down", link.Mtu.ToString(null, null), link.Mac, link.Kind ?? "", link.Alias ?? "", link.Group.ToString(null, null)),
                (shown.Text("InterfaceIndex"), shown.Text("AdminStatus"), shown.Text("MtuSize"), shown.Text("MacAddress"), shown.Text("Kind"), shown.Text("Description"), shown.Text("Group")));
        }

        Assert.Equal(HostIp.Links().Count, found.Count);
    }

    [Fact]
    public void Get_of_all_tells_the_state_that_the_kernel_has_not_got_to_yet()
    {
        // Where both ends have one number the kernel takes its time with a carrier that went right after it came: a second.
        HostIp.Run($"link add name v0 index 77 type veth peer name v1 index 77 netns {Workload}");
        HostIp.Run("link set v0 up");
        WorkloadIp.Run("link set v1 up");
        WorkloadIp.Run("link set v1 down");

        Assert.Equal("Down", One("Get-HostInterface -NetNamespace $h | Where-Object InterfaceAlias -eq v0").Text("Status"));
    }

    [Fact]
    public void Get_finds_by_name_by_wildcard_and_by_number()
    {
        var index = HostIp.Link("up0")!.Index;
        Set("index", index);

        Assert.Equal("up0", One("Get-HostInterface up0 -NetNamespace $h").Text("InterfaceAlias"));
        Assert.Equal("up0", One("Get-HostInterface u* -NetNamespace $h").Text("InterfaceAlias"));
        Assert.Equal("up0", One("Get-HostInterface -ifIndex $index -NetNamespace $h").Text("InterfaceAlias"));
        Assert.Equal(2, Run("Get-HostInterface up0, *, lo -NetNamespace $h").Output.Count);
        Assert.Empty(Run("Get-HostInterface U* -NetNamespace $h").Output);
    }

    [Fact]
    public void Get_of_what_is_not_there_is_an_error_for_a_name_and_a_number_and_nothing_for_a_wildcard()
    {
        var result = Fails("Get-HostInterface nosuch, up0, nosuch* -NetNamespace $h; Get-HostInterface -InterfaceIndex 999 -NetNamespace $h", "ObjectNotFound", "ObjectNotFound");
        Assert.Equal("up0", Assert.Single(result.Output).Text("InterfaceAlias"));
        Fails("Get-HostInterface -NetNamespace no-such-namespace", "ObjectNotFound");
    }

    [Fact]
    public void Get_takes_a_name_with_a_bracket_literally_first()
    {
        HostIp.Run("link add name x[1] type veth peer name x1");

        Assert.Equal("x[1]", One("Get-HostInterface 'x[1]' -NetNamespace $h").Text("InterfaceAlias"));
        Assert.Equal("x1", One("Get-HostInterface 'x[12]' -NetNamespace $h").Text("InterfaceAlias"));
        Assert.Equal("x[1]", One("Get-HostInterface 'x`[1`]' -NetNamespace $h").Text("InterfaceAlias"));
        Fails("Get-HostInterface 'x[' -NetNamespace $h", "ObjectNotFound");
    }

    [Fact]
    public void Get_takes_namespaces_interfaces_and_pairs_from_the_pipeline()
    {
        AddPair();

        Assert.Equal(3, Run("Get-NetNamespace $h | Get-HostInterface").Output.Count);
        Assert.Equal("v-cali", One("$pair | Get-HostInterface").Text("InterfaceAlias"));
        Assert.Equal("up0", One("Get-HostInterface up0 -NetNamespace $h | Get-HostInterface").Text("InterfaceAlias"));
    }

    [Fact]
    public void Set_changes_everything_at_once_and_gives_the_interface_as_it_became()
    {
        AddPair();

        var changed = One("Set-HostInterface v-cali-peer -NetNamespace $h -MtuSize 1300 -MacAddress EE-EE-EE-EE-EE-EE -NewName cali0 -Status Down");

        var link = HostIp.Link("cali0")!;
        Assert.Equal((1300, "ee:ee:ee:ee:ee:ee", false), (link.Mtu, link.Mac, link.IsUp));
        Assert.Equal(("cali0", "1300", "ee:ee:ee:ee:ee:ee", "Down"), (changed.Text("InterfaceAlias"), changed.Text("MtuSize"), changed.Text("MacAddress"), changed.Text("AdminStatus")));

        Assert.Equal("Up", One("Set-HostInterface cali0 -NetNamespace $h -Status Up -NewName cali1").Text("AdminStatus"));
        Assert.True(HostIp.Link("cali1")!.IsUp);
    }

    [Fact]
    public void Set_is_idempotent_and_says_nothing_the_second_time()
    {
        AddPair();
        const string set = "Set-HostInterface v-cali-peer -NetNamespace $h -MtuSize 1300 -Status Up -Verbose";

        Assert.NotEmpty(Run(set).Verbose);
        var again = Run(set);

        Assert.Empty(again.Verbose);
        Assert.Equal("1300", Assert.Single(again.Output).Text("MtuSize"));
    }

    [Fact]
    public void Set_takes_an_interface_and_follows_it_when_it_was_renamed()
    {
        AddPair();
        Run("$i = Get-HostInterface v-cali-peer -NetNamespace $h");
        HostIp.Run("link set dev v-cali-peer name other");

        Assert.Equal("other", One("$i | Set-HostInterface -MtuSize 1300").Text("InterfaceAlias"));
        Assert.Equal(1300, HostIp.Link("other")!.Mtu);
    }

    [Fact]
    public void Set_takes_a_pair_for_its_host_end()
    {
        AddPair();

        Assert.Equal("v-cali-peer", One("$pair | Set-HostInterface -MtuSize 1300").Text("InterfaceAlias"));

        Assert.Equal((1300, 1500), (HostIp.Link("v-cali-peer")!.Mtu, WorkloadIp.Link("v-cali")!.Mtu));
    }

    [Fact]
    public void Set_undoes_the_first_steps_when_a_later_one_is_refused()
    {
        AddPair();
        var before = HostIp.Link("v-cali-peer");

        var error = Assert.Single(Fails("Set-HostInterface v-cali-peer -NetNamespace $h -MtuSize 1300 -MacAddress ee:ee:ee:ee:ee:ee -NewName up0", "ResourceExists").Errors);

        Assert.Contains("up0", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, HostIp.Link("v-cali-peer"));
    }

    [Fact]
    public void Set_says_the_kernel_s_own_reason()
    {
        AddPair();
        var error = Assert.Single(Fails("Set-HostInterface v-cali-peer -NetNamespace $h -MtuSize 65536", "InvalidArgument").Errors);
        Assert.Contains("mtu greater than device maximum", error.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
    }

    [Theory]
    [InlineData("a-name-that-is-too-long", "15 bytes")]
    [InlineData("a/b", "'/'")]
    [InlineData("a b", "whitespace")]
    [InlineData("eth%d", "'%'")]
    [InlineData("..", "directories")]
    public void Set_refuses_a_name_that_is_none_and_says_why(string name, string reason)
    {
        AddPair();
        var error = Assert.Single(Fails($"Set-HostInterface v-cali-peer -NetNamespace $h -MtuSize 1300 -NewName '{name}'", "InvalidArgument").Errors);
        Assert.Contains(reason, error.ToString(), StringComparison.Ordinal);
        Assert.Equal(1500, HostIp.Link("v-cali-peer")!.Mtu);
    }

    [Fact]
    public void Set_of_an_interface_that_is_none_is_an_error() => Fails("Set-HostInterface nosuch -NetNamespace $h -MtuSize 1300", "ObjectNotFound");

    [Fact]
    public void Set_refuses_an_interface_that_is_gone()
    {
        AddPair();
        Run("$i = Get-HostInterface v-cali-peer -NetNamespace $h");
        HostIp.Run("link del dev v-cali-peer");

        Fails("$i | Set-HostInterface -MtuSize 1300", "StaleObject");
        Fails("$pair | Set-HostInterface -MtuSize 1300", "StaleObject");
    }

    [Fact]
    public void Set_refuses_a_planned_interface()
    {
        AddPair();
        Fails("Set-HostInterface v-cali-peer -NetNamespace $h -MtuSize 1300 -WhatIf | Set-HostInterface -Status Down", "PlannedObject");
        Assert.Equal((1500, true), (HostIp.Link("v-cali-peer")!.Mtu, HostIp.Link("v-cali-peer")!.IsUp));
    }
}

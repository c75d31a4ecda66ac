using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Commands;

public class VethPairTests : CommandTest
{
    [Fact]
    public void New_makes_both_ends_up_with_addresses_and_says_so()
    {
        var pair = One("New-VethPair $w -HostNetNamespace $h -InterfaceAlias v-cali -HostInterfaceAlias v-cali-peer -IPAddress 10.2.0.1, 2001:db8::1 -MtuSize 1400 -MacAddress ee:00:00:00:00:01 -HostMacAddress ee:00:00:00:00:02");

        var (host, workload) = (HostIp.Link("v-cali-peer")!, WorkloadIp.Link("v-cali")!);
        Assert.Equal((true, 1400, "ee:00:00:00:00:02", workload.Index), (host.IsUp, host.Mtu, host.Mac, host.PeerIndex));
        Assert.Equal((true, 1400, "ee:00:00:00:00:01", host.Index), (workload.IsUp, workload.Mtu, workload.Mac, workload.PeerIndex));
        Assert.Equal(["10.2.0.1/32", "2001:db8::1/128"], WorkloadIp.Addresses().Where(a => a.Scope == "global").Select(a => a.Prefix));
        Assert.Equal(
            ("v-cali", Workload, "v-cali-peer", Sandbox.HostName, "10.2.0.1, 2001:db8::1", "Up"),
            (pair.Text("InterfaceAlias"), pair.Text("NetNamespace"), pair.Text("HostInterfaceAlias"), pair.Text("HostNetNamespace"), pair.Text("IPAddress"), pair.Text("Status")));
    }

    [Fact]
    public void New_with_a_taken_name_changes_nothing_and_says_what_has_it()
    {
        AddPair();
        var refused = Assert.Single(Fails("New-VethPair $w -HostNetNamespace $h -InterfaceAlias eth1 -HostInterfaceAlias v-cali-peer", "ResourceExists").Errors);
        Assert.Contains($"its workload end is 'v-cali' in network namespace '{Workload}'", refused.ToString(), StringComparison.Ordinal);
        Assert.Null(WorkloadIp.Link("eth1"));
    }

    [Fact]
    public void New_takes_an_address_that_is_given_twice_once()
        => Assert.Equal("10.2.0.1", One("New-VethPair $w -HostNetNamespace $h -IPAddress 10.2.0.1, 10.2.0.1/32").Text("IPAddress"));

    [Theory]
    [InlineData("-IPAddress 10.2.0.1, 0.0.0.0", "'0.0.0.0'")]   // the kernel says yes and adds none
    [InlineData("-IPAddress 2001:db8::1 -MtuSize 1279", "1280")]
    public void New_with_an_address_that_cannot_be_makes_nothing_and_names_it(string arguments, string says)
    {
        var refused = Assert.Single(Fails($"New-VethPair $w -HostNetNamespace $h {arguments}", "InvalidArgument").Errors);

        Assert.Contains(says, refused.ToString(), StringComparison.Ordinal);
        Assert.Equal(["lo"], WorkloadIp.Links().Select(link => link.Name));
    }

    [Fact]
    public void Get_finds_a_pair_by_whichever_end()
    {
        AddPair();

        string[] gets =
        [
            "Get-VethPair v-cali-peer -NetNamespace $h",
            "Get-VethPair v-cali-* -HostNetNamespace $h",
            "Get-VethPair -NetNamespace $w -HostNetNamespace $h",
            "Get-VethPair v-cali -NetNamespace $w -HostNetNamespace $h",
            "Get-HostInterface v-cali-peer -NetNamespace $h | Get-VethPair",
            "Get-HostInterface v-cali -NetNamespace $w | Get-VethPair -HostNetNamespace $h",
            "$pair | Get-VethPair",
            "$pair | Add-HostRoute | Get-VethPair",
        ];

        Assert.All(gets, get => Assert.Equal("True", One($"({get}).Equals($pair)").ToString()));
    }

    [Fact]
    public void Get_lists_the_host_ends_of_a_namespace_and_other_workloads_are_left_out_by_host()
    {
        AddPair();

        Assert.Equal(["up0", "v-cali-peer"], Run("Get-VethPair -NetNamespace $h").Output.Select(pair => pair.Text("HostInterfaceAlias")));
        Set("out", Sandbox.OutsideName);
        Assert.Empty(Run("Get-VethPair -NetNamespace $out -HostNetNamespace $w").Output);
    }

    [Fact]
    public void Get_lists_a_pair_inside_one_namespace_once()
    {
        WorkloadIp.Run("link add name a type veth peer name b");

        var pair = One("Get-VethPair -NetNamespace $w");

        Assert.Equal(("a", "b"), (pair.Text("HostInterfaceAlias"), pair.Text("InterfaceAlias")));
        Assert.Equal("a", One("Get-VethPair b -NetNamespace $w").Text("HostInterfaceAlias"));
    }

    [Fact]
    public void Get_takes_the_end_of_an_endpoint_that_faces_its_host()
    {
        Run("New-CalicoEndpoint web1 -IPAddress 10.2.0.7 -HostNetNamespace $h -NetNamespace $w");

        var fromWorkload = One("Get-VethPair -NetNamespace $w");

        Assert.Equal((Sandbox.HostName, Workload), (fromWorkload.Text("HostNetNamespace"), fromWorkload.Text("NetNamespace")));
    }

    [Fact]
    public void Get_of_what_is_no_pair_is_an_error_for_a_name_and_nothing_for_a_wildcard()
    {
        Fails("Get-VethPair nosuch -NetNamespace $h; Get-VethPair lo -NetNamespace $h", "ObjectNotFound", "ObjectNotFound");
        Assert.Empty(Run("Get-VethPair nosuch*, l* -NetNamespace $h").Output);
    }

    [Fact]
    public void Get_refuses_a_pair_whose_number_another_interface_has()
    {
        AddPair();
        var index = HostIp.Link("v-cali-peer")!.Index;
        HostIp.Run("link del dev v-cali-peer");
        HostIp.Run($"link add name other index {index} type veth peer name another");

        Fails("$pair | Get-VethPair", "StaleObject");
    }

    [Fact]
    public void Get_takes_a_pair_that_was_serialised()
    {
        AddPair();
        Set("text", System.Management.Automation.PSSerializer.Serialize(Module.Runspace.SessionStateProxy.GetVariable("pair")));

        Assert.Equal("True", One("([System.Management.Automation.PSSerializer]::Deserialize($text) | Get-VethPair).Equals($pair)").ToString());
    }

    [Fact]
    public void Remove_removes_by_object_and_by_either_end()
    {
        AddPair();
        Run("$pair | Remove-VethPair");
        Assert.Null(HostIp.Link("v-cali-peer"));

        AddPair();
        Run("Remove-VethPair v-cali-peer -NetNamespace $h");
        Assert.Null(WorkloadIp.Link("v-cali"));

        AddPair();
        Run("Remove-VethPair v-cali -NetNamespace $w");
        Assert.Null(HostIp.Link("v-cali-peer"));
    }

    [Fact]
    public void Remove_follows_a_renamed_end_and_leaves_the_interface_that_has_the_name_now()
    {
        AddPair();
        HostIp.RunBatch("link set dev v-cali-peer name other", "link add name v-cali-peer type veth peer name another");

        Run("$pair | Remove-VethPair");

        Assert.Null(HostIp.Link("other"));
        Assert.NotNull(HostIp.Link("v-cali-peer"));
    }

    [Fact]
    public void Remove_of_what_is_gone_is_an_error()
    {
        AddPair();
        Run("$pair | Remove-VethPair");
        Fails("$pair | Remove-VethPair", "StaleObject");
        Fails("Remove-VethPair v-cali-peer, lo, up0 -NetNamespace $h", "ObjectNotFound", "ObjectNotFound");
        Assert.Null(HostIp.Link("up0"));
    }

    [Fact]
    public void Remove_removes_many_together()
    {
        const int count = 300;
        HostIp.RunBatch([.. Enumerable.Range(0, count).Select(i => $"link add name h{i} type veth peer name w{i} netns {Workload}")]);

        Run("Get-VethPair h* -HostNetNamespace $h | Remove-VethPair");

        Assert.Equal(["lo", "up0"], HostIp.Links().Select(link => link.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Remove_finishes_what_it_has_taken_when_the_pipeline_is_ended()
    {
        HostIp.RunBatch([.. Enumerable.Range(0, 3).Select(i => $"link add name h{i} type veth peer name w{i} netns {Workload}")]);

        var result = Module.Run("Get-VethPair h* -HostNetNamespace $h | ForEach-Object { if ($_.HostInterfaceAlias -eq 'h2') { throw 'enough' }; $_ } | Remove-VethPair");

        Assert.True(result.WasEnded);
        Assert.Equal("h2", Assert.Single(HostIp.Links(), link => link.Name.StartsWith('h')).Name);
    }

    [Fact]
    public void Remove_of_an_endpoint_s_pair_points_to_the_endpoint_unless_forced()
    {
        Run("$e = New-CalicoEndpoint web1 -IPAddress 10.2.0.7 -HostNetNamespace $h -NetNamespace $w");

        var errors = Fails("$e | Get-VethPair | Remove-VethPair; Remove-VethPair eth0 -NetNamespace $w", "NotOurs", "NotOurs").Errors;
        Assert.All(errors, error => Assert.Contains("Remove-CalicoEndpoint", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal));
        Assert.NotNull(WorkloadIp.Link("eth0"));

        Run("$e | Get-VethPair | Remove-VethPair -Force");
        Assert.Null(WorkloadIp.Link("eth0"));
    }

    [Fact]
    public void Remove_does_not_take_objects_that_merely_have_a_pair()
    {
        AddPair();
        Fails("$pair | Add-HostRoute | Remove-VethPair", "InputObjectNotBound");
        Assert.NotNull(HostIp.Link("v-cali-peer"));
    }
}

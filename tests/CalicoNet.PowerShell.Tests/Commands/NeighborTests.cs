using System.Globalization;
using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Commands;

public sealed class NeighborTests : CommandTest
{
    private const string Mac = "ee:00:00:00:00:09";

    /// <summary>Entries in four states, two families, two interfaces: <c>v-cali</c> and <c>other</c>.</summary>
    private void AddEntries()
    {
        AddPair("10.2.0.1/24, 2001:db8:2::1/64");
        WorkloadIp.RunBatch(
            "link add other type veth peer name other1", "link set other1 up", "link set other up",
            $"neigh add 10.2.0.10 lladdr {Mac} dev v-cali nud permanent", $"neigh add 10.2.0.11 lladdr {Mac} dev v-cali nud stale",
            $"neigh add 10.2.0.12 lladdr {Mac} dev v-cali nud reachable", $"neigh add 2001:db8:2::10 lladdr {Mac} dev v-cali nud stale",
            $"neigh add 10.3.0.10 lladdr {Mac} dev other nud permanent");
    }

    private IEnumerable<string> Addresses(string script) => Run(script).Output.Texts("IPAddress").Where(address => !address.StartsWith("fe80", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    [Fact]
    public void Get_shows_what_ip_shows()
    {
        AddEntries();

        var found = Run("Get-NeighborTable $w").Output;

        Assert.Equal(
            WorkloadIp.Neighbors().Select(n => $"{n.Address} {n.Mac} {n.State.ToUpperInvariant()} {n.Device}").Order(StringComparer.Ordinal),
            found.Select(n => $"{n.Text("IPAddress")} {n.Text("LinkLayerAddress")} {n.Text("State").ToUpperInvariant()} {n.Text("InterfaceAlias")}").Order(StringComparer.Ordinal));
        Assert.All(found, n => Assert.Equal(Workload, n.Text("NetNamespace")));
    }

    [Theory]
    [InlineData("$w -State Permanent", "10.2.0.10", "10.3.0.10")]
    [InlineData("$w -State Stale, Permanent -AddressFamily IPv4", "10.2.0.10", "10.2.0.11", "10.3.0.10")]
    [InlineData("$w -AddressFamily IPv6", "2001:db8:2::10")]
    [InlineData("$w -InterfaceAlias other", "10.3.0.10")]
    [InlineData("$w -InterfaceAlias v-*, oth* -State Permanent", "10.2.0.10", "10.3.0.10")]
    [InlineData("$w -IPAddress 10.2.0.11, 2001:DB8:2:0::10", "10.2.0.11", "2001:db8:2::10")]
    [InlineData("$w -State Unreachable")]
    [InlineData("-VethPair $pair -State Permanent", "10.2.0.10")]
    public void Filters_choose(string filter, params string[] addresses)
    {
        AddEntries();
        Assert.Equal(addresses, Addresses($"Get-NeighborTable {filter}"));
    }

    [Fact]
    public void Namespaces_and_pairs_come_from_the_pipeline()
    {
        AddEntries();
        Assert.Equal(["10.2.0.10", "10.3.0.10"], Addresses("Get-NetNamespace $w | Get-NeighborTable -State Permanent"));
        Assert.Equal(["10.2.0.10"], Addresses("$pair | Get-NeighborTable -State Permanent"));
        Assert.Equal("5", One("Get-NetNamespace $w | Measure-NeighborTable -IPAddress 10.2.0.10, 10.2.0.11, 10.2.0.12, 10.3.0.10, 2001:db8:2::10").Text("Count"));
    }

    [Fact]
    public void Measure_counts_by_state_and_tells_the_kernels_limits()
    {
        AddEntries();

        var count = One("$pair | Measure-NeighborTable -AddressFamily IPv4");

        Assert.Equal(("3", "1", "1", "1", "0"), (count.Text("Count"), count.Text("Permanent"), count.Text("Stale"), count.Text("Reachable"), count.Text("Failed")));
        Assert.Equal(Exec.Run("cat", "/proc/sys/net/ipv4/neigh/default/gc_thresh3").Output.Trim(), count.Text("GcThreshold3"));
        Assert.IsType<DateTime>(count.Get("Time"));
    }

    [Fact]
    public void Add_sets_an_entry_for_good_and_again_with_another_MAC()
    {
        AddEntries();

        var added = One($"Add-Neighbor 10.2.0.11 EE-00-00-00-00-0A -InterfaceAlias v-cali -NetNamespace $w");

        Assert.Contains(WorkloadIp.Neighbors(), n => n is { Address: "10.2.0.11", Mac: "ee:00:00:00:00:0a", State: "PERMANENT" });
        Assert.Equal(("ee:00:00:00:00:0a", "Permanent"), (added.Text("LinkLayerAddress"), added.Text("State")));
        Run($"$null = Add-Neighbor 2001:db8:2::11 {Mac} -InterfaceAlias v-cali -NetNamespace $w");
        Assert.Contains(WorkloadIp.Neighbors(), n => n is { Address: "2001:db8:2::11", State: "PERMANENT" });
    }

    [Fact]
    public void What_Get_gives_can_be_pinned_and_removed()
    {
        AddEntries();
        Run("$null = Get-NeighborTable $w -IPAddress 10.2.0.11 | Add-Neighbor");
        Assert.Contains(WorkloadIp.Neighbors(), n => n is { Address: "10.2.0.11", State: "PERMANENT" });

        Assert.Empty(Run("Get-NeighborTable $w -IPAddress 10.2.0.11, 10.3.0.10 | Remove-Neighbor").Output);
        Assert.DoesNotContain(WorkloadIp.Neighbors(), n => n.Address is "10.2.0.11" or "10.3.0.10");
    }

    [Fact]
    public void Remove_by_address_says_which_one_is_not_there()
    {
        AddEntries();
        Assert.Contains("10.2.0.99", Assert.Single(Fails("Remove-Neighbor 10.2.0.99, 10.2.0.10 -InterfaceAlias v-cali -NetNamespace $w", "ObjectNotFound").Errors).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(WorkloadIp.Neighbors(), n => n.Address == "10.2.0.10");
    }

    [Fact]
    public void Clear_leaves_what_was_set_for_good_unless_it_is_asked_for()
    {
        AddEntries();

        Assert.Empty(Run("Clear-NeighborTable $w").Output);
        Assert.Equal(["10.2.0.10", "10.3.0.10"], WorkloadIp.Neighbors().Where(n => n.State == "PERMANENT").Select(n => n.Address).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(WorkloadIp.Neighbors(), n => n.Address is "10.2.0.11" or "10.2.0.12" or "2001:db8:2::10");

        Run("$pair | Clear-NeighborTable -State Permanent");
        Assert.Equal(["10.3.0.10"], WorkloadIp.Neighbors().Where(n => n.State == "PERMANENT").Select(n => n.Address));
        Run("Get-NeighborTable $w | Clear-NeighborTable");
        Assert.Empty(WorkloadIp.Neighbors());
        Assert.Empty(Run("Clear-NeighborTable $w").Output);
    }

    [Fact]
    public async Task A_stopped_Clear_of_ten_thousand_leaves_no_half_entry_and_can_be_run_again()
    {
        AddEntries();
        WorkloadIp.RunBatch([.. Enumerable.Range(0, 10_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"neigh add 10.8.{i / 250}.{i % 250 + 1} lladdr {Mac} dev v-cali nud noarp"))]);

        var running = Module.RunAsync("$host.UI.WriteLine('begun'); 1..1000 | ForEach-Object { Clear-NeighborTable $w -State NoArp -Verbose }");
        await Module.WaitForTextAsync("begun");
        await Module.StopAsync();
        await running;
        Run("Clear-NeighborTable $w -State NoArp");

        Assert.DoesNotContain(WorkloadIp.Neighbors(), n => n.Address.StartsWith("10.8.", StringComparison.Ordinal));
        Assert.Contains(WorkloadIp.Neighbors(), n => n.Address == "10.2.0.10");
    }

    [Theory]
    [InlineData("Get-NeighborTable no-such-namespace", "ObjectNotFound")]
    [InlineData("Get-NeighborTable $w -InterfaceAlias no-such", "ObjectNotFound")]
    [InlineData("Add-Neighbor 10.2.0.9 ee:00:00:00:00:09 -InterfaceAlias no-such -NetNamespace $w", "ObjectNotFound")]
    [InlineData("Add-Neighbor 10.2.0.9 ee:00:00:00:00:09 -InterfaceAlias name-of-17-bytes. -NetNamespace $w", "InvalidArgument")]
    [InlineData("New-VethPair $w -HostNetNamespace $h -WhatIf | Clear-NeighborTable", "PlannedObject")]
    [InlineData("$n = Get-NeighborTable $w -IPAddress 10.2.0.10; $pair | Remove-VethPair; $n | Remove-Neighbor", "StaleObject")]
    public void What_cannot_be_is_an_error(string script, string id)
    {
        AddEntries();
        Fails(script, id);
    }

    [Theory]
    [InlineData("01:00:00:00:00:01")]
    [InlineData("00:00:00:00:00:00")]
    [InlineData("ee:00")]
    public void A_MAC_that_no_neighbor_can_have_is_refused_by_its_value(string mac)
        => Assert.Contains(mac, Assert.Single(Module.Run($"Add-Neighbor 10.2.0.9 {mac} -InterfaceAlias lo -NetNamespace $w").Errors).ToString(), StringComparison.Ordinal);
}

using System.Text.Json.Nodes;
using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Endpoints;

/// <summary>Endpoints with addresses from pools and with records, told by the database file itself, which another program reads.</summary>
public sealed class EndpointRecordTests
{
    private const string Pools = "$null = New-CalicoIPPool four 10.65.0.0/24 -NatOutgoing Enabled; $null = New-CalicoIPPool six fd00:65::/120; ";
    private const string Make = "New-CalicoEndpoint \"${p}web\" -HostNetNamespace $h -NodeName node-a";

    [Fact]
    public void Without_an_address_it_gets_one_of_each_family_of_the_pools_and_is_recorded()
    {
        using var lab = Lab.Create();

        var made = Assert.Single(lab.Run(Pools + Make).Output);

        var addresses = made.Text("IPAddress").Split(", ");
        Assert.StartsWith("10.65.0.", addresses[0], StringComparison.Ordinal);
        Assert.StartsWith("fd00:65::", addresses[1], StringComparison.Ordinal);
        Assert.Equal(("Ready", "node-a", "IPv4"), (made.Text("Status"), made.Text("NodeName"), made.Text("NatOutgoing")));
        Assert.Contains(Ip.In(lab.Prefix + "web").Addresses(), address => address.Prefix == $"{addresses[0]}/32");
        Assert.Equal([addresses[0]], lab.NatAddresses());
        var record = JsonNode.Parse(Assert.Single(Stored(lab, "/calico/resources/v3/projectcalico.org/workloadendpoints/")))!;
        Assert.Equal($"node--a-cni-{lab.Prefix.Replace("-", "--", StringComparison.Ordinal)}web-eth0", (string?)record["metadata"]!["name"]);
        Assert.Equal([$"{addresses[0]}/32", $"{addresses[1]}/128"], record["spec"]!["ipNetworks"]!.AsArray().Select(network => (string?)network));
        Assert.Equal((made.Text("HostInterfaceAlias"), made.Text("MacAddress")), ((string?)record["spec"]!["interfaceName"], (string?)record["spec"]!["mac"]));
        Assert.Single(Stored(lab, $"/calico/ipam/v2/handle/caliconet.default.{lab.Prefix}web"));
        Assert.Equal(made.BaseObject, Assert.Single(lab.Run("Get-CalicoEndpoint -HostNetNamespace $h -NodeName node-a").Output).BaseObject);

        // By the object: as the node, and in the datastore, where it was found.
        lab.Run("Get-CalicoEndpoint -HostNetNamespace $h -NodeName node-a | Remove-CalicoEndpoint");

        lab.AssertNoEndpoints();
        Assert.Empty(Stored(lab, "/calico/resources/v3/projectcalico.org/workloadendpoints/"));
        Assert.Empty(Stored(lab, "/calico/ipam/v2/handle/"));
    }

    [Fact]
    public void A_sticky_address_is_kept_for_the_name_until_it_is_forgotten()
    {
        using var lab = Lab.Create();
        var first = Assert.Single(lab.Run(Pools + Make + " -StickyAddress").Output).Text("IPAddress");

        lab.Run("Remove-CalicoEndpoint \"${p}web\" -HostNetNamespace $h -NodeName node-a; $null = New-CalicoEndpoint \"${p}other\" -HostNetNamespace $h -NodeName node-a");
        Assert.Equal(first, Assert.Single(lab.Run(Make + " -StickyAddress -OutVariable web").Output).Text("IPAddress"));
        Assert.Single(Stored(lab, "/caliconet/v1/sticky/"));

        lab.Run("$web | Remove-CalicoEndpoint");
        lab.Run("Remove-CalicoEndpoint \"${p}web\" -HostNetNamespace $h -ForgetAddress");
        Assert.Empty(Stored(lab, "/caliconet/v1/sticky/"));
        Assert.Equal("ObjectNotFound,CalicoNet.Commands.RemoveCalicoEndpointCommand", lab.Fails("Remove-CalicoEndpoint \"${p}web\" -HostNetNamespace $h -ForgetAddress").FullyQualifiedErrorId);
    }

    [Theory]
    [InlineData("-Pool b", "10.67.", "Disabled")]
    [InlineData("-Pool 10.67.0.0/24", "10.67.", "Disabled")]
    [InlineData("-Pool b, a", "10.67.", "Disabled")]
    [InlineData("-Pool a", "10.66.", "Enabled")]
    [InlineData("-Pool a -NatOutgoing Disabled", "10.66.", "Disabled")]
    [InlineData("-Pool b -NatOutgoing Enabled", "10.67.", "Enabled")]
    [InlineData("-IPAddress 10.67.0.9", "10.67.0.9", "Disabled")]
    [InlineData("-IPAddress 10.77.0.9", "10.77.0.9", "Enabled")]
    public void Pools_are_named_and_say_who_gets_NAT(string arguments, string begins, string nat)
    {
        using var lab = Lab.Create();

        var made = Assert.Single(lab.Run($"$null = New-CalicoIPPool a 10.66.0.0/24 -NatOutgoing Enabled; $null = New-CalicoIPPool b 10.67.0.0/24; {Make} {arguments}").Output);

        Assert.StartsWith(begins, made.Text("IPAddress"), StringComparison.Ordinal);
        Assert.Equal(nat, made.Text("NatOutgoing"));
        Assert.Equal(nat == "Enabled" ? [made.Text("IPAddress")] : [], lab.NatAddresses());
    }

    [Theory]
    [InlineData("", "", "NoPool", "no enabled IP pool", "New-CalicoIPPool")]
    [InlineData(Pools, "-Pool absent", "ObjectNotFound", "'absent'", "")]
    [InlineData(Pools, "-NodeName Upper", "InvalidArgument", "'Upper'", "")]
    [InlineData(Pools + "$null = New-CalicoEndpoint \"${p}other\" 10.65.0.7 -HostNetNamespace $h; ", "-IPAddress 10.65.0.7", "AddressInUse", "10.65.0.7", "")]
    [InlineData(Pools + "Set-CalicoIPPool four -Status Disabled; ", "-IPAddress 10.65.0.7", "NotAllowed", "'four'", "")]
    public void What_cannot_be_had_is_told_and_leaves_nothing(string before, string arguments, string id, string named, string advice)
    {
        using var lab = Lab.Create();
        lab.Run("$null = New-CalicoIPPool gone 10.99.0.0/24; Remove-CalicoIPPool gone; " + before);
        var stored = Dump(lab);

        var error = lab.Fails($"New-CalicoEndpoint \"${{p}}web\" -HostNetNamespace $h {arguments}");

        Assert.Equal($"{id},CalicoNet.Commands.NewCalicoEndpointCommand", error.FullyQualifiedErrorId);
        Assert.Contains(named, error.ToString(), StringComparison.Ordinal);
        Assert.Contains(advice, error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(stored, Dump(lab));
        Assert.DoesNotContain(lab.Prefix + "web", lab.Workloads());
    }

    [Fact]
    public void WhatIf_shows_the_address_that_would_be_taken_and_writes_nothing()
    {
        using var lab = Lab.Create();
        lab.Run(Pools + "$null = New-CalicoEndpoint \"${p}first\" -HostNetNamespace $h -NodeName node-a");
        var stored = Dump(lab);

        var planned = lab.Run(Make + " -WhatIf");
        Assert.Equal(stored, Dump(lab));
        var address = Assert.Single(planned.Output).Text("IPAddress");
        Assert.Contains(planned.PreviewLines(), line => line.Contains(address.Split(", ")[0], StringComparison.Ordinal));
        Assert.Equal(address, Assert.Single(lab.Run(Make).Output).Text("IPAddress"));
        stored = Dump(lab);
        Assert.NotEmpty(lab.Run("Get-CalicoEndpoint \"${p}web\" -HostNetNamespace $h -NodeName node-a | Remove-CalicoEndpoint -WhatIf").PreviewLines());
        Assert.Equal(stored, Dump(lab));
    }

    [Fact]
    public void A_record_that_cannot_be_read_is_named_to_whoever_asks_for_its_endpoint()
    {
        using var lab = Lab.Create();
        lab.Run(Pools + Make);
        lab.Run("$s = Get-CalicoEndpoint -HostNetNamespace $h -NodeName node-a");
        Sql(lab, "UPDATE entries SET value = CAST('{}' AS BLOB) WHERE key LIKE '%/workloadendpoints/%'");
        Ip.In(lab.HostName).Run($"link del {lab.Run("$s.HostInterfaceAlias").Output[0]}");

        var error = lab.Fails("Get-CalicoEndpoint \"${p}web\" -HostNetNamespace $h -NodeName node-a");

        Assert.StartsWith("CorruptDocument", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("/workloadendpoints/default/node--a-cni-", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_datastore_cannot_be_asked_nothing_is_made_nothing_is_removed_and_the_kernel_is_shown()
    {
        using var lab = Lab.Create();
        lab.Run(Pools + Make);
        using var folder = new TempDirectory();
        File.WriteAllText(folder.File("broken.db"), "This is no database, and far from it. It has never been one.");
        lab.Host.Runspace.SessionStateProxy.SetVariable("broken", folder.File("broken.db"));
        var before = KernelState.Of(lab.HostName);

        Assert.StartsWith("DatastoreCorrupt", lab.Fails("New-CalicoEndpoint \"${p}other\" 10.77.0.1 -HostNetNamespace $h -Datastore $broken").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("DatastoreCorrupt", lab.Fails("Remove-CalicoEndpoint \"${p}web\" -HostNetNamespace $h -Datastore $broken").FullyQualifiedErrorId, StringComparison.Ordinal);
        var shown = lab.Host.Run("Get-CalicoEndpoint -HostNetNamespace $h -Datastore $broken");

        Assert.StartsWith("DatastoreCorrupt", Assert.Single(shown.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal((lab.Prefix + "web", "Ready", ""), (Assert.Single(shown.Output).Text("Name"), shown.Output[0].Text("Status"), shown.Output[0].Text("NodeName")));
        Assert.Equal(before, KernelState.Of(lab.HostName));
        Assert.Equal([lab.Prefix + "web"], lab.Workloads());
    }

    [Fact]
    public void After_a_reboot_one_pipeline_builds_again_what_is_ours_and_names_the_rest()
    {
        using var lab = Lab.Create();
        var theirs = lab.Sandbox.AddNamespace("theirs");
        lab.Run(Pools + "$null = 1..3 | New-CalicoEndpoint -Name { \"${p}web$_\" } -HostNetNamespace $h; $null = New-CalicoEndpoint \"${p}guest\" -NetNamespace $args[0] -HostNetNamespace $h", theirs);
        var before = lab.Run("Get-CalicoEndpoint \"${p}web*\" -HostNetNamespace $h").Output;
        foreach (var name in lab.Workloads().Append(lab.HostName))
            Netns.Remove(name);
        Ip.Here.Run($"netns add {lab.HostName}");

        Assert.All(lab.Run("Get-CalicoEndpoint -HostNetNamespace $h").Output, endpoint => Assert.Equal("Missing", endpoint.Text("Status")));
        Assert.Contains(lab.Run("Get-CalicoEndpoint \"${p}web1\" -HostNetNamespace $h | Repair-CalicoEndpoint -WhatIf").PreviewLines(), line => line.StartsWith("ip netns add", StringComparison.Ordinal));
        var result = lab.Host.Run("Get-CalicoEndpoint -HostNetNamespace $h | Repair-CalicoEndpoint");

        var error = Assert.Single(result.Errors);
        Assert.StartsWith("ObjectNotFound", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(theirs, error.ToString(), StringComparison.Ordinal);
        Assert.All(result.Output, check => Assert.Equal(("CalicoNet.EndpointCheck", true), (check.BaseObject.GetType().FullName, check.Get("Passed"))));
        Assert.Equal(3, result.Output.Select(check => check.Text("Name")).Distinct().Count());
        var after = lab.Run("Get-CalicoEndpoint \"${p}web*\" -HostNetNamespace $h").Output;
        Assert.Equal(before.Texts("IPAddress"), after.Texts("IPAddress"));
        Assert.Equal(before.Texts("MacAddress"), after.Texts("MacAddress"));
        Assert.Equal(["Ready", "Ready", "Ready"], after.Texts("Status"));
    }

    [Fact]
    public void A_repair_gives_the_checks_it_put_right_and_warns_of_what_is_different()
    {
        using var lab = Lab.Create();
        lab.Run(Pools + Make);
        var link = Lab.LinkOf(lab.Prefix + "web");
        var address = Assert.Single(lab.Run("Get-CalicoEndpoint -HostNetNamespace $h -NodeName node-a").Output).Text("IPAddress").Split(", ")[0];
        Ip.In(lab.HostName).Run($"route del {address}/32");
        Ip.In(lab.HostName).Run($"link set {link} mtu 1300");

        var result = lab.Run("Repair-CalicoEndpoint \"${p}web\" -HostNetNamespace $h -NodeName node-a");

        var check = Assert.Single(result.Output);
        Assert.Contains($"{address}/32", check.Text("Check"), StringComparison.Ordinal);
        Assert.Equal((lab.Prefix + "web", "default", lab.HostName), (check.Text("Name"), check.Text("WorkloadNamespace"), check.Text("NetNamespace")));
        Assert.Contains("1300", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal("Degraded", Assert.Single(lab.Run("Get-CalicoEndpoint -HostNetNamespace $h -NodeName node-a").Output).Text("Status"));
        var forced = lab.Run("Repair-CalicoEndpoint \"${p}web\" -HostNetNamespace $h -NodeName node-a -Force");
        Assert.NotEmpty(forced.Output);
        Assert.Empty(forced.Warnings);
        Assert.Equal("Ready", Assert.Single(lab.Run("Get-CalicoEndpoint -HostNetNamespace $h -NodeName node-a").Output).Text("Status"));

        // What a check is about, and nothing else.
        Ip.In(lab.HostName).Run($"route del {address}/32");
        lab.Host.Runspace.SessionStateProxy.SetVariable("check", check);
        Assert.Equal(check.BaseObject, Assert.Single(lab.Run("$check | Repair-CalicoEndpoint").Output).BaseObject);
    }

    [Fact]
    public void What_a_crash_left_is_removed_from_both_sides_by_name()
    {
        using var lab = Lab.Create();
        lab.Run(Pools + Make);
        Netns.Remove(lab.Prefix + "web");   // and with it the host's end

        lab.Run("Remove-CalicoEndpoint \"${p}web\" -HostNetNamespace $h -NodeName node-a");

        lab.AssertNoEndpoints();
        Assert.Empty(Stored(lab, "/calico/resources/v3/projectcalico.org/workloadendpoints/"));
        Assert.Empty(Stored(lab, "/calico/ipam/v2/handle/"));
    }

    /// <summary>The values below a key, as the file has them.</summary>
    private static IReadOnlyList<string> Stored(Lab lab, string prefix)
        => [.. Sql(lab, $"SELECT CAST(value AS TEXT) FROM entries WHERE CAST(key AS TEXT) LIKE '{prefix}%' ORDER BY key").Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    private static string Dump(Lab lab) => Sql(lab, "SELECT hex(key), mod_revision, hex(value) FROM entries ORDER BY key");

    private static string Sql(Lab lab, string query)
    {
        Requires.Tool("sqlite3", "sqlite3");
        return Exec.Run("sqlite3", lab.DatastorePath, query).Output;
    }
}

using CalicoNet.PowerShell.Tests.Commands;
using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Ipam;

/// <summary>Pools, blocks, allocations, configuration and nodes by their cmdlets, in a datastore of the test's own.</summary>
public sealed class IpamCommandTests : CommandTest
{
    private const string Pool = "$null = New-CalicoIPPool small 10.99.0.0/28 -BlockSize 30; ";

    public IpamCommandTests() => Run("$PSDefaultParameterValues['*-Calico*:NodeName'] = 'node-a'");

    [Fact]
    public void A_pool_is_made_read_changed_and_removed()
    {
        var made = One("New-CalicoIPPool web 10.65.0.0/16 -NatOutgoing Enabled -NodeSelector 'rack == \"1\"'");
        Assert.Equal(
            ("web", "10.65.0.0/16", "26", "Enabled", "Enabled", "Workload, Tunnel", "rack == \"1\"", "all()", "Automatic", "Never", "Enabled", "IPv4"),
            (made.Text("Name"), made.Text("Cidr"), made.Text("BlockSize"), made.Text("NatOutgoing"), made.Text("Status"), made.Text("AllowedUses"), made.Text("NodeSelector"),
                made.Text("NamespaceSelector"), made.Text("AssignmentMode"), made.Text("IpipMode"), made.Text("BgpExport"), made.Text("AddressFamily")));

        Assert.Equal("Disabled", One("Set-CalicoIPPool web -Status Disabled -NatOutgoing Disabled").Text("Status"));
        var read = One("Get-CalicoIPPool w*");
        Assert.Equal(("Disabled", "Disabled", "rack == \"1\""), (read.Text("Status"), read.Text("NatOutgoing"), read.Text("NodeSelector")));
        Assert.Empty(Run("Get-CalicoIPPool web | Remove-CalicoIPPool").Output);
        Assert.Empty(Run("Get-CalicoIPPool").Output);
    }

    [Theory]
    [InlineData("Get-CalicoIPPool -Datastore '$d' -Name w")]
    [InlineData("New-CalicoEndpoint x -Datastore '$d' -Pool ")]
    [InlineData("Request-CalicoIPAllocation -Datastore '$d' -Pool ")]
    [InlineData("Get-CalicoIPBlock -Pool ")]
    public void Tab_offers_the_pools_of_the_datastore_that_the_line_names(string line)
    {
        Run("$null = New-CalicoIPPool web 10.65.0.0/16");

        Assert.Equal(["web"], Run($"$line = \"{line}\"; (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText").Output.Select(text => text.ToString()));
    }

    [Theory]
    [InlineData("*-Calico*:Datastore", "node-a,node-b")]
    [InlineData("get-calicoipallocation:DataStore", "node-a,node-b")]
    [InlineData("Get-CalicoIPBlock:Datastore", "")]
    [InlineData("Get-CalicoIPAllocation:Data", "")]
    public void Tab_offers_the_nodes_of_the_datastore_that_the_session_has_for_the_cmdlet(string key, string offered)
    {
        Run("'node-b', 'node-a' | ForEach-Object { $null = Register-CalicoNode $_ }; $PSDefaultParameterValues.Clear()");
        Set("key", key);

        Assert.Equal(
            offered.Split(',', StringSplitOptions.RemoveEmptyEntries),
            Run("$PSDefaultParameterValues[$key] = $d; $line = 'Get-CalicoIPAllocation -NodeName '; (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Where-Object { $_ -like 'node-?' }").Output.Select(text => text.ToString()));
    }

    [Fact]
    public void A_pool_travels_by_property_name()
    {
        Run("New-CalicoIPPool web 10.65.0.0/16 -NatOutgoing Enabled -AllowedUses Workload -AssignmentMode Manual -VxlanMode CrossSubnet; New-CalicoIPPool six fd00:65::/48");
        var before = Run("Get-CalicoIPPool").Output.Select(pool => pool.BaseObject.ToString() + pool.Text("AllowedUses") + pool.Text("VxlanMode") + pool.Text("AssignmentMode") + pool.Text("Cidr")).ToList();

        Run("$pools = Get-CalicoIPPool; $pools | Remove-CalicoIPPool; $null = $pools | New-CalicoIPPool");

        Assert.Equal(2, before.Count);
        Assert.Equal(before, Run("Get-CalicoIPPool").Output.Select(pool => pool.BaseObject.ToString() + pool.Text("AllowedUses") + pool.Text("VxlanMode") + pool.Text("AssignmentMode") + pool.Text("Cidr")));
    }

    [Fact]
    public void Addresses_are_requested_listed_and_given_back()
    {
        Run(Pool);
        var given = Run("$given = Request-CalicoIPAllocation -Count 5 -Handle lab; $given").Output;
        Assert.Equal(5, given.Texts("IPAddress").Distinct().Count());
        Assert.All(given, one => Assert.Equal(("lab", "node-a", "small", ""), (one.Text("Handle"), one.Text("NodeName"), one.Text("Pool"), one.Text("Endpoint"))));
        Assert.IsType<DateTime>(given[0].Get("AllocatedAt"));

        Assert.Equal(["4", "1"], Run("Get-CalicoIPBlock -Pool small").Output.Texts("AddressesInUse").OrderDescending());
        Assert.Equal(5L, One("Get-CalicoIPPool small").Get("AddressesInUse"));
        Assert.Equal(given.Texts("IPAddress").Order(), Run("Get-CalicoIPAllocation 10.99.0.0/28 -Handle lab").Output.Texts("IPAddress").Order());
        Assert.Equal("lab", One("Get-CalicoIPAllocation $given[0].IPAddress").Text("Handle"));

        Run("Remove-CalicoIPAllocation $given[0].IPAddress; $given[1] | Remove-CalicoIPAllocation");
        Assert.Equal(3, Run("Get-CalicoIPAllocation").Output.Count);
        Run("Remove-CalicoIPAllocation -Handle lab");
        Assert.Empty(Run("Get-CalicoIPAllocation; Test-CalicoIpam").Output);
    }

    [Fact]
    public void An_allocation_that_went_to_another_meanwhile_is_left_alone()
    {
        Run(Pool + "$old = Request-CalicoIPAllocation 10.99.0.5 -Handle one; Remove-CalicoIPAllocation 10.99.0.5; $null = Request-CalicoIPAllocation 10.99.0.5 -Handle one");

        Fails("$old | Remove-CalicoIPAllocation", "ObjectNotFound");
        Assert.Single(Run("Get-CalicoIPAllocation").Output);
    }

    [Fact]
    public void Objects_of_another_datastore_are_changed_there()
    {
        var other = $"{One("$d")}.other";
        Set("other", other);
        Run("$null = New-CalicoIPPool there 10.98.0.0/24 -Datastore $other; $null = New-CalicoIPPool there 10.98.0.0/24");
        // Without what the lab gives each cmdlet, the object itself says where it is.
        Run("$pool = Get-CalicoIPPool there -Datastore $other; $PSDefaultParameterValues.Clear(); $pool | Remove-CalicoIPPool");

        Assert.Empty(Run("Get-CalicoIPPool -Datastore $other").Output);
        Assert.Equal($"sqlite:{One("$d")}", One("Get-CalicoIPPool -Datastore $d").Text("Datastore"));
    }

    [Fact]
    public void The_configuration_is_read_and_changed()
    {
        var found = One("Get-CalicoIpamConfiguration");
        Assert.Equal(("Disabled", "Enabled", "20", "0"), (found.Text("StrictAffinity"), found.Text("AutoAllocateBlocks"), found.Text("MaxBlocksPerHost"), found.Text("CoolDownSeconds")));

        Run("$null = Set-CalicoIpamConfiguration -StrictAffinity Enabled -MaxBlocksPerHost 2 -CoolDownSeconds 30");
        found = One("Get-CalicoIpamConfiguration");
        Assert.Equal(("Enabled", "Enabled", "2", "30"), (found.Text("StrictAffinity"), found.Text("AutoAllocateBlocks"), found.Text("MaxBlocksPerHost"), found.Text("CoolDownSeconds")));

        Fails("Set-CalicoIpamConfiguration -StrictAffinity Disabled", "InvalidArgument");
        Assert.Equal("Enabled", One("Get-CalicoIpamConfiguration").Text("StrictAffinity"));
    }

    [Fact]
    public void Nodes_are_registered_listed_and_unregistered()
    {
        Run(Pool);
        Assert.Equal("rack=1, zone=b", One("Register-CalicoNode node-b zone=b, rack=1").Text("Label"));
        Fails("Register-CalicoNode node-b", "ResourceExists");
        Assert.Equal("node-b", One("Register-CalicoNode node-b rack=1, zone=b -Force").Text("Name"));
        Run("$null = Request-CalicoIPAllocation -Handle lab");
        Assert.Equal(["node-a", "node-b"], Run("Get-CalicoNode").Output.Texts("Name"));
        Assert.Equal(("1", "1"), (One("Get-CalicoNode node-a").Text("Blocks"), One("Get-CalicoNode node-a").Text("AddressesInUse")));

        Fails("Unregister-CalicoNode node-a", "NotAllowed");
        Fails("Unregister-CalicoNode node-a -WhatIf", "NotAllowed");
        Fails("Unregister-CalicoNode node-x -WhatIf", "ObjectNotFound");
        Run("Get-CalicoNode | Unregister-CalicoNode -Force");
        Assert.Empty(Run("Get-CalicoNode").Output);
        Assert.Single(Run("Get-CalicoIPAllocation").Output);
    }

    [Theory]
    [InlineData("New-CalicoIPPool small 10.99.0.0/28 -BlockSize 30", "create IP pool 'small' of 10.99.0.0/28 in blocks of /30")]
    [InlineData("$null = New-CalicoIPPool p 10.98.0.0/24; Set-CalicoIPPool p -Status Disabled", "change IP pool 'p'")]
    [InlineData("$null = New-CalicoIPPool p 10.98.0.0/24; $null = Request-CalicoIPAllocation; Remove-CalicoIPPool p", "its 1 addresses stay in use")]
    [InlineData("$null = New-CalicoIPPool p 10.98.0.0/24; Request-CalicoIPAllocation 10.98.0.7", "allocate 10.98.0.7 to node 'node-a'")]
    [InlineData("$null = New-CalicoIPPool p 10.98.0.0/24; $null = Request-CalicoIPAllocation -Handle lab; Remove-CalicoIPAllocation -Handle lab", "of the handle 'lab'")]
    [InlineData("Set-CalicoIpamConfiguration -StrictAffinity Enabled", "StrictAffinity Enabled")]
    [InlineData("Register-CalicoNode node-b", "create node 'node-b'")]
    [InlineData("$null = Register-CalicoNode node-b; Unregister-CalicoNode node-b", "take the blocks from node 'node-b'")]
    public void WhatIf_says_what_would_be_done_and_does_nothing(string script, string said)
    {
        var end = script.LastIndexOf("; ", StringComparison.Ordinal) is >= 0 and var at ? at + 2 : 0;
        Run("$null = Get-CalicoIPPool; " + script[..end]);   // the file is made when it is first used
        var before = Stored();

        var result = Run(script[end..] + " -WhatIf");

        Assert.Contains(result.PreviewLines(), line => line.Contains(said, StringComparison.Ordinal));
        Assert.All(result.Output, planned => Assert.Equal(true, planned.Get("Planned")));
        Assert.Equal(before, Stored());
    }

    [Fact]
    public void A_pool_that_is_only_planned_goes_through_a_whole_preview()
    {
        var result = Run("New-CalicoIPPool web 10.65.0.0/16 -BlockSize 28 -AllowedUses Workload -WhatIf | Set-CalicoIPPool -Status Disabled -WhatIf | Set-CalicoIPPool -NatOutgoing Enabled -WhatIf");

        var planned = Assert.Single(result.Output);
        Assert.Equal(
            ("web", "10.65.0.0/16", "28", "Workload", "Disabled", "Enabled", "True"),
            (planned.Text("Name"), planned.Text("Cidr"), planned.Text("BlockSize"), planned.Text("AllowedUses"), planned.Text("Status"), planned.Text("NatOutgoing"), planned.Text("Planned")));
        Assert.Equal(["create", "change", "change"], result.PreviewLines().Select(line => line.Split(' ')[0]));
        Assert.Contains(Run("New-CalicoIPPool web 10.65.0.0/16 -WhatIf | Remove-CalicoIPPool -WhatIf").PreviewLines(), line => line == "delete IP pool 'web'");
        Assert.Empty(Run("Get-CalicoIPPool").Output);
    }

    [Theory]
    [InlineData("New-CalicoIPPool b 10.99.0.8/29", "InvalidArgument", "'small'")]
    [InlineData("New-CalicoIPPool b 10.65.0.1/16", "InvalidArgument", "10.65.0.0/16")]
    [InlineData("New-CalicoIPPool b 10.65.0.0/28", "InvalidArgument", "/26")]
    [InlineData("New-CalicoIPPool b 169.254.0.0/24", "InvalidArgument", "link-local")]
    [InlineData("New-CalicoIPPool Bad_Name 10.65.0.0/16", "InvalidArgument", "'Bad_Name'")]
    [InlineData("New-CalicoIPPool b 10.65.0.0/16 -NodeSelector 'rack =='", "InvalidArgument", "rack ==")]
    [InlineData("New-CalicoIPPool small 10.65.0.0/16", "ResourceExists", "'small'")]
    [InlineData("Set-CalicoIPPool no-such -Status Disabled", "ObjectNotFound", "'no-such'")]
    [InlineData("Remove-CalicoIPPool no-such", "ObjectNotFound", "'no-such'")]
    [InlineData("Get-CalicoIPPool no-such", "ObjectNotFound", "'no-such'")]
    [InlineData("Get-CalicoNode no-such", "ObjectNotFound", "'no-such'")]
    [InlineData("Unregister-CalicoNode no-such", "ObjectNotFound", "'no-such'")]
    [InlineData("Request-CalicoIPAllocation -Pool no-such", "ObjectNotFound", "'no-such'")]
    [InlineData("Request-CalicoIPAllocation -Count 17", "NoFreeAddress", "10.99.0.0/28")]
    [InlineData("Request-CalicoIPAllocation 10.99.0.1", "AddressInUse", "10.99.0.1")]
    [InlineData("Request-CalicoIPAllocation 192.0.2.7", "ObjectNotFound", "192.0.2.7")]
    [InlineData("Request-CalicoIPAllocation -NodeName Node-A", "InvalidArgument", "'Node-A'")]
    [InlineData("Get-CalicoIPAllocation -NodeName Node-A", "InvalidArgument", "'Node-A'")]
    [InlineData("Get-CalicoIPBlock -NodeName Node-A", "InvalidArgument", "'Node-A'")]
    [InlineData("Request-CalicoIPAllocation -AddressFamily IPv6", "NoPool", "IPv6")]
    [InlineData("Remove-CalicoIPAllocation 10.99.0.2", "ObjectNotFound", "10.99.0.2")]
    [InlineData("Remove-CalicoIPAllocation -Handle no-such", "ObjectNotFound", "'no-such'")]
    [InlineData("Register-CalicoNode node-b rack", "InvalidArgument", "'rack'")]
    [InlineData("New-CalicoIPPool x 10.65.0.0/16 -WhatIf | Remove-CalicoIPPool", "PlannedObject", "'x'")]
    public void What_is_refused_is_named_and_changes_nothing(string script, string id, string named)
    {
        Run(Pool + "$null = Request-CalicoIPAllocation 10.99.0.1 -Handle lab");
        var before = Stored();

        var error = Assert.Single(Fails(script, id).Errors);

        Assert.Contains(named, error.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
        Assert.Equal(before, Stored());
    }

    /// <summary>What another program, or a bad day, left in the datastore.</summary>
    [Theory]
    [InlineData("INSERT INTO entries (key, create_revision, mod_revision, version, value) SELECT '/calico/resources/v3/projectcalico.org/ipreservations/r', create_revision, mod_revision, version, CAST('{\"kind\":\"IPReservation\",\"apiVersion\":\"projectcalico.org/v3\",\"metadata\":{\"name\":\"r\",\"uid\":\"5d9cd5d0-0f6f-4a4e-9cb4-8a3c9a9d6d10\",\"creationTimestamp\":\"2026-11-23T12:57:43Z\"},\"spec\":{\"reservedCIDRs\":[\"10.99.0.2\"]}}' AS BLOB) FROM entries LIMIT 1", "Request-CalicoIPAllocation 10.99.0.2", "AddressReserved", "10.99.0.2")]
    [InlineData("UPDATE entries SET value = CAST(replace(CAST(value AS TEXT), '\"datastoreReady\":true', '\"datastoreReady\":false') AS BLOB) WHERE key LIKE '%/clusterinformations/default'", "Request-CalicoIPAllocation 10.99.0.2", "DatastoreNotReady", "datastoreReady")]
    [InlineData("UPDATE entries SET value = CAST(replace(CAST(value AS TEXT), '\"unallocated\":[', '\"unallocated\":[1,') AS BLOB) WHERE key LIKE '%/block/10.99.0.0-30'", "Request-CalicoIPAllocation 10.99.0.2", "CorruptDocument", "/calico/ipam/v2/assignment/ipv4/block/10.99.0.0-30")]
    [InlineData("UPDATE entries SET value = x'ff' WHERE key LIKE '%/ippools/small'", "Set-CalicoIPPool small -Status Disabled", "CorruptDocument", "/calico/resources/v3/projectcalico.org/ippools/small")]
    [InlineData("UPDATE entries SET value = x'ff' WHERE key LIKE '%/ippools/small'", "Get-CalicoIPPool small", "CorruptDocument", "/calico/resources/v3/projectcalico.org/ippools/small")]
    [InlineData("UPDATE entries SET value = x'ff' WHERE key LIKE '%/ippools/small'", "Request-CalicoIPAllocation -Pool small", "CorruptDocument", "/calico/resources/v3/projectcalico.org/ippools/small")]
    [InlineData("UPDATE entries SET value = CAST(replace(CAST(value AS TEXT), '\"creationTimestamp\"', '\"deletionTimestamp\":\"2026-11-26T00:00:00Z\",\"creationTimestamp\"') AS BLOB) WHERE key LIKE '%/ippools/small'", "Request-CalicoIPAllocation -Pool small", "NotAllowed", "is being deleted")]
    public void What_others_stored_or_damaged_is_named_by_its_key_and_stays(string sql, string script, string id, string named)
    {
        Run(Pool + "$null = Request-CalicoIPAllocation 10.99.0.1 -Handle lab");
        Damage(sql);
        var before = Stored();

        var error = Assert.Single(Fails(script, id).Errors);

        Assert.Contains(named, error.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
        Assert.Equal(before, Stored());
    }

    [Fact]
    public void A_node_that_has_all_its_blocks_is_told_the_limit_and_how_to_raise_it()
    {
        Run(Pool + "$null = Set-CalicoIpamConfiguration -StrictAffinity Enabled -MaxBlocksPerHost 2");

        var error = Assert.Single(Fails("Request-CalicoIPAllocation -Count 9", "BlockLimit").Errors);

        Assert.Contains("2", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("Set-CalicoIpamConfiguration", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Empty(Run("Get-CalicoIPAllocation").Output);
    }

    [Fact]
    public void An_etcd_that_is_away_is_named()
    {
        var endpoint = $"{LoopbackAddress.Next()}:2379";
        Assert.Contains(endpoint, Assert.Single(Fails($"Get-CalicoIPPool -Datastore http://{endpoint}", "DatastoreUnavailable").Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_exported_is_imported_into_an_empty_datastore_and_into_no_other()
    {
        Run(Pool + "$null = Request-CalicoIPAllocation 10.99.0.1 -Handle lab; $other = \"$d.other\"; $file = Export-CalicoDatastore \"$d.json\"");
        Assert.Equal("UserRead, UserWrite", One("[string] $file.UnixFileMode").ToString().Replace("UserWrite, UserRead", "UserRead, UserWrite", StringComparison.Ordinal));

        Assert.Contains(Run("Import-CalicoDatastore $file -Datastore $other -WhatIf").PreviewLines(), line => line.Contains("write the", StringComparison.Ordinal));
        Fails("Get-CalicoIPPool -Datastore $other", "ObjectNotFound");
        Fails("$planned = Import-CalicoDatastore $file -Datastore $other -WhatIf; New-CalicoIPPool late 10.77.0.0/24 -Datastore $planned", "PlannedObject");
        Fails("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($planned)) | ForEach-Object { Get-CalicoIPPool -Datastore $_ }", "PlannedObject");
        Assert.EndsWith(".other", One("Import-CalicoDatastore $file -Datastore $other").ToString(), StringComparison.Ordinal);
        Assert.Equal("10.99.0.1 lab", One("Get-CalicoIPAllocation -Datastore $other | ForEach-Object { \"$($_.IPAddress) $($_.Handle)\" }").ToString());
        Run("$null = Import-CalicoDatastore $file -Datastore $other");

        Run("$null = Request-CalicoIPAllocation 10.99.0.2 -Handle more -Datastore $other");
        Assert.Contains("/calico/ipam/v2/", Assert.Single(Fails("Import-CalicoDatastore $file -Datastore $other", "ResourceExists").Errors).ToString(), StringComparison.Ordinal);
        Assert.Equal(2, Run("Get-CalicoIPAllocation -Datastore $other").Output.Count);
        Fails("Import-CalicoDatastore $d -Datastore $other", "InvalidArgument");
        Assert.Contains(Run("Export-CalicoDatastore \"$d.never\" -WhatIf").PreviewLines(), line => line.Contains("keys of sqlite:", StringComparison.Ordinal));
        Assert.Equal(false, One("[IO.File]::Exists(\"$d.never\")").BaseObject);
    }

    [Fact]
    public void A_wrong_datastore_is_an_error_of_the_argument()
        => Assert.Contains("'etdc' is no datastore", Assert.Single(Module.Run("Get-CalicoIPPool -Datastore etdc").Errors).ToString(), StringComparison.Ordinal);

    [Fact]
    public void What_is_wrong_is_found_and_mended_and_a_preview_mends_nothing()
    {
        Run(Pool + "$null = Request-CalicoIPAllocation -Handle lab");
        Assert.Equal(true, One("Test-CalicoIpam -Quiet").BaseObject);
        Damage("DELETE FROM entries WHERE key = '/calico/ipam/v2/handle/lab'");

        var problem = One("Test-CalicoIpam");
        Assert.Equal(("MissingHandle", "lab", "Repair-CalicoIpam mends it."), (problem.Text("Problem"), problem.Text("Subject"), problem.Text("Remedy")));
        Assert.Equal(false, One("Test-CalicoIpam -Quiet").BaseObject);
        Assert.Contains(Run("Repair-CalicoIpam -WhatIf").PreviewLines(), line => line.Contains("create the handle 'lab'", StringComparison.Ordinal));
        Assert.Equal(false, One("Test-CalicoIpam -Quiet").BaseObject);

        Assert.Equal("MissingHandle lab", One("Repair-CalicoIpam -MinimumAge 0").ToString());
        Assert.Equal(true, One("Test-CalicoIpam -Quiet").BaseObject);
        Assert.Empty(Run("Repair-CalicoIpam -MinimumAge 0").Output);
    }

    [Fact]
    public async Task A_repair_that_waits_can_be_stopped()
    {
        Run(Pool + "$null = Request-CalicoIPAllocation -Handle lab");
        Damage("DELETE FROM entries WHERE key = '/calico/ipam/v2/handle/lab'");

        var run = Module.RunAsync("$Host.UI.WriteLine('waits'); Repair-CalicoIpam");
        await Module.WaitForTextAsync("waits");
        await Module.StopAsync();
        Assert.Empty((await run).Output);

        Assert.Equal(false, One("Test-CalicoIpam -Quiet").BaseObject);
    }

    private string Stored() => Exec.Run("sqlite3", One("$d").ToString(), "SELECT key, mod_revision, value FROM entries ORDER BY key").Output;

    private void Damage(string sql) => Exec.Run("sqlite3", One("$d").ToString(), sql);
}

using CalicoNet.PowerShell.Tests.Module;

namespace CalicoNet.PowerShell.Tests.Commands;

/// <summary>What holds for every cmdlet of a kind when it runs: once per pair, one out for one in, a second time nothing. A cmdlet that is not in the tables fails.</summary>
public sealed class PipelineContractTests : CommandTest
{
    /// <summary>Every cmdlet that takes a pair by value: what it is given beside, and what must be there before.</summary>
    private static readonly Dictionary<string, (string Arguments, string Before)> OnPairs = new()
    {
        ["Set-HostInterface"] = ("-MtuSize 1400", ""),
        ["Get-VethPair"] = ("", ""),
        ["Remove-VethPair"] = ("", ""),
        ["Add-HostAddress"] = ("10.2.0.7", ""),
        ["Get-HostAddress"] = ("10.2.0.1", ""),
        ["Remove-HostAddress"] = ("10.2.0.1", ""),
        ["Add-HostRoute"] = ("", ""),
        ["Get-HostRoute"] = ("10.2.0.1/32", "$null = $pair | Add-HostRoute"),
        ["Remove-HostRoute"] = ("", "$null = $pair | Add-HostRoute"),
        ["Enable-ProxyArp"] = ("", ""),
        ["Disable-ProxyArp"] = ("-PassThru", ""),
        ["Get-ProxyArp"] = ("", ""),
        ["Set-LinkLocalGateway"] = ("", ""),
        ["Get-LinkLocalGateway"] = ("", "$null = $pair | Set-LinkLocalGateway"),
        ["Remove-LinkLocalGateway"] = ("", "$null = $pair | Set-LinkLocalGateway"),
        ["Enable-NatOutgoing"] = ("", ""),
        ["Disable-NatOutgoing"] = ("-PassThru", ""),
        ["Get-NatOutgoing"] = ("", ""),
        ["Get-NeighborTable"] = ("-State Permanent", "$null = Add-Neighbor 10.2.0.9 ee:00:00:00:00:09 -InterfaceAlias v-cali -NetNamespace $w"),
        ["Measure-NeighborTable"] = ("", ""),
        ["Clear-NeighborTable"] = ("", ""),
        ["Test-WorkloadConnection"] = ("10.2.0.1 -Count 1", ""),
    };

    /// <summary>Those that say what should be.</summary>
    private static readonly Dictionary<string, string> Idempotent = new()
    {
        ["Set-HostInterface"] = "v-cali-peer -NetNamespace $h -MtuSize 1400 -MacAddress ee:00:00:00:00:05 -Status Up",
        ["Set-CalicoIPPool"] = "there -NatOutgoing Enabled -AllowedUses Tunnel, Workload",
        ["Set-CalicoIpamConfiguration"] = "-StrictAffinity Enabled -MaxBlocksPerHost 2 -CoolDownSeconds 30",
        ["Enable-ProxyArp"] = "v-cali-peer -NetNamespace $h -Ndp -Delay 10",
        ["Disable-ProxyArp"] = "v-cali-peer -NetNamespace $h",
        ["Enable-IPForwarding"] = "-NetNamespace $w -AddressFamily IPv4, IPv6",
        ["Disable-IPForwarding"] = "-NetNamespace $w -AddressFamily IPv4, IPv6",
        ["Set-LinkLocalGateway"] = "-VethPair $pair -StaticNeighbor",
        ["Enable-NatOutgoing"] = "10.2.0.1, 10.3.0.0/16 -ExcludePrefix 10.0.0.0/8 -NetNamespace $h",
        ["Disable-NatOutgoing"] = "10.2.0.1, 10.3.0.0/16 -ExcludePrefix 10.0.0.0/8 -NetNamespace $h",
    };

    /// <summary>Those that make something: an equal one is taken by force, a different one is not.</summary>
    private static readonly Dictionary<string, (string Equal, string Different)> Making = new()
    {
        ["New-NetNamespace"] = ("\"${w}-n\"", ""),
        ["New-VethPair"] = ("$w -HostNetNamespace $h -HostInterfaceAlias vx -InterfaceAlias vy -IPAddress 10.9.0.1", "$w -HostNetNamespace $h -HostInterfaceAlias vx -InterfaceAlias vy -IPAddress 10.9.0.2"),
        ["Add-HostAddress"] = ("10.9.0.1/24 -InterfaceAlias v-cali -NetNamespace $w", ""),
        ["Add-HostRoute"] = ("10.9.0.0/16 -InterfaceAlias up0 -NextHop 192.0.2.254 -NetNamespace $h", "10.9.0.0/16 -InterfaceAlias up0 -NetNamespace $h"),
        ["New-CalicoIPPool"] = ("p1 10.66.0.0/24 -BlockSize 28 -AllowedUses Workload", "p1 10.66.0.0/24 -AllowedUses Workload"),
        ["Register-CalicoNode"] = ("node-b rack=1, zone=b", "node-b rack=2"),
        ["New-CalicoEndpoint"] = ("\"${w}-e\" 10.65.0.9 -HostNetNamespace $h -StaticNeighbor Enabled", "\"${w}-e\" 10.65.0.9 -HostNetNamespace $h -StaticNeighbor Disabled"),
    };

    public static TheoryData<string> TakingPairs => [.. OnPairs.Keys];

    /// <summary>Every cmdlet that a namespace comes to down the pipeline, by its object or by its name, in each such parameter set.</summary>
    public static TheoryData<string, string> TakingNamespaces =>
    [
        .. from cmdlet in Surface.Cmdlets
           from set in Surface.SetsOf(cmdlet)
           where set.Value.Any(parameter => parameter.Attribute.ValueFromPipeline && (parameter.Has("NetNamespaceTransformation") || parameter.Type.Name == "NetNamespace"))
           select (Surface.NameOf(cmdlet), string.Join(' ', set.Value.Where(parameter => parameter.Attribute is { Mandatory: true, ValueFromPipeline: false }).Select(Filled))),
    ];

    public static TheoryData<string> Saying => [.. Idempotent.Keys];

    public static TheoryData<string> Makers => [.. Making.Keys];

    [Fact]
    public void The_tables_hold_every_cmdlet_of_their_kind()
    {
        Assert.Equal(
            Surface.Cmdlets.Where(cmdlet => Surface.ParametersOf(cmdlet).Any(parameter => parameter.Attribute.ValueFromPipeline && parameter.Type.Name == "VethPair")).Select(Surface.NameOf).Order(StringComparer.Ordinal),
            OnPairs.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            Surface.Cmdlets.Where(cmdlet => Surface.VerbOf(cmdlet) is "Set" or "Enable" or "Disable").Select(Surface.NameOf).Order(StringComparer.Ordinal),
            Idempotent.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            Surface.Cmdlets.Where(cmdlet => Surface.VerbOf(cmdlet) is "New" or "Add" or "Register" && Surface.NounOf(cmdlet) != "Neighbor").Select(Surface.NameOf).Order(StringComparer.Ordinal),
            Making.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(TakingPairs))]
    public void It_acts_once_for_each_pair_of_a_pipeline_whatever_carries_it(string cmdlet)
    {
        var (arguments, before) = OnPairs[cmdlet];
        AddPair();
        Run($"$other = New-VethPair $w -HostNetNamespace $h -InterfaceAlias v-two -HostInterfaceAlias v-two-peer -IPAddress 10.3.0.1; {before}");

        // The removal of a pair takes pairs alone.
        var carriers = cmdlet == "Remove-VethPair" ? "$pair, $pair, $pair" : "$pair, (Get-ProxyArp v-cali-peer -NetNamespace $h | ForEach-Object { $pair | Get-ProxyArp }), $pair";
        var once = Run($"$pair | {cmdlet} {arguments} -OutVariable single -ErrorAction SilentlyContinue | ForEach-Object {{ $_ }}; $error.Clear()").Output.Count;
        Reset(cmdlet);

        Assert.Equal(once, Run($"{carriers} | {cmdlet} {arguments}").Output.Count);
    }

    [Theory]
    [MemberData(nameof(TakingNamespaces))]
    public void A_namespace_that_is_only_planned_is_refused_as_what_it_is(string cmdlet, string arguments)
    {
        var refused = Fails($"$planned = New-NetNamespace \"${{w}}n\" -WhatIf; $planned, $planned | {cmdlet} {arguments}", "PlannedObject", "PlannedObject");

        Assert.Empty(refused.Output);
        Assert.All(refused.Errors, error =>
        {
            Assert.Equal($"CalicoNet.NetNamespace {Workload}n", $"{error.TargetObject.GetType().FullName} {error.TargetObject}");
            Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
        });
    }

    [Theory]
    [InlineData("New-VethPair $planned -HostNetNamespace $h")]
    [InlineData("New-CalicoEndpoint \"${w}e\" 10.65.0.9 -NetNamespace $planned -HostNetNamespace $h")]
    [InlineData("Get-NetNamespace $planned, $planned")]
    [InlineData("'input' | Invoke-NetNamespace $planned -FilePath cat")]
    [InlineData("$planned | New-CalicoEndpoint -IPAddress 10.65.0.9 -HostNetNamespace $h")]   // by property name
    [InlineData("$planned | Get-HostRoute")]
    [InlineData("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($planned)) | Get-NeighborTable")]
    public void A_planned_namespace_is_refused_once_however_it_is_given(string command)
        => Fails($"$planned = New-NetNamespace \"${{w}}n\" -WhatIf; {command}", "PlannedObject");

    [Fact]
    public void A_planned_namespace_serves_in_a_preview_and_its_name_is_a_name_like_any_other()
    {
        Assert.Equal(
            [$"ip netns add {Workload}n", $"ip netns del {Workload}n"],
            Run("New-NetNamespace \"${w}n\" -WhatIf | Remove-NetNamespace -WhatIf").PreviewLines());
        Assert.Equal("True", One("New-NetNamespace \"${w}n\" -WhatIf | New-VethPair -HostNetNamespace $h -WhatIf").Text("Planned"));

        Run("$planned = New-NetNamespace \"${w}n\" -WhatIf; $null = New-NetNamespace $planned.Name");
        Assert.Equal(Workload + "n", One("Get-NetNamespace $planned.Name").Text("Name"));
        Run("$planned.Name | Remove-NetNamespace");
    }

    [Theory]
    [InlineData("1..3 | ForEach-Object { $log.Add(\"in $_\"); \"${w}s$_\" } | New-NetNamespace", "Remove-NetNamespace")]
    [InlineData("1..3 | ForEach-Object { $log.Add(\"in $_\"); [pscustomobject]@{ Name = \"${w}s$_\"; IPAddress = \"10.65.0.$_\"; HostNetNamespace = $h } } | New-CalicoEndpoint", "Remove-CalicoEndpoint")]
    [InlineData("$pairs | ForEach-Object { $i++; $log.Add(\"in $i\"); $_ } | Add-HostRoute", "Remove-HostRoute")]
    [InlineData("$pairs | ForEach-Object { $i++; $log.Add(\"in $i\"); $_ } | Enable-ProxyArp", "Disable-ProxyArp")]
    [InlineData("$pairs | ForEach-Object { $i++; $log.Add(\"in $i\"); $_ } | Set-LinkLocalGateway", "Get-LinkLocalGateway")]
    [InlineData("$pairs | ForEach-Object { $i++; $log.Add(\"in $i\"); $_ } | Enable-NatOutgoing", "Disable-NatOutgoing")]
    [InlineData("$pairs | ForEach-Object { $i++; $log.Add(\"in $i\"); $_ } | Get-VethPair", "Get-VethPair")]
    [InlineData("$pairs | ForEach-Object { $i++; $log.Add(\"in $i\"); $_ } | Test-WorkloadConnection 10.2.0.1 -Count 1", "Out-Null")]
    public void Each_object_comes_out_before_the_next_one_is_read(string pipeline, string undo)
    {
        Run("""
            $i = 0; $log = [Collections.Generic.List[string]]::new()
            $pairs = 1..3 | ForEach-Object { New-NetNamespace "${w}p$_" | New-VethPair -HostNetNamespace $h -IPAddress "10.2.0.$_" }
            """);

        var order = Run($"$out = 0; $made = {pipeline} | ForEach-Object {{ $out++; $log.Add(\"out $out\"); $_ }}; $log").Output.Select(line => line.ToString());

        Assert.Equal(["in 1", "out 1", "in 2", "out 2", "in 3", "out 3"], order);
        if (undo != "Out-Null")
        {
            Run($"$null = $made | {undo}");
        }

        Run("Get-NetNamespace \"${w}p*\" | Remove-NetNamespace");
    }

    [Theory]
    [MemberData(nameof(Saying))]
    public void A_second_time_it_changes_nothing_and_is_no_error(string cmdlet)
    {
        AddPair();
        Run($"$null = New-CalicoIPPool there 10.66.0.0/24; $null = {cmdlet} {Idempotent[cmdlet]}");
        var before = Testing.KernelState.Of(Sandbox, [Workload]);

        Assert.Empty(Module.Run($"{cmdlet} {Idempotent[cmdlet]} -WhatIf").PreviewLines());
        Run($"$null = {cmdlet} {Idempotent[cmdlet]}");

        Assert.Equal(before, Testing.KernelState.Of(Sandbox, [Workload]));
    }

    [Theory]
    [MemberData(nameof(Makers))]
    public void What_exists_is_an_error_by_force_an_equal_one_is_taken_and_a_different_one_is_not(string cmdlet)
    {
        var (equal, different) = Making[cmdlet];
        AddPair();
        var made = One($"{cmdlet} {equal}");
        var before = Testing.KernelState.Of(Sandbox, [Workload]);

        Fails($"{cmdlet} {equal}", "ResourceExists");
        Assert.Equal(made.ToString(), One($"{cmdlet} {equal} -Force").ToString());
        if (different.Length > 0)
        {
            Fails($"{cmdlet} {different} -Force", "ResourceExists");
        }

        Assert.Equal(before, Testing.KernelState.Of(Sandbox, [Workload]));
        Run($"Get-CalicoEndpoint -HostNetNamespace $h | Remove-CalicoEndpoint; Get-NetNamespace \"${{w}}-*\" | Remove-NetNamespace");
    }

    /// <summary>A parameter with some argument of its type.</summary>
    private static string Filled(Surface.Parameter parameter) => $"-{parameter.Name} {parameter.Type.Name switch
    {
        "ScriptBlock" => "{ 1 }",
        "String" => "192.0.2.1",
        var other => throw new InvalidOperationException($"{parameter} needs a {other}"),
    }}";

    /// <summary>Brings back what the first run of a cmdlet changed, as far as the second minds it.</summary>
    private void Reset(string cmdlet) => Run(cmdlet switch
    {
        "Remove-VethPair" => "$pair = New-VethPair $w -HostNetNamespace $h -InterfaceAlias v-cali -HostInterfaceAlias v-cali-peer -IPAddress 10.2.0.1",
        "Add-HostAddress" => "Remove-HostAddress 10.2.0.7 -InterfaceAlias v-cali -NetNamespace $w",
        "Remove-HostAddress" => "$null = $pair | Add-HostAddress 10.2.0.1",
        "Add-HostRoute" => "$pair | Remove-HostRoute",
        "Remove-HostRoute" => "$null = $pair | Add-HostRoute",
        "Remove-LinkLocalGateway" => "$null = $pair | Set-LinkLocalGateway",
        _ => "",
    });
}

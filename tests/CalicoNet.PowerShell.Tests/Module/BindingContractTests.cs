using System.Management.Automation;
using System.Reflection;
using CalicoNet.Shell;

namespace CalicoNet.PowerShell.Tests.Module;

/// <summary>
/// The rules of binding, read from the metadata of whatever cmdlets there are: one that breaks a rule fails here before anybody has used it.
/// </summary>
public sealed class BindingContractTests
{
    private static readonly string[] Readers = ["Get", "Find", "Measure", "Test", "Watch", "Trace", "Show"];
    private static readonly string[] Destroyers = ["Remove", "Disable", "Clear", "Unregister", "Uninstall", "Disconnect"];

    /// <summary>Cmdlets that make something of a row of a table: each of their parameters binds by its column's name.</summary>
    private static readonly string[] OfRows = ["New-CalicoEndpoint", "New-CalicoIPPool"];

    /// <summary>What tells one object from another: readers take it from any object that has it.</summary>
    private static readonly string[] Identity = ["Name", "WorkloadNamespace", "HostNetNamespace", "InterfaceAlias", "InterfaceIndex", "NetNamespace"];

    private static readonly Dictionary<string, string> Opposites = new()
    {
        ["New"] = "Remove",
        ["Add"] = "Remove",
        ["Enable"] = "Disable",
        ["Register"] = "Unregister",
        ["Install"] = "Uninstall",
        ["Connect"] = "Disconnect",
        ["Enter"] = "Exit",
        ["Request"] = "Remove",
    };

    public static TheoryData<string> Cmdlets => [.. Surface.Cmdlets.Select(type => type.FullName!)];

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void One_parameter_of_a_set_at_most_takes_the_pipelines_objects(string type)
        => Assert.All(Surface.SetsOf(Surface.Find(type)).Values, set => Assert.InRange(set.Where(parameter => parameter.Attribute.ValueFromPipeline).Select(parameter => parameter.Name).Distinct().Count(), 0, 1));

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Two_parameters_of_a_set_at_most_have_a_position_and_these_are_the_first(string type)
        => Assert.All(Surface.SetsOf(Surface.Find(type)).Values, set =>
        {
            var positions = set.Select(parameter => parameter.Attribute.Position).Where(position => position >= 0).Order().ToList();
            Assert.InRange(positions.Count, 0, 2);
            Assert.Equal(Enumerable.Range(0, positions.Count), positions);
        });

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void A_pair_binds_by_value_alone_from_whatever_has_one_and_knows_its_namespaces(string type)
    {
        var cmdlet = Surface.Find(type);
        foreach (var (_, set) in Surface.SetsOf(cmdlet))
        {
            var pair = set.FirstOrDefault(parameter => parameter.Name == "VethPair");
            if (pair is null)
            {
                continue;
            }

            Assert.True(pair.Attribute is { Mandatory: true, ValueFromPipeline: true, ValueFromPipelineByPropertyName: false }, $"{pair}");
            Assert.True(pair.Has("VethPairTransformation"), $"{pair}");
            Assert.Equal("CalicoNet.VethPair", pair.Property.PropertyType.FullName);
            Assert.DoesNotContain(set, parameter => parameter.Name is "NetNamespace" or "HostNetNamespace");
        }

        // Nothing else takes a pair: what is destroyed itself comes as InputObject, without being looked for in other objects.
        Assert.All(Surface.ParametersOf(cmdlet).Where(parameter => parameter.Type.FullName == "CalicoNet.VethPair"), parameter => Assert.Contains(parameter.Name, (string[])["VethPair", "InputObject"]));
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void By_property_name_bind_identities_where_something_is_read_and_the_columns_of_a_row_and_nothing_else(string type)
    {
        var cmdlet = Surface.Find(type);
        var named = Surface.ParametersOf(cmdlet).Where(parameter => parameter.Attribute.ValueFromPipelineByPropertyName).Select(parameter => parameter.Name).Distinct().ToList();
        if (OfRows.Contains(Surface.NameOf(cmdlet)))
        {
            var columns = Surface.ParametersOf(cmdlet).Where(parameter => parameter.Property.PropertyType != typeof(SwitchParameter) && parameter.Name != "Datastore").Select(parameter => parameter.Name);
            Assert.Equal(columns.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
        }
        else if (Surface.VerbOf(cmdlet) == "Get")
        {
            Assert.Empty(named.Except(Identity));
        }
        else
        {
            Assert.Empty(named.Except(Surface.VerbOf(cmdlet) is "Test" or "Repair" ? ["Name", "WorkloadNamespace"] : []));
        }
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void What_is_destroyed_binds_narrowly(string type)
    {
        var cmdlet = Surface.Find(type);
        if (!Destroyers.Contains(Surface.VerbOf(cmdlet)))
        {
            return;
        }

        var noun = Surface.NounOf(cmdlet);
        var ofNoun = Surface.Cmdlets.Where(other => Surface.NounOf(other) == noun).SelectMany(Surface.OutputsOf).Where(Surface.IsOutput).ToHashSet();
        Assert.All(Surface.ParametersOf(cmdlet).Where(parameter => parameter.Attribute.ValueFromPipeline), parameter =>
        {
            var isNarrow = parameter.Name switch
            {
                "InputObject" => parameter.Attribute.Mandatory && (ofNoun.Contains(parameter.Type) || (noun == "ProxyArp" && parameter.Type.Name == "HostInterface")),
                "VethPair" => true,
                _ => parameter.Type == typeof(string) && parameter.Has("NameTransformation"),
            };
            Assert.True(isNarrow, $"{parameter} takes {parameter.Type}");
        });
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void A_name_that_comes_down_the_pipeline_is_a_text_where_something_is_changed(string type)
    {
        var cmdlet = Surface.Find(type);
        Assert.All(
            Surface.ParametersOf(cmdlet).Where(parameter => parameter.Attribute.ValueFromPipeline && parameter.Type == typeof(string) && cmdlet.GetCustomAttribute<CmdletAttribute>()!.SupportsShouldProcess),
            parameter => Assert.True(parameter.Has("NameTransformation"), $"{parameter}"));
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Wildcards_are_declared_where_something_is_read_and_nowhere_else(string type)
    {
        var cmdlet = Surface.Find(type);
        var declared = Surface.ParametersOf(cmdlet).Where(parameter => parameter.Has("SupportsWildcards")).Select(parameter => parameter.Name).ToHashSet();
        if (!Readers.Contains(Surface.VerbOf(cmdlet)))
        {
            Assert.Empty(declared);
            return;
        }

        Assert.Subset(new HashSet<string>(["Name", "WorkloadNamespace", "InterfaceAlias", .. Surface.NounOf(cmdlet) == "CalicoNode" ? ["NodeName"] : Array.Empty<string>()]), declared);
        if (Surface.VerbOf(cmdlet) == "Get")
        {
            // A list of names may be many; one name is one.
            Assert.All(Surface.ParametersOf(cmdlet).Where(parameter => parameter.Name is "Name" or "InterfaceAlias" && parameter.Property.PropertyType.IsArray), parameter => Assert.Contains(parameter.Name, declared));
        }
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Names_of_parameters_and_their_aliases_are_those_of_NetTCPIP(string type)
    {
        var parameters = Surface.ParametersOf(Surface.Find(type));
        Assert.All(parameters, parameter =>
        {
            Assert.DoesNotContain("Name", parameter.Aliases);   // it would bind whatever has a Name
            Assert.Equal(parameter.Name == "InterfaceAlias", parameter.Aliases.Contains("ifAlias"));
            Assert.Equal(parameter.Name == "InterfaceIndex", parameter.Aliases.Contains("ifIndex"));
        });
        Assert.All(parameters.Where(parameter => parameter.Name == "MacAddress"), parameter => Assert.Contains("MAC", parameter.Aliases));
        Assert.DoesNotContain(parameters, parameter => parameter.Name is "IpAddress" or "Address" or "Mtu" or "Mac" or "Interface" or "Namespace");
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Addresses_MACs_and_namespaces_go_through_their_transformations_and_names_complete(string type)
    {
        foreach (var parameter in Surface.ParametersOf(Surface.Find(type)).Where(parameter => parameter.Type == typeof(string)))
        {
            var transformation = parameter.Name switch
            {
                "NetNamespace" or "HostNetNamespace" => "NetNamespaceTransformation",
                "IPAddress" or "RemoteIPAddress" or "NextHop" or "DestinationPrefix" or "SourcePrefix" or "ExcludePrefix" or "Gateway" => "IPAddressTransformation",
                "MacAddress" or "HostMacAddress" or "LinkLayerAddress" => "MacAddressTransformation",
                _ => null,
            };
            Assert.True(transformation is null || parameter.Has(transformation), $"{parameter} lacks {transformation}");

            var names = parameter.Name is "NetNamespace" or "HostNetNamespace" or "WorkloadNamespace" or "Table" or "Pool" || (parameter.Name == "NodeName" && Surface.VerbOf(Surface.Find(type)) != "Connect")
                || (parameter.Name is "InterfaceAlias" or "Name" && Surface.VerbOf(Surface.Find(type)) != "New");
            Assert.True(!names || parameter.Has("ArgumentCompleter"), $"{parameter} does not complete");
            Assert.True(parameter.Name is not ("State" or "Scope" or "AddressFamily" or "Status") || parameter.Has("ValidateSet"), $"{parameter} does not complete");
        }
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Every_parameter_set_says_what_it_gives(string type)
    {
        var cmdlet = Surface.Find(type);
        var outputs = cmdlet.GetCustomAttributes<OutputTypeAttribute>().ToList();
        var sets = Surface.SetsOf(cmdlet).Keys;
        if (outputs.Count > 0)
        {
            Assert.All(sets, set => Assert.Contains(outputs, output => output.ParameterSetName is null || output.ParameterSetName.Contains(set) || output.ParameterSetName.Contains(ParameterAttribute.AllParameterSets)));
        }

        Assert.All(outputs.SelectMany(output => output.ParameterSetName ?? []).Where(set => set != ParameterAttribute.AllParameterSets), set => Assert.Contains(set, sets));
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void The_default_parameter_set_is_one_of_the_cmdlets(string type)
    {
        var cmdlet = Surface.Find(type);
        var sets = Surface.SetsOf(cmdlet).Keys.ToList();
        if (sets.Count > 1)
        {
            Assert.Contains(cmdlet.GetCustomAttribute<CmdletAttribute>()!.DefaultParameterSetName, sets);
        }
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Who_disables_gives_on_request_who_makes_gives_always(string type)
    {
        var cmdlet = Surface.Find(type);
        var verb = Surface.VerbOf(cmdlet);
        var switches = Surface.ParametersOf(cmdlet).Where(parameter => parameter.Property.PropertyType == typeof(SwitchParameter)).Select(parameter => parameter.Name).ToList();

        Assert.Equal(verb is "Disable", switches.Contains("PassThru"));
        Assert.Equal(verb is "Remove" or "Clear" or "Unregister" or "Uninstall" or "Enter" or "Exit" or "Disconnect", !Surface.OutputsOf(cmdlet).Any());

        // -Force overrides something: that it exists, that it is different, or that somebody uses or owns it.
        Assert.True(!switches.Contains("Force") || verb is "New" or "Add" or "Register" or "Repair" or "Remove" or "Unregister" or "Request" or "Install", $"{Surface.NameOf(cmdlet)} -Force overrides nothing");
        Assert.True(verb is not ("New" or "Add") || switches.Contains("Force") || Surface.NounOf(cmdlet) == "Neighbor", "an equal one cannot be taken");
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void What_changes_something_names_the_capability_it_needs_as_its_page_does(string type)
    {
        var cmdlet = Surface.Find(type);
        var needs = Surface.NeedsOf(cmdlet);

        Assert.True(!cmdlet.GetCustomAttribute<CmdletAttribute>()!.SupportsShouldProcess || needs.Count > 0 == Surface.IsOfKernel(cmdlet), Surface.NameOf(cmdlet));
        Assert.All(needs, capability => Assert.Contains(capability, Help.HelpPage.Read(Surface.NameOf(cmdlet)).Text, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_verb_has_its_opposite_and_everything_that_is_changed_can_be_read()
    {
        var all = Surface.Cmdlets.Select(Surface.NameOf).ToHashSet();
        Assert.All(Surface.Cmdlets, cmdlet =>
        {
            var (verb, noun) = (Surface.VerbOf(cmdlet), Surface.NounOf(cmdlet));
            Assert.True(!Opposites.TryGetValue(verb, out var opposite) || all.Contains($"{opposite}-{noun}"), $"{verb}-{noun} lacks {opposite}-{noun}");
            var isRead = all.Contains($"Get-{noun}") || Surface.Cmdlets.Any(reader => Surface.VerbOf(reader) == "Get" && Surface.OutputsOf(reader).Any(output => output.Name == noun));
            Assert.True(isRead || all.Contains($"Test-{noun}") || verb is "Find" or "Test" or "Invoke" or "Trace" or "Show" or "Export" or "ConvertTo" or "Watch", $"{verb}-{noun} lacks a Get-");
        });
    }

    /// <summary>The nouns of Windows' NetTCPIP, NetAdapter and NetNat, which NetTCPIP.Linux brings to Linux.</summary>
    private static readonly string[] Foreign =
    [
        "NetAdapter", "NetAdapterAdvancedProperty", "NetAdapterBinding", "NetAdapterStatistics", "NetCompartment", "NetConnectionProfile", "NetIPAddress", "NetIPConfiguration", "NetIPInterface",
        "NetIPv4Protocol", "NetIPv6Protocol", "NetNat", "NetNatStaticMapping", "NetNeighbor", "NetOffloadGlobalSetting", "NetPrefixPolicy", "NetRoute", "NetTCPConnection", "NetTCPSetting", "NetTransportFilter",
        "NetUDPEndpoint", "NetUDPSetting", "NetConnection", "Connection",
    ];

    [Fact]
    public void No_noun_is_another_modules()
    {
        Assert.DoesNotContain(Surface.Cmdlets.Select(Surface.NounOf), Foreign.Contains);
        using var host = ModuleHost.Open();
        var others = host.Run("Get-Command -CommandType Cmdlet, Function | Where-Object ModuleName -ne CalicoNet").Output.Texts("Noun").ToHashSet();
        Assert.DoesNotContain(Surface.Cmdlets.Select(Surface.NounOf), others.Contains);
        Assert.All(Surface.Cmdlets.Select(Surface.NounOf), noun => Assert.False(noun.EndsWith('s') && !noun.EndsWith("ss", StringComparison.Ordinal), $"{noun} is plural"));
    }
}

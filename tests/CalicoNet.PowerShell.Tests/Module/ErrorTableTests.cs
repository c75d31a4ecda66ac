using System.Management.Automation;
using System.Reflection;
using CalicoNet.PowerShell.Tests.Commands;
using CalicoNet.Testing;
using Sandbox = CalicoNet.Testing.Sandbox;

namespace CalicoNet.PowerShell.Tests.Module;

/// <summary>
/// The table of errors, row by row: the id that scripts match, the category, a message that names what was given, and advice. In scripts
/// <c>$h</c> is the host, <c>$w</c> an empty namespace beside it, <c>$pair</c> a pair of them, <c>$e</c> an endpoint called <c>${p}web</c>.
/// </summary>
public sealed class ErrorTableTests : CommandTest
{
    private const string Pair = "$pair = New-VethPair $w -HostNetNamespace $h -InterfaceAlias v-cali -HostInterfaceAlias v-cali-peer -IPAddress 10.2.0.1; ";
    private const string Endpoint = "$e = New-CalicoEndpoint \"${p}web\" 10.65.0.2 -HostNetNamespace $h; ";

    /// <summary>What all endpoints of a host share stays when one of them cannot be made: here it is there before.</summary>
    private const string SetUp = "$null = New-CalicoEndpoint \"${p}first\" 10.66.0.1 -HostNetNamespace $h; ";

    /// <summary>What was prepared, what is done, the id, the category, and what the message names.</summary>
    public static TheoryData<string, string, string, ErrorCategory, string> Rows => new()
    {
        // Names of namespaces.
        { "", "New-NetNamespace ../../etc", "InvalidArgument", ErrorCategory.InvalidArgument, "../../etc" },
        { "", "New-NetNamespace ''", "InvalidArgument", ErrorCategory.InvalidArgument, "''" },
        { "", "New-NetNamespace .", "InvalidArgument", ErrorCategory.InvalidArgument, "'.'" },
        { "", "New-NetNamespace ..", "InvalidArgument", ErrorCategory.InvalidArgument, "'..'" },
        { "", "New-NetNamespace a/b", "InvalidArgument", ErrorCategory.InvalidArgument, "a/b" },
        { "", "New-NetNamespace \"a`0b\"", "InvalidArgument", ErrorCategory.InvalidArgument, "NUL" },
        { "", "New-NetNamespace ('x' * 256)", "InvalidArgument", ErrorCategory.InvalidArgument, "255" },
        { "", "New-CalicoEndpoint a/b 10.65.0.3 -HostNetNamespace $h", "InvalidArgument", ErrorCategory.InvalidArgument, "a/b" },
        // Names of interfaces.
        { "", "New-VethPair $w -HostNetNamespace $h -InterfaceAlias sixteen-bytes-xx", "InvalidArgument", ErrorCategory.InvalidArgument, "15" },
        { "", "New-VethPair $w -HostNetNamespace $h -HostInterfaceAlias a/b", "InvalidArgument", ErrorCategory.InvalidArgument, "a/b" },
        { "", "New-VethPair $w -HostNetNamespace $h -HostInterfaceAlias 'a b'", "InvalidArgument", ErrorCategory.InvalidArgument, "a b" },
        { "", "New-VethPair $w -HostNetNamespace $h -HostInterfaceAlias 'a%d'", "InvalidArgument", ErrorCategory.InvalidArgument, "a%d" },
        { "", "New-VethPair $w -HostNetNamespace $h -HostInterfaceAlias .", "InvalidArgument", ErrorCategory.InvalidArgument, "'.'" },
        { Pair, "$pair | Set-HostInterface -NewName ..", "InvalidArgument", ErrorCategory.InvalidArgument, "'..'" },
        { "", "Add-HostAddress 10.2.0.1 -InterfaceAlias sixteen-bytes-xx -NetNamespace $w", "InvalidArgument", ErrorCategory.InvalidArgument, "15" },
        { "", "Add-HostRoute 10.2.0.1 -InterfaceAlias sixteen-bytes-xx -NetNamespace $w", "InvalidArgument", ErrorCategory.InvalidArgument, "15" },
        { "", "New-CalicoEndpoint \"${p}x\" 10.65.0.3 -InterfaceAlias a/b -HostNetNamespace $h", "InvalidArgument", ErrorCategory.InvalidArgument, "a/b" },
        // What exists.
        { "", "New-NetNamespace $w", "ResourceExists", ErrorCategory.ResourceExists, "$w" },
        { Pair, "New-VethPair $w -HostNetNamespace $h -HostInterfaceAlias v-cali-peer", "ResourceExists", ErrorCategory.ResourceExists, "v-cali-peer" },
        { Pair, "$pair | Add-HostAddress 10.2.0.1", "ResourceExists", ErrorCategory.ResourceExists, "10.2.0.1" },
        { Pair + "$null = $pair | Add-HostRoute; ", "$pair | Add-HostRoute", "ResourceExists", ErrorCategory.ResourceExists, "10.2.0.1/32" },
        { Pair, "$pair | Set-HostInterface -NewName up0", "ResourceExists", ErrorCategory.ResourceExists, "up0" },
        { Endpoint, "New-CalicoEndpoint \"${p}web\" 10.65.0.3 -HostNetNamespace $h", "ResourceExists", ErrorCategory.ResourceExists, "web" },
        { Endpoint, "New-CalicoEndpoint \"${p}other\" 10.65.0.2 -HostNetNamespace $h", "ResourceExists", ErrorCategory.ResourceExists, "10.65.0.2" },
        { SetUp + "$null = ip -n $h link add ${link} type veth peer name foreign0; ", "New-CalicoEndpoint \"${p}web\" 10.65.0.3 -HostNetNamespace $h", "NotOurs", ErrorCategory.ResourceExists, "${link}" },
        { "$null = ip -n $h link add ${link} type veth peer name foreign0; ", "Remove-CalicoEndpoint \"${p}web\" -HostNetNamespace $h", "NotOurs", ErrorCategory.ResourceExists, "${link}" },
        // What does not exist.
        { "", "Get-NetNamespace no-such", "ObjectNotFound", ErrorCategory.ObjectNotFound, "no-such" },
        { "", "Remove-NetNamespace no-such", "ObjectNotFound", ErrorCategory.ObjectNotFound, "no-such" },
        { "", "Get-HostInterface no-such -NetNamespace $h", "ObjectNotFound", ErrorCategory.ObjectNotFound, "no-such" },
        { "", "Set-HostInterface no-such -Status Up -NetNamespace $h", "ObjectNotFound", ErrorCategory.ObjectNotFound, "no-such" },
        { "", "Get-VethPair no-such -HostNetNamespace $h", "ObjectNotFound", ErrorCategory.ObjectNotFound, "no-such" },
        { "", "Remove-VethPair no-such -NetNamespace $h", "ObjectNotFound", ErrorCategory.ObjectNotFound, "no-such" },
        { "", "New-VethPair no-such -HostNetNamespace $h", "ObjectNotFound", ErrorCategory.ObjectNotFound, "no-such" },
        { "", "Add-HostAddress 10.2.0.1 -InterfaceAlias no-such -NetNamespace $h", "ObjectNotFound", ErrorCategory.ObjectNotFound, "no-such" },
        { Pair, "Remove-HostAddress 10.2.0.9 -InterfaceAlias v-cali -NetNamespace $w", "ObjectNotFound", ErrorCategory.ObjectNotFound, "10.2.0.9" },
        { "", "Remove-HostRoute 10.9.0.0/16 -NetNamespace $h", "ObjectNotFound", ErrorCategory.ObjectNotFound, "10.9.0.0/16" },
        { "", "Get-CalicoEndpoint no-such -HostNetNamespace $h", "ObjectNotFound", ErrorCategory.ObjectNotFound, "no-such" },
        { "", "Remove-CalicoEndpoint no-such -HostNetNamespace $h", "ObjectNotFound", ErrorCategory.ObjectNotFound, "no-such" },
        { "", "Get-HostRoute -NetNamespace no-such", "ObjectNotFound", ErrorCategory.ObjectNotFound, "no-such" },
        { "", "New-CalicoEndpoint \"${p}x\" 10.65.0.3 -HostNetNamespace no-such", "ObjectNotFound", ErrorCategory.ObjectNotFound, "no-such" },
        // What changed behind an object's back, or was never made.
        { Pair + "$pair | Remove-VethPair; ", "$pair | Add-HostRoute", "StaleObject", ErrorCategory.InvalidData, "v-cali" },
        { "", "New-NetNamespace \"${p}x\" -WhatIf | Remove-NetNamespace", "PlannedObject", ErrorCategory.InvalidData, "x" },
        // What cannot be done with it.
        { "", "New-VethPair $w -HostNetNamespace $h | Add-HostRoute", "NoAddress", ErrorCategory.InvalidData, "eth0" },
        { "", "Add-HostRoute 10.9.0.0/16 -NextHop 203.0.113.77 -InterfaceAlias up0 -NetNamespace $h", "NetworkUnreachable", ErrorCategory.InvalidOperation, "203.0.113.77" },
        { SetUp, "New-CalicoEndpoint \"${p}x\" -HostNetNamespace $h", "NoPool", ErrorCategory.ResourceUnavailable, "no enabled IP pool" },
        { "", "New-CalicoEndpoint \"${p}x\" 10.65.0.3 -WorkloadNamespace a.b -HostNetNamespace $h", "InvalidArgument", ErrorCategory.InvalidArgument, "'a.b'" },
        { "", "Import-CalicoDatastore /no-such/export.json", "ObjectNotFound", ErrorCategory.ObjectNotFound, "/no-such/export.json" },
        { "", "Find-HostRoute 203.0.113.77 -NetNamespace $w", "NetworkUnreachable", ErrorCategory.InvalidOperation, "203.0.113.77" },
        { "$null = nft -f /dev/null; $null = ip netns exec $h nft 'add table inet caliconet { comment \"caliconet version 99\"; }'; ", "New-CalicoEndpoint \"${p}x\" 10.65.0.3 -HostNetNamespace $h", "NewerVersion", ErrorCategory.InvalidOperation, "99" },
    };

    /// <summary>Ids that need circumstances of their own: where they are tested, or why they cannot be.</summary>
    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["PermissionDenied"] = "below, without rights",
        ["NamespaceInUse"] = "NetNamespaceTests: a process must be in it",
        ["NativeCommandInBlock"] = "CurrentNamespaceTests, in pwsh",
        ["ResourceBusy"] = "the core's: another process must hold the endpoint for ten seconds",
        ["PlatformNotSupported"] = "another system",
        ["NotSupported"] = "a kernel without the feature",
        ["OperationTimeout"] = "a kernel that does not answer",
        ["ResourceUnavailable"] = "a machine out of memory or files",
        ["NoFreeAddress"] = "IpamCommandTests",
        ["BlockLimit"] = "IpamCommandTests",
        ["AddressInUse"] = "IpamCommandTests",
        ["AddressReserved"] = "IpamCommandTests",
        ["NotAllowed"] = "IpamCommandTests",
        ["DatastoreNotReady"] = "IpamCommandTests",
        ["CorruptDocument"] = "IpamCommandTests",
        ["DatastoreRefused"] = "CalicoDatastoreTests: etcd with passwords",
        ["DatastoreCorrupt"] = "CalicoDatastoreTests",
        ["NewerSchema"] = "CalicoDatastoreTests: a file of the future",
        ["DatastoreLocked"] = "CalicoDatastoreTests: another process must hold the lock",
        ["DatastoreDisconnected"] = "CalicoDatastoreTests",
        ["DatastoreUnavailable"] = "IpamCommandTests: etcd that is away",
        ["OutcomeUnknown"] = "the core's: a reply must be lost after the commit",
        ["TooLarge"] = "the core's: no cmdlet writes so much at once",
        ["KernelRefused"] = "an errno without a name here",
    };

    public ErrorTableTests()
    {
        Set("p", Sandbox.Prefix);
        Set("link", Lab.LinkOf($"{Sandbox.Prefix}web"));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void An_error_has_its_id_category_a_message_that_names_the_input_and_advice(string prepare, string script, string id, ErrorCategory category, string named)
    {
        Run(prepare);
        string State() => KernelState.Of(Sandbox, [Workload]) + string.Join(' ', Netns.Names().Where(name => name.StartsWith(Sandbox.Prefix, StringComparison.Ordinal)));
        var before = State();

        var result = Fails($"{script}", id);

        var error = result.Errors[0];
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Contains(named.Replace("$w", Workload, StringComparison.Ordinal).Replace("${link}", Lab.LinkOf($"{Sandbox.Prefix}web"), StringComparison.Ordinal), error.ToString(), StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(error.ErrorDetails.RecommendedAction));
        if (!script.Contains('|', StringComparison.Ordinal))
        {
            Assert.Equal(before, State());
        }
    }

    /// <summary>Texts that are no addresses, for every parameter that takes addresses.</summary>
    public static TheoryData<string, string> Addresses
    {
        get
        {
            var data = new TheoryData<string, string>();
            string[] commands =
            [
                "New-VethPair $w -HostNetNamespace $h -IPAddress", "Add-HostAddress -InterfaceAlias lo -NetNamespace $w -IPAddress", "Remove-HostAddress -InterfaceAlias lo -NetNamespace $w -IPAddress",
                "Add-HostRoute -InterfaceAlias lo -NetNamespace $w -DestinationPrefix", "Remove-HostRoute -NetNamespace $w -DestinationPrefix", "Add-HostRoute 10.0.0.0/8 -InterfaceAlias lo -NetNamespace $w -NextHop",
                "Find-HostRoute -NetNamespace $w -RemoteIPAddress", "Enable-NatOutgoing -NetNamespace $w -SourcePrefix", "Enable-NatOutgoing 10.0.0.1 -NetNamespace $w -ExcludePrefix", "Disable-NatOutgoing -NetNamespace $w -SourcePrefix",
                "Add-Neighbor -LinkLayerAddress ee:00:00:00:00:01 -InterfaceAlias lo -NetNamespace $w -IPAddress", "Remove-Neighbor -InterfaceAlias lo -NetNamespace $w -IPAddress", "Get-NeighborTable $w -IPAddress",
                "Test-WorkloadConnection -NetNamespace $w -TargetName", "New-CalicoEndpoint \"${p}x\" -HostNetNamespace $h -IPAddress",
            ];
            foreach (var command in commands)
            {
                foreach (var value in (string[])["10.2.0.300", "10.2.0.1/33", "fe80::1%eth0", "''"])
                {
                    data.Add(command, value);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public void A_text_that_is_no_address_is_refused_by_its_value(string command, string value)
    {
        var result = Module.Run($"{command} {value}");

        var error = Assert.Single(result.Errors);
        Assert.Contains(error.FullyQualifiedErrorId.Split(',')[0], (string[])["ParameterArgumentTransformationError", "InvalidArgument", "ParameterArgumentValidationErrorEmptyStringNotAllowed"]);
        Assert.Contains(value.Trim('\''), error.ToString(), StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("Get-NetNamespace no-such-*")]
    [InlineData("Get-HostInterface no-such-* -NetNamespace $h")]
    [InlineData("Get-VethPair no-such-* -HostNetNamespace $h")]
    [InlineData("Get-ProxyArp no-such-* -NetNamespace $h")]
    [InlineData("Get-NeighborTable $h -InterfaceAlias no-such-*")]
    [InlineData("Get-CalicoEndpoint no-such-* -HostNetNamespace $h")]
    public void Wildcards_that_fit_nothing_give_nothing(string script) => Assert.Empty(Run(script).Output);

    [Fact]
    public void The_second_of_two_steps_that_fails_undoes_the_first_and_shows_the_kernels_reason()
    {
        Run(Pair);
        var before = KernelState.Of(Sandbox, [Workload]);

        var error = Assert.Single(Fails("$pair | Set-HostInterface -MtuSize 1300 -NewName up0", "ResourceExists").Errors);
        Assert.Contains("EEXIST", error.ToString(), StringComparison.Ordinal);
        error = Assert.Single(Fails("New-VethPair $w -InterfaceAlias v-two -HostInterfaceAlias v-cali-peer -HostNetNamespace $h", "ResourceExists").Errors);
        Assert.Contains("v-cali-peer", error.ToString(), StringComparison.Ordinal);

        Assert.Equal(before, KernelState.Of(Sandbox, [Workload]));
    }

    [Fact]
    public void Without_rights_each_changing_cmdlet_names_the_capability_and_reading_works()
    {
        // In the sandbox's host namespace, by a user without rights: nothing here may be changed, and nothing is.
        string[] changes =
        [
            "New-NetNamespace cn-refused", $"Remove-NetNamespace {Workload}", "Set-HostInterface up0 -MtuSize 1300", "Set-HostInterface up0 -Status Down", $"New-VethPair {Workload}", "Remove-VethPair up0",
            "Add-HostAddress 10.2.0.1 -InterfaceAlias up0", $"Remove-HostAddress {Sandbox.HostAddress} -InterfaceAlias up0", "Add-HostRoute 10.2.0.0/16 -InterfaceAlias up0", "Get-HostRoute 0.0.0.0/0 | Remove-HostRoute",
            "Enable-ProxyArp up0", "Enable-IPForwarding", "Enable-NatOutgoing 10.2.0.1", "Disable-NatOutgoing 10.2.0.1", "Add-Neighbor 192.0.2.9 ee:00:00:00:00:09 -InterfaceAlias up0",
            "Remove-Neighbor 192.0.2.2 -InterfaceAlias up0", $"Enter-NetNamespace {Workload}", $"Invoke-NetNamespace {Workload} {{ 1 }}", $"Invoke-NetNamespace {Workload} -FilePath true",
            "New-CalicoEndpoint cn-refused 10.65.0.2", "Remove-CalicoEndpoint cn-refused", $"Test-WorkloadConnection 192.0.2.2 -NetNamespace {Workload}",
        ];
        string[] reads = ["Get-NetNamespace", "Get-HostInterface", "Get-VethPair", "Get-HostAddress", "Get-HostRoute", "Find-HostRoute 192.0.2.2", "Get-ProxyArp up0", "Get-IPForwarding", "Get-LinkLocalGateway", "Get-NeighborTable", "Measure-NeighborTable", "Get-CalicoEndpoint"];
        var before = KernelState.Of(Sandbox.HostName);
        var script = string.Join('\n', changes.Concat(reads).Select(command =>
            $"$error.Clear(); $null = {command} 2>$null; \"{command.Replace("\"", "", StringComparison.Ordinal)}|$($error.Count)|$($error[0].FullyQualifiedErrorId)|$($error[0].ErrorDetails.RecommendedAction)\""));

        var lines = Shell.ShellProcess.RunAsNobodyIn(Sandbox.HostName, null, "-Command", script).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('|')).ToList();

        Assert.Equal(changes.Length + reads.Length, lines.Count(line => line.Length >= 4));
        Assert.All(lines.Take(changes.Length), line =>
        {
            Assert.True(line[^2].StartsWith("PermissionDenied,", StringComparison.Ordinal), string.Join('|', line));
            var cmdlet = Surface.Cmdlets.Single(type => line[^2].EndsWith($",{type.FullName}", StringComparison.Ordinal));
            Assert.StartsWith($"{Surface.NameOf(cmdlet)} needs {string.Join(" and ", Surface.NeedsOf(cmdlet))}", line[^1], StringComparison.Ordinal);
        });
        Assert.All(lines.Skip(changes.Length), line => Assert.True(line[^3] == "0", string.Join('|', line)));
        Assert.Equal(before, KernelState.Of(Sandbox.HostName));
    }

    [Fact]
    public void Every_id_that_there_is_is_tested_or_told_why_not()
    {
        var assembly = AppDomain.CurrentDomain.GetAssemblies().Single(assembly => assembly.GetName().Name == "CalicoNet.PowerShell");
        var ids = assembly.GetType("CalicoNet.ErrorIds")!.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);

        Assert.Equal(ids.Order(StringComparer.Ordinal), Rows.Select(row => row.Data.Item3).Concat(Elsewhere.Keys).Distinct().Order(StringComparer.Ordinal));
    }
}

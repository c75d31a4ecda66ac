using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Commands;

/// <summary>-WhatIf changes nothing, and the command lines it prints lead to the very state that the cmdlet leads to.</summary>
public class PreviewTests : CommandTest
{
    private const string Pair = "$pair = New-VethPair $w -HostNetNamespace $h -InterfaceAlias v-cali -HostInterfaceAlias v-cali-peer -IPAddress 10.2.0.1, 2001:db8:2::1 -MtuSize 1400 -MacAddress ee:00:00:00:00:01 -HostMacAddress ee:00:00:00:00:02";

    public static TheoryData<string, string> Changes => new()
    {
        { "", "New-NetNamespace \"$w-new\"" },
        { "", Pair + "; $pair" },
        { "", "New-VethPair $w -HostNetNamespace $h -InterfaceAlias v-cali -HostInterfaceAlias v-cali-peer -MacAddress ee:00:00:00:00:01 -HostMacAddress ee:00:00:00:00:02 -IPAddress 10.2.0.1 | Add-HostAddress 10.2.0.2/24, 2001:db8:2::2 | Add-HostRoute" },
        { "", "New-NetNamespace \"$w-new\" | New-VethPair -HostNetNamespace $h -HostInterfaceAlias 'a$b;c' -IPAddress 10.2.0.1 -MacAddress ee:00:00:00:00:01 -HostMacAddress ee:00:00:00:00:02 | Add-HostRoute" },
        { Pair, "$pair | Set-HostInterface -MtuSize 1300 -MacAddress ee:00:00:00:00:03 -NewName cali0 -Status Down" },
        { Pair + "; $pair | Set-HostInterface -Status Down", "Set-HostInterface v-cali-peer -NetNamespace $h -NewName 'x y'.Replace(' ', '&') -Status Up" },
        { Pair, "$pair | Add-HostAddress 10.2.0.2/24, 2001:db8:2::2" },
        { Pair, "Add-HostAddress 10.2.0.2/24 -InterfaceAlias v-cali -NetNamespace $w" },
        { Pair, "$pair | Add-HostRoute -RouteMetric 7 -Table 1000" },
        { Pair, "Add-HostRoute 10.7.0.0/16 -NextHop 192.0.2.254 -InterfaceAlias up0 -RouteMetric 5 -NetNamespace $h" },
        { Pair, "Add-HostRoute ::/0 -NextHop 2001:db8::fd -InterfaceAlias up0 -RouteMetric 5 -NetNamespace $h" },
        { Pair + "; $pair | Add-HostRoute", "$pair | Remove-HostRoute" },
        { "", "Get-HostRoute 0.0.0.0/0, ::/0 -NetNamespace $h | Remove-HostRoute" },
        { "$null = ip -n $h route add blackhole 10.8.0.0/16", "Get-HostRoute 10.8.0.0/16 -NetNamespace $h | Remove-HostRoute" },
        { Pair, "$pair | Get-HostAddress | Remove-HostAddress" },
        { "$null = ip -n $h address add 10.9.0.1 peer 10.9.0.2/32 dev up0", "Get-HostAddress 10.9.0.1 -NetNamespace $h | Remove-HostAddress" },
        { Pair, "$pair | Remove-VethPair" },
        { Pair, "Remove-VethPair v-cali -NetNamespace $w" },
        { Pair, "Get-NetNamespace $w | Remove-NetNamespace" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void WhatIf_changes_nothing_and_its_lines_do_what_the_cmdlet_does(string prepare, string change)
    {
        Run(prepare);
        var before = State(Sandbox);

        var preview = Module.Run($"$WhatIfPreference = $true; {change}; $WhatIfPreference = $false");

        Assert.Empty(preview.Errors);
        Assert.Equal(before, State(Sandbox));
        var lines = preview.PreviewLines();
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Exec.Run("sh", "-c", line));
        var byLines = State(Sandbox);
        Assert.NotEqual(before, byLines);

        using var twin = new Twin();
        twin.Change(prepare);
        twin.Change(change);
        // The kernel takes a namespace apart, and the other ends of its pairs with it, at its leisure.
        Deadline.Until(() => twin.Seen() == (byLines = State(Sandbox)), TimeSpan.FromSeconds(10));
        Assert.Equal(twin.Seen(), byLines);
    }

    public static TheoryData<string, string> Settings => new()
    {
        { Pair, "$pair | Enable-ProxyArp -Ndp -Delay 100" },
        { Pair + "; $null = $pair | Enable-ProxyArp -Ndp", "$pair | Disable-ProxyArp" },
        { "", "Enable-ProxyArp up0 -NetNamespace $h" },
        { "", "Enable-IPForwarding -NetNamespace $w -AddressFamily IPv4, IPv6" },
        { "$null = Enable-IPForwarding -NetNamespace $w", "Disable-IPForwarding -NetNamespace $w" },
        { "", "Enable-IPForwarding lo -NetNamespace $w" },
        { Pair, "$pair | Set-LinkLocalGateway -StaticNeighbor" },
        { Pair + "; $null = $pair | Set-LinkLocalGateway", "$pair | Set-LinkLocalGateway -Gateway 169.254.7.7" },
        { Pair + "; $null = $pair | Set-LinkLocalGateway -StaticNeighbor", "$pair | Remove-LinkLocalGateway" },
        { Pair, "$pair | Enable-NatOutgoing -ExcludePrefix 10.0.0.0/8, 2001:db8:9::/48" },
        { "", "Enable-NatOutgoing 10.7.0.0/16, 10.8.0.1, 2001:db8:7::/48 -NetNamespace $h" },
        { "$null = Enable-NatOutgoing 10.7.0.0/16, 10.8.0.1 -ExcludePrefix 10.0.0.0/8 -NetNamespace $h", "Disable-NatOutgoing 10.7.0.0/16, 10.8.0.1 -ExcludePrefix 10.0.0.0/8 -NetNamespace $h" },
        { Pair, "Add-Neighbor 10.2.0.9 ee:00:00:00:00:09 -InterfaceAlias v-cali -NetNamespace $w" },
        { Pair + "; $null = Add-Neighbor 10.2.0.9 ee:00:00:00:00:09 -InterfaceAlias v-cali -NetNamespace $w", "Clear-NeighborTable $w -State Permanent" },
        { Pair + "; $null = Add-Neighbor 2001:db8:2::9 ee:00:00:00:00:09 -InterfaceAlias v-cali -NetNamespace $w", "Remove-Neighbor 2001:db8:2::9 -InterfaceAlias v-cali -NetNamespace $w" },
        { "", Pair + "; $null = $pair | Add-HostRoute | Enable-ProxyArp | Set-LinkLocalGateway | Enable-NatOutgoing" },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void WhatIf_changes_no_setting_and_its_lines_do_what_the_cmdlet_does(string prepare, string change)
    {
        Run(prepare);
        string Seen() => KernelState.Of(Sandbox, [Workload]);
        var before = Seen();

        var preview = Module.Run($"$WhatIfPreference = $true; {change}; $WhatIfPreference = $false");

        Assert.Empty(preview.Errors);
        Assert.Equal(before, Seen());
        Assert.All(preview.PreviewLines(), line => Exec.Run("sh", "-c", line));
        Assert.NotEqual(before, Seen());

        using var twin = new Twin();
        twin.Change(prepare);
        twin.Change(change);
        Assert.Equal(twin.Kernel(), Seen());
    }

    [Theory]
    [InlineData("New-VethPair $w -HostNetNamespace $h -HostInterfaceAlias cali0", "VethPair")]
    [InlineData("New-NetNamespace \"$w-new\"", "NetNamespace")]
    [InlineData("Add-HostAddress 10.2.0.1 -InterfaceAlias up0 -NetNamespace $h", "HostAddress")]
    [InlineData("Add-HostRoute 10.7.0.0/16 -InterfaceAlias up0 -NetNamespace $h", "HostRoute")]
    [InlineData("Set-HostInterface up0 -MtuSize 1300 -NetNamespace $h", "HostInterface")]
    public void WhatIf_gives_a_planned_object_which_is_refused_for_real(string change, string type)
    {
        var planned = One($"$planned = {change} -WhatIf; $planned");

        Assert.Equal($"CalicoNet.{type}", planned.TypeNames[0]);
        Assert.Equal("True", planned.Text("Planned"));
        if (type != "HostInterface")
        {
            Fails($"$planned | Remove-{type}", "PlannedObject");
        }
    }

    [Theory]
    [InlineData("Get-NetNamespace $w | Remove-NetNamespace -WhatIf")]
    [InlineData("Get-VethPair up0 -HostNetNamespace $h | Remove-VethPair -WhatIf")]
    [InlineData("Get-HostRoute -NetNamespace $h | Remove-HostRoute -WhatIf")]
    [InlineData("Get-HostAddress -NetNamespace $h -InterfaceAlias up0 | Remove-HostAddress -WhatIf")]
    public void Remove_gives_nothing_under_WhatIf(string change) => Assert.Empty(Run(change).Output);

    [Fact]
    public void Verbose_tells_the_same_lines_as_they_are_carried_out()
    {
        var lines = Module.Run(Pair + " -WhatIf").PreviewLines();
        Assert.Equal(lines, Run(Pair + " -Verbose").Verbose);
    }

    /// <summary>What the namespaces of a sandbox hold, by names that do not depend on the sandbox.</summary>
    private static string State(Testing.Sandbox sandbox)
        => string.Join('\n', Netns.Names().Where(name => name.StartsWith(sandbox.Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .SelectMany(name => new[] { name }.Concat(Lines(Ip.In(name)))))
            .Replace(sandbox.Prefix, "", StringComparison.Ordinal);

    private static IEnumerable<string> Lines(Ip ip)
    {
        // The kernel's own: MAC addresses it made, and what it derives from them, in an order that is its own.
        var links = ip.Links().Select(link => (link with { Mac = link.Mac?.StartsWith("ee:00", StringComparison.Ordinal) == true ? link.Mac : null, State = "" }).ToString());
        var addresses = ip.Addresses().Where(a => a.Scope == "global").Select(a => a.ToString());
        var routes = ip.Routes(0, "all").Where(r => r.Table is "main" or "1000" && !r.Destination.StartsWith("fe80", StringComparison.Ordinal)).Select(r => r.ToString());
        return links.Concat(addresses.Order(StringComparer.Ordinal)).Concat(routes.Order(StringComparer.Ordinal));
    }

    /// <summary>The same sandbox once more, in which the cmdlet runs for real.</summary>
    private sealed class Twin : CommandTest
    {
        public void Change(string script) => Run(script);

        public string Seen() => State(Sandbox);

        public string Kernel() => KernelState.Of(Sandbox, [Workload]);
    }
}

using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Commands;

public class HostAddressTests : CommandTest
{
    private IEnumerable<string> Global => WorkloadIp.Addresses().Where(a => a.Scope == "global").Select(a => a.Prefix);

    [Fact]
    public void Add_gives_the_workload_end_of_a_pair_addresses_that_are_usable_at_once()
    {
        AddPair();

        var added = Run("$pair | Add-HostAddress 10.2.0.2, 192.0.2.7/24, 2001:db8::2").Output;

        Assert.Equal(["10.2.0.2/32", "192.0.2.7/24", "2001:db8::2/128"], added.Select(a => a.ToString()));
        Assert.All(added, a => Assert.Equal("Preferred", a.Text("AddressState")));
        Assert.All(added, a => Assert.Equal("v-cali-peer - v-cali@" + Workload, a.Text("VethPair")));
        Assert.Equal(["10.2.0.1/32", "10.2.0.2/32", "192.0.2.7/24", "2001:db8::2/128"], Global);
    }

    [Fact]
    public void Add_gives_an_interface_an_address()
    {
        var added = One("Add-HostAddress 192.0.2.77 -InterfaceAlias up0 -NetNamespace $h");
        Assert.Equal(("192.0.2.77", "32", "up0", Sandbox.HostName), (added.Text("IPAddress"), added.Text("PrefixLength"), added.Text("InterfaceAlias"), added.Text("NetNamespace")));
        Assert.Contains(HostIp.Addresses(), a => a.Device == "up0" && a.Prefix == "192.0.2.77/32");
    }

    [Fact]
    public void Add_refuses_the_address_that_the_kernel_takes_and_forgets()
    {
        AddPair();

        var result = Fails("$pair | Add-HostAddress 0.0.0.0, 10.2.0.3", "InvalidArgument");

        Assert.Contains("'0.0.0.0'", Assert.Single(result.Errors).ToString(), StringComparison.Ordinal);
        Assert.Equal("10.2.0.3/32", Assert.Single(result.Output).ToString());
    }

    [Fact]
    public void Add_of_what_is_there_says_what_differs_and_Force_takes_an_equal_one()
    {
        AddPair("10.2.0.1, 2001:db8::1/64");

        var result = Fails("$pair | Add-HostAddress 10.2.0.1, 2001:db8::1, 10.2.0.3", "ResourceExists", "ResourceExists");

        Assert.Contains("2001:db8::1/64", result.Errors[1].ToString(), StringComparison.Ordinal);
        Assert.Equal("10.2.0.3/32", Assert.Single(result.Output).ToString());
        Assert.Equal("10.2.0.1/32", One("$pair | Add-HostAddress 10.2.0.1 -Force").ToString());
        Fails("$pair | Add-HostAddress 2001:db8::1 -Force", "ResourceExists");
    }

    [Theory]
    [InlineData("10.2.0.300")]
    [InlineData("10.2.0.1/33")]
    [InlineData("fe80::1%eth0")]
    [InlineData("10.2.0.01")]
    public void An_address_that_is_none_is_an_argument_error_naming_it(string address)
    {
        AddPair();
        var result = Module.Run($"$pair | Add-HostAddress '{address}'");
        Assert.StartsWith("ParameterArgumentTransformationError", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(address, result.Errors[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Get_shows_what_ip_shows()
    {
        AddPair("10.2.0.1, 2001:db8::1");

        var found = Run("Get-HostAddress -NetNamespace $h").Output;

        Assert.Equal(
            HostIp.Addresses().Select(a => (a.Device, a.Prefix, a.Family == 4 ? "IPv4" : "IPv6")).Order(),
            found.Select(a => (a.Text("InterfaceAlias"), a.ToString(), a.Text("AddressFamily"))).Order());
    }

    [Fact]
    public void Get_filters_by_interface_family_and_address()
    {
        AddPair("10.2.0.1, 10.2.0.2/24, 2001:db8::1");

        Assert.Equal("10.2.0.2/24", One("Get-HostAddress 10.2.0.2 -NetNamespace $w").ToString());
        Assert.Equal("10.2.0.2/24", One("Get-HostAddress 10.2.0.2/24 -InterfaceAlias v-* -NetNamespace $w").ToString());
        Assert.Equal(2, Run("$pair | Get-HostAddress -AddressFamily IPv4").Output.Count);
        Assert.Equal("127.0.0.1/8", One("Get-HostAddress -ifAlias lo -AddressFamily ipv4 -NetNamespace $h").ToString());
        Fails("Get-HostAddress 10.2.0.2/32, 10.9.9.9 -NetNamespace $w", "ObjectNotFound", "ObjectNotFound");
        Fails("Get-HostAddress -InterfaceAlias nosuch -NetNamespace $w", "ObjectNotFound");
        Assert.Empty(Run("Get-HostAddress -InterfaceAlias nosuch* -NetNamespace $w").Output);
    }

    [Fact]
    public void Get_takes_interfaces_namespaces_and_pairs()
    {
        AddPair();
        Assert.Equal("10.2.0.1", One("$pair | Get-HostAddress -AddressFamily IPv4").Text("IPAddress"));
        Assert.Equal("10.2.0.1", One("Get-NetNamespace $w | Get-HostAddress -AddressFamily IPv4").Text("IPAddress"));
        Assert.Equal("192.0.2.1", One("Get-HostInterface up0 -NetNamespace $h | Get-HostAddress -AddressFamily IPv4").Text("IPAddress"));
    }

    [Fact]
    public void Remove_takes_addresses_as_objects_by_pair_and_by_interface()
    {
        AddPair("10.2.0.1, 10.2.0.2/24, 10.2.0.3");

        Assert.Empty(Run("$pair | Get-HostAddress 10.2.0.3 | Remove-HostAddress; $pair | Remove-HostAddress 10.2.0.2; Remove-HostAddress 10.2.0.1/32 -InterfaceAlias v-cali -NetNamespace $w").Output);

        Assert.Empty(Global);
    }

    [Fact]
    public void Remove_of_what_is_not_there_is_an_error()
    {
        AddPair();
        Run("$address = $pair | Get-HostAddress 10.2.0.1; $pair | Remove-HostAddress 10.2.0.1");

        Fails("$address | Remove-HostAddress", "ObjectNotFound");
        Fails("$pair | Remove-HostAddress 10.2.0.1", "ObjectNotFound");
        Fails("Remove-HostAddress 10.2.0.1 -InterfaceAlias nosuch -NetNamespace $w", "ObjectNotFound");
    }

    [Fact]
    public void Remove_finds_the_address_of_a_point_to_point_link()
    {
        HostIp.Run("address add 10.9.0.1 peer 10.9.0.2/32 dev up0");
        Run("Get-HostAddress 10.9.0.1 -NetNamespace $h | Remove-HostAddress");
        Assert.DoesNotContain(HostIp.Addresses(), a => a.Address == "10.9.0.1");
    }

    [Fact]
    public void Remove_refuses_an_address_whose_interface_is_another_one_now()
    {
        AddPair();
        Run("$address = $pair | Get-HostAddress 10.2.0.1");
        WorkloadIp.Run("link set dev v-cali name other");
        Fails("$address | Remove-HostAddress", "StaleObject");
        Assert.Contains("10.2.0.1/32", Global);
    }

    [Fact]
    public void An_address_in_a_pipeline_leads_on_to_its_pair()
    {
        Run("$pair = New-VethPair $w -HostNetNamespace $h -InterfaceAlias v-cali -HostInterfaceAlias v-cali-peer");
        Assert.Equal("10.2.0.1/32", One("$pair | Add-HostAddress 10.2.0.1 | Add-HostRoute").Text("DestinationPrefix"));
    }
}

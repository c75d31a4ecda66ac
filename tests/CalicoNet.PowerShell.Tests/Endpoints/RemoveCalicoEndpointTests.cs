using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Endpoints;

public sealed class RemoveCalicoEndpointTests
{
    private const string Many = "1..$args[0] | New-CalicoEndpoint -Name { \"${p}web$_\" } -IPAddress { \"10.65.$([int][math]::Floor($_ / 250)).$($_ % 250 + 1)\" } -HostNetNamespace $h";

    [Fact]
    public void Nothing_is_left_of_an_endpoint_and_nothing_is_said()
    {
        using var lab = Lab.Create();
        lab.Run("New-CalicoEndpoint \"${p}web\" 10.65.0.2, 2001:db8:65::2 -HostNetNamespace $h");

        var result = lab.Run("Remove-CalicoEndpoint \"${p}web\" -HostNetNamespace $h");

        Assert.Empty(result.Output);
        lab.AssertNoEndpoints();
    }

    [Theory]
    [InlineData("Get-CalicoEndpoint -HostNetNamespace $h | Remove-CalicoEndpoint")]
    [InlineData("Remove-CalicoEndpoint (1..300 | ForEach-Object { \"${p}web$_\" }) -HostNetNamespace $h")]
    [InlineData("1..300 | ForEach-Object { \"${p}web$_\" } | Remove-CalicoEndpoint -HostNetNamespace $h")]
    public void Many_go_together(string script)
    {
        using var lab = Lab.Create();
        lab.Run($"$null = {Many.Replace("$args[0]", "300", StringComparison.Ordinal)}");
        Assert.Equal(300, lab.EndpointLinks().Count);

        lab.Run(script);

        lab.AssertNoEndpoints();
    }

    [Fact]
    public void Removing_some_leaves_the_others_as_they_are()
    {
        using var lab = Lab.Create();
        lab.Run(Many.Replace("$args[0]", "5", StringComparison.Ordinal));

        lab.Run("Remove-CalicoEndpoint \"${p}web2\", \"${p}web4\" -HostNetNamespace $h");

        var left = lab.Run("Get-CalicoEndpoint -HostNetNamespace $h").Output;
        Assert.Equal(["web1", "web3", "web5"], left.Texts("Name").Select(name => name[lab.Prefix.Length..]));
        Assert.All(left, endpoint => Assert.Equal("Ready", endpoint.Text("Status")));
        Assert.Equal(["10.65.0.2", "10.65.0.4", "10.65.0.6"], lab.NatAddresses());
    }

    [Fact]
    public void An_object_is_removed_from_the_host_it_came_from()
    {
        using var lab = Lab.Create();
        var second = lab.Sandbox.AddNamespace("host-two");
        lab.Run("""
            param($second)
            New-CalicoEndpoint "${p}a" 10.65.0.2 -HostNetNamespace $h
            New-CalicoEndpoint "${p}b" 10.65.0.2 -HostNetNamespace $second
            """, second);

        lab.Run("param($second) Get-CalicoEndpoint -HostNetNamespace $second | Remove-CalicoEndpoint", second);

        Assert.Equal([lab.Prefix + "a"], lab.Run("Get-CalicoEndpoint -HostNetNamespace $h").Output.Texts("Name"));
        Assert.Empty(lab.Run("param($second) Get-CalicoEndpoint -HostNetNamespace $second", second).Output);
        Assert.False(Netns.Exists(lab.Prefix + "b"));
    }

    [Fact]
    public void Each_name_without_an_endpoint_is_not_found_and_the_others_go()
    {
        using var lab = Lab.Create();
        lab.Run(Many.Replace("$args[0]", "1", StringComparison.Ordinal));

        var error = lab.Fails("Remove-CalicoEndpoint \"${p}absent\", \"${p}web1\" -HostNetNamespace $h");

        Assert.Equal("ObjectNotFound,CalicoNet.Commands.RemoveCalicoEndpointCommand", error.FullyQualifiedErrorId);
        Assert.Contains(lab.Prefix + "absent", error.ToString(), StringComparison.Ordinal);
        lab.AssertNoEndpoints();
    }

    [Theory]
    [InlineData("''")]
    [InlineData("'../x'")]
    [InlineData("'*'")]
    public void What_is_no_name_is_an_invalid_argument(string name)
    {
        using var lab = Lab.Create();
        lab.Run(Many.Replace("$args[0]", "1", StringComparison.Ordinal));

        var error = lab.Fails($"Remove-CalicoEndpoint {name} -HostNetNamespace $h");

        Assert.Equal("InvalidArgument,CalicoNet.Commands.RemoveCalicoEndpointCommand", error.FullyQualifiedErrorId);
        Assert.Single(lab.EndpointLinks());
    }

    [Fact]
    public void A_foreign_interface_of_its_name_stays()
    {
        using var lab = Lab.Create();
        var link = Lab.LinkOf(lab.Prefix + "web");
        Ip.In(lab.HostName).Run($"link add {link} type veth peer name theirs");

        var error = lab.Fails("Remove-CalicoEndpoint \"${p}web\" -HostNetNamespace $h");

        Assert.Equal("NotOurs,CalicoNet.Commands.RemoveCalicoEndpointCommand", error.FullyQualifiedErrorId);
        Assert.NotNull(Ip.In(lab.HostName).Link(link));
    }

    [Fact]
    public void What_is_left_of_a_half_gone_endpoint_goes()
    {
        using var lab = Lab.Create();
        lab.Run(Many.Replace("$args[0]", "2", StringComparison.Ordinal));
        Ip.In(lab.HostName).Run($"link del {Lab.LinkOf(lab.Prefix + "web1")}");
        Netns.Remove(lab.Prefix + "web2");
        Assert.True(Netns.Exists(lab.Prefix + "web1"));

        lab.Run("Remove-CalicoEndpoint \"${p}web1\" -HostNetNamespace $h");

        Assert.False(Netns.Exists(lab.Prefix + "web1"));
    }

    [Fact]
    public void An_object_of_another_kind_is_not_taken_for_an_endpoint()
    {
        using var lab = Lab.Create();
        lab.Run(Many.Replace("$args[0]", "1", StringComparison.Ordinal));

        var result = lab.Host.Run("[pscustomobject]@{ Name = \"${p}web1\"; HostNetNamespace = $h } | Remove-CalicoEndpoint -HostNetNamespace $h");

        Assert.NotEmpty(result.Errors);
        Assert.Single(lab.EndpointLinks());
    }

    [Fact]
    public void Stopping_a_removal_leaves_no_half_removed_endpoint()
    {
        using var lab = Lab.Create();
        using var other = lab.Beside();
        lab.Run($"$null = {Many.Replace("$args[0]", "40", StringComparison.Ordinal)}");

        lab.Run("Get-CalicoEndpoint -HostNetNamespace $h | ForEach-Object { $script:n++; if ($n -le 10) { $_ } } | Remove-CalicoEndpoint");
        lab.Host.Run("Get-CalicoEndpoint -HostNetNamespace $h | ForEach-Object { $script:m++; if ($m -gt 10) { throw 'stop' }; $_ } | Remove-CalicoEndpoint");

        var left = other.Run("Get-CalicoEndpoint -HostNetNamespace $h").Output;
        Assert.All(left, endpoint => Assert.Equal("Ready", endpoint.Text("Status")));
        Assert.Equal(20, left.Count);
        Assert.Equal(20, lab.Workloads().Count);
        Assert.Equal(20, lab.NatAddresses().Count);
    }
}

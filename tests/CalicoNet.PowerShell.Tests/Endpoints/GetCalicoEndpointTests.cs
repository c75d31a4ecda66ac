using CalicoNet.PowerShell.Tests.Shell;
using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Endpoints;

public sealed class GetCalicoEndpointTests
{
    private const string Three = "'web1', 'web2', 'db' | New-CalicoEndpoint -Name { $p + $_ } -IPAddress { switch ($_) { 'web1' { '10.65.0.1' } 'web2' { '10.65.0.2' } 'db' { '10.65.0.3' } } } -HostNetNamespace $h";

    [Theory]
    [InlineData("Get-CalicoEndpoint -HostNetNamespace $h", "db web1 web2")]
    [InlineData("Get-CalicoEndpoint \"${p}web*\" -HostNetNamespace $h", "web1 web2")]
    [InlineData("Get-CalicoEndpoint \"${p}db\", \"${p}web1\" -HostNetNamespace $h", "db web1")]
    [InlineData("\"${p}db\", \"${p}web2\" | Get-CalicoEndpoint -HostNetNamespace $h", "db web2")]
    [InlineData("Get-CalicoEndpoint \"${p}x*\" -HostNetNamespace $h", "")]
    [InlineData("Get-CalicoEndpoint -WorkloadNamespace shop -HostNetNamespace $h", "")]
    [InlineData("Get-CalicoEndpoint -WorkloadNamespace def* -HostNetNamespace $h", "db web1 web2")]
    public void Names_and_wildcards_choose(string script, string expected)
    {
        using var lab = Lab.Create();
        lab.Run(Three);

        Assert.Equal(expected, string.Join(' ', lab.Run(script).Output.Texts("Name").Select(name => name[lab.Prefix.Length..])));
    }

    [Fact]
    public void A_literal_name_without_an_endpoint_is_not_found_and_the_others_are_given()
    {
        using var lab = Lab.Create();
        lab.Run(Three);

        var result = lab.Host.Run("Get-CalicoEndpoint \"${p}absent\", \"${p}db\" -HostNetNamespace $h");

        var error = Assert.Single(result.Errors);
        Assert.Equal("ObjectNotFound,CalicoNet.Commands.GetCalicoEndpointCommand", error.FullyQualifiedErrorId);
        Assert.Contains(lab.Prefix + "absent", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(lab.Prefix + "absent", error.TargetObject);
        Assert.Equal([lab.Prefix + "db"], result.Output.Texts("Name"));
    }

    [Fact]
    public void What_is_read_is_equal_to_what_was_made()
    {
        using var lab = Lab.Create();

        var made = lab.Run(Three).Output.OrderBy(endpoint => endpoint.Text("Name"), StringComparer.Ordinal);
        var read = lab.Run("Get-CalicoEndpoint -HostNetNamespace $h").Output;

        Assert.Equal(made.Select(endpoint => endpoint.BaseObject), read.Select(endpoint => endpoint.BaseObject));
    }

    [Fact]
    public void An_endpoint_without_its_route_is_degraded()
    {
        using var lab = Lab.Create();
        lab.Run(Three);
        Ip.In(lab.HostName).Run("route del 10.65.0.1/32");

        Assert.Equal(["Ready", "Degraded", "Ready"], lab.Run("Get-CalicoEndpoint -HostNetNamespace $h").Output.Texts("Status"));
    }

    /// <summary>Its own namespace an ordinary user may read, and no other, nor root's datastore.</summary>
    [Fact]
    public void An_ordinary_user_sees_which_endpoints_there_are_and_not_how_they_are()
    {
        using var lab = Lab.Create();
        lab.Run(Three);

        var result = ShellProcess.RunAsNobodyIn(lab.HostName, null, "-Command",
            $"$env:CALICONET_DATASTORE = '{lab.DatastorePath}'; " + "Get-CalicoEndpoint | ForEach-Object { \"$($_.Name) $($_.IPAddress) $($_.Status)\" }");

        Assert.Equal("", result.Error);
        var seen = lab.Run("Get-CalicoEndpoint -HostNetNamespace $h").Output.Select(endpoint => $"{endpoint.Text("Name")} {string.Join(' ', (IEnumerable<string>)endpoint.Get("IPAddress")!)} Unknown");
        Assert.Equal(seen, result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Foreign_links_are_no_endpoints()
    {
        using var lab = Lab.Create();
        Ip.In(lab.HostName).Run("link add cali0123456789a type veth peer name theirs");

        Assert.Empty(lab.Run("Get-CalicoEndpoint -HostNetNamespace $h").Output);
    }

    [Fact]
    public void The_default_view_is_a_table_of_six_columns_at_most()
    {
        using var lab = Lab.Create();
        lab.Run(Three);

        var lines = lab.Host.Format("Get-CalicoEndpoint -HostNetNamespace $h").Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(["Name", "WorkloadNamespace", "IPAddress", "HostInterfaceAlias", "Status"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(lines, line => line.Contains("web1", StringComparison.Ordinal) && line.Contains("10.65.0.1", StringComparison.Ordinal) && line.Contains("Ready", StringComparison.Ordinal));
    }
}

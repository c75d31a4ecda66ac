using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Endpoints;

public sealed class EndpointPreviewTests
{
    private const string Create = "New-CalicoEndpoint \"${p}web\" 10.65.0.2, 2001:db8:65::2 -HostNetNamespace $h -MacAddress 02:00:00:00:00:02";

    [Fact]
    public void WhatIf_changes_nothing_and_gives_the_planned_object()
    {
        using var lab = Lab.Create();
        var before = KernelState.Of(lab.HostName);

        var result = lab.Run(Create + " -WhatIf");

        var planned = Assert.Single(result.Output);
        Assert.Equal(true, planned.Get("Planned"));
        Assert.Equal("10.65.0.2, 2001:db8:65::2", planned.Text("IPAddress"));
        Assert.Equal(Lab.LinkOf(lab.Prefix + "web"), planned.Text("HostInterfaceAlias"));
        Assert.NotEmpty(result.PreviewLines());
        Assert.Equal(before, KernelState.Of(lab.HostName));
        Assert.Empty(lab.Workloads());
    }

    [Fact]
    public void WhatIf_of_a_removal_changes_nothing()
    {
        using var lab = Lab.Create();
        lab.Run(Create);
        var before = KernelState.Of(lab.Sandbox, [lab.Prefix + "web"]);

        var result = lab.Run("Remove-CalicoEndpoint \"${p}web\" -HostNetNamespace $h -WhatIf");

        Assert.NotEmpty(result.PreviewLines());
        Assert.Equal(before, KernelState.Of(lab.Sandbox, [lab.Prefix + "web"]));
    }

    [Fact]
    public void A_planned_endpoint_is_refused_where_it_would_be_used()
    {
        using var lab = Lab.Create();

        var error = lab.Fails("$planned = " + Create + " -WhatIf; $planned | Remove-CalicoEndpoint");

        Assert.Equal("PlannedObject,CalicoNet.Commands.RemoveCalicoEndpointCommand", error.FullyQualifiedErrorId);
    }

    [Fact]
    public void Verbose_tells_the_lines_that_WhatIf_shows()
    {
        using var lab = Lab.Create();

        var planned = lab.Run(Create + " -WhatIf").PreviewLines();
        var told = lab.Run(Create + " -Verbose").Verbose;

        Assert.Equal(planned, told);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" -NatOutgoing Disabled")]
    [InlineData(" -StaticNeighbor Enabled -Gateway 169.254.7.7 -MtuSize 1400 -InterfaceAlias net1")]
    public void The_printed_lines_make_the_same_kernel_state(string more)
    {
        Requires.Nftables();
        using var byHand = Lab.Create();
        using var byCmdlet = Lab.Create();

        Exec.Feed(null, "set -e\n" + string.Join('\n', byHand.Run(Create + more + " -WhatIf").PreviewLines()) + "\n", "sh");
        byCmdlet.Run(Create + more);

        Assert.Equal(StateOf(byCmdlet), StateOf(byHand));
        Assert.Equal("Ready", Assert.Single(byHand.Run("Get-CalicoEndpoint -HostNetNamespace $h").Output).Text("Status"));
    }

    [Fact]
    public void What_endpoints_of_a_pipeline_share_is_shown_once_and_the_lines_make_all_of_them()
    {
        Requires.Nftables();
        using var lab = Lab.Create();

        var lines = lab.Run("1..3 | New-CalicoEndpoint -Name { \"${p}web$_\" } -IPAddress { \"10.65.0.$_\" } -HostNetNamespace $h -WhatIf").PreviewLines();
        Exec.Feed(null, "set -e\n" + string.Join('\n', lines) + "\n", "sh");

        Assert.Equal(lines.Distinct(), lines);   // a rule that is added twice is there twice
        Assert.Equal(["Ready", "Ready", "Ready"], lab.Run("Get-CalicoEndpoint -HostNetNamespace $h").Output.Texts("Status"));
    }

    [Fact]
    public void The_printed_lines_of_a_removal_remove_it()
    {
        using var lab = Lab.Create();
        lab.Run(Create);

        Exec.Feed(null, "set -e\n" + string.Join('\n', lab.Run("Remove-CalicoEndpoint \"${p}web\" -HostNetNamespace $h -WhatIf").PreviewLines()) + "\n", "sh");

        lab.AssertNoEndpoints();
    }

    private static string StateOf(Lab lab)
        => KernelState.Of(lab.Sandbox, [lab.Prefix + "web"], (Lab.LinkOf(lab.Prefix + "web"), "CALI"));
}

using CalicoNet.Testing;

namespace CalicoNet.Core.Tests;

public sealed class HostSetupTests
{
    [Theory]
    [InlineData("10.65.0.1")]
    [InlineData("fd00:65::1")]
    public void The_set_up_of_a_newer_version_is_refused_and_nothing_is_changed(string address)
    {
        using var lab = new EndpointLab();
        Nft.In(lab.Sandbox.HostName).Run("add table inet caliconet { comment \"caliconet version 9\"; }");
        using var manager = lab.Open();
        var wanted = lab.Endpoint("web", address) with { NatOutgoing = true };
        var before = KernelState.Whole(lab.Sandbox);

        var fault = Assert.Throws<CalicoException>(() => manager.Create(wanted));
        var preview = Assert.Throws<CalicoException>(() => manager.Preview(wanted));

        Assert.Equal(CalicoFault.NewerVersion, fault.Fault);
        Assert.Contains("version 9", fault.Message, StringComparison.Ordinal);
        Assert.Contains($"version {Firewall.Version}", fault.Message, StringComparison.Ordinal);
        Assert.Equal(fault.Message, preview.Message);
        Assert.Equal(before, KernelState.Whole(lab.Sandbox));
    }

    [Fact]
    public void What_an_endpoint_needs_is_put_in_place_once_and_stays()
    {
        using var lab = new EndpointLab();
        using var manager = lab.Open();
        manager.Remove([manager.Create(lab.Endpoint("four", "10.65.0.1")).Endpoint.Name]);
        var once = Nft.In(lab.Sandbox.HostName).Text();

        using var another = lab.Open();
        another.Remove([another.Create(lab.Endpoint("both", "10.65.0.1", "fd00:65::1")).Endpoint.Name]);

        Assert.Equal(once, Nft.In(lab.Sandbox.HostName).Text());
        Assert.Equal("1", Sysctl.In(lab.Sandbox.HostName).Read("net.ipv4.ip_forward"));
        Assert.Equal("1", Sysctl.In(lab.Sandbox.HostName).Read("net.ipv6.conf.all.forwarding"));
    }
}

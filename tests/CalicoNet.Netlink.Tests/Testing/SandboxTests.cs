using CalicoNet.Testing;

namespace CalicoNet.Netlink.Tests.Testing;

public class SandboxTests
{
    [Theory]
    [InlineData(Sandbox.Gateway)]
    [InlineData(Sandbox.GatewayV6)]
    [InlineData(Sandbox.OutsideAddress)]
    [InlineData(Sandbox.OutsideAddressV6)]
    [InlineData("198.51.100.1")]
    [InlineData("198.51.100.254")]
    public void The_host_reaches_the_outside_world_at_once(string address)
    {
        using var sandbox = Sandbox.Create();
        Assert.True(Ping.Reaches(sandbox.HostName, address));
    }

    [Fact]
    public void The_outside_world_has_no_way_back_to_a_workload_address()
    {
        using var sandbox = Sandbox.Create();
        Ip.In(sandbox.HostName).Run("address add 10.65.0.2/32 dev lo");

        Assert.False(Ping.Reaches(sandbox.HostName, Sandbox.OutsideAddress, source: "10.65.0.2", seconds: 0.2));
        Assert.DoesNotContain(Ip.In(sandbox.OutsideName).Routes(), route => route.Destination == "default");
    }

    [Fact]
    public void A_disposed_sandbox_leaves_no_namespace_behind()
    {
        var sandbox = Sandbox.Create();
        var added = sandbox.AddNamespace("web");
        Ip.Here.Run($"netns add {sandbox.NewName("web")}");
        Assert.Equal([$"{sandbox.Prefix}host", $"{sandbox.Prefix}out", added, $"{added}2"], Ours());

        sandbox.Dispose();

        Assert.Empty(Ours());
        IEnumerable<string> Ours() => Netns.Names().Where(name => name.StartsWith(sandbox.Prefix, StringComparison.Ordinal));
    }

    [Fact]
    public void Disposing_also_removes_a_name_bound_twice_and_a_leftover_that_is_no_mount()
    {
        var sandbox = Sandbox.Create();
        Exec.Run("mount", "--bind", sandbox.HostPath, sandbox.HostPath);
        var leftover = Netns.PathOf(sandbox.NewName("leftover"));
        File.WriteAllText(leftover, "");

        sandbox.Dispose();

        Assert.False(Netns.Exists(sandbox.HostName));
        Assert.False(File.Exists(leftover));
    }

    [Fact]
    public void Disposing_twice_is_disposing_once()
    {
        var sandbox = Sandbox.Create();
        sandbox.Dispose();
        sandbox.Dispose();
    }

    [Fact]
    public void Two_sandboxes_share_nothing()
    {
        using var one = Sandbox.Create();
        using var other = Sandbox.Create();

        Assert.NotEqual(one.Prefix, other.Prefix);
        Assert.NotEqual(Netns.CookieOf(one.HostName), Netns.CookieOf(other.HostName));
    }

    [Fact]
    public void A_host_has_the_kernels_defaults_whatever_the_machine_is_set_to()
    {
        using var sandbox = Sandbox.Create();
        var sysctl = Sysctl.In(sandbox.HostName);

        Assert.Equal("0", sysctl.Read("net.ipv4.ip_forward"));
        Assert.Equal("0", sysctl.Read("net.ipv4.conf.up0.rp_filter"));
        Assert.Equal("0", sysctl.Read("net.ipv6.conf.all.forwarding"));
        Assert.Equal("1", sysctl.Read("net.ipv6.conf.default.accept_dad"));
    }
}

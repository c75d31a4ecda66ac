using CalicoNet.Testing;

namespace CalicoNet.Netlink.Tests.Kernel;

public sealed class SysctlTests : KernelTest
{
    [Fact]
    public void A_setting_is_written_in_its_namespace_and_in_no_other()
    {
        var machine = File.ReadAllText("/proc/sys/net/ipv4/ip_forward");
        Assert.Equal("0", Host.Sysctls.Find("net/ipv4/ip_forward"));

        Host.Sysctls.Write("net/ipv4/ip_forward", "1");

        Assert.Equal("1", Host.Sysctls.Find("net/ipv4/ip_forward"));
        Assert.Equal("1", Sysctl.In(Sandbox.HostName).Read("net.ipv4.ip_forward"));
        Assert.Equal("0", Sysctl.In(OtherName).Read("net.ipv4.ip_forward"));
        Assert.Equal(machine, File.ReadAllText("/proc/sys/net/ipv4/ip_forward"));
    }

    [Fact]
    public void What_another_wrote_is_read()
    {
        HostIp.Run("link add eth0.100 type veth peer name other9");
        Sysctl.In(Sandbox.HostName).Write("net/ipv4/conf/eth0.100/proxy_arp", "1");
        Sysctl.In(Sandbox.HostName).Write("net/ipv4/ping_group_range", "5 7");

        Assert.Equal("1", Host.Sysctls.Find(Sysctls.InterfacePath(IPFamily.IPv4, "eth0.100", "proxy_arp")));
        Assert.Equal("0", Host.Sysctls.Find(Sysctls.InterfacePath(IPFamily.IPv6, "eth0.100", "proxy_ndp")));
        Assert.Equal("5\t7", Host.Sysctls.Find("net/ipv4/ping_group_range"));
    }

    [Fact]
    public void What_is_not_there_is_null_or_ENOENT()
    {
        Assert.Null(Host.Sysctls.Find("net/ipv4/conf/nothing/proxy_arp"));
        var error = Assert.Throws<NetlinkException>(() => Host.Sysctls.Write("net/ipv4/conf/nothing/proxy_arp", "1"));
        Assert.Equal(Errno.ENOENT, error.Errno);
        Assert.Contains("write 1 to net/ipv4/conf/nothing/proxy_arp", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_the_kernel_refuses_is_EINVAL_and_changes_nothing()
    {
        Assert.Equal(Errno.EINVAL, ErrnoOf(() => Host.Sysctls.Write("net/ipv4/ip_forward", "maybe")));
        Assert.Equal("0", Host.Sysctls.Find("net/ipv4/ip_forward"));
    }

    [Theory]
    [InlineData("kernel/hostname")]
    [InlineData("/proc/sys/net/ipv4/ip_forward")]
    [InlineData("net/../kernel/hostname")]
    [InlineData("net/ipv4/..")]
    [InlineData("net.ipv4.ip_forward")]
    [InlineData("")]
    public void Only_network_settings_are_reached(string path)
    {
        Assert.Throws<ArgumentException>(() => Host.Sysctls.Find(path));
        Assert.Throws<ArgumentException>(() => Host.Sysctls.Write(path, "1"));
    }
}

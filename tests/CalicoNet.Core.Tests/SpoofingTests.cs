using CalicoNet.Testing;

namespace CalicoNet.Core.Tests;

public sealed class SpoofingTests
{
    [Theory]
    [InlineData("10.65.0.1", "10.9.9.9", Sandbox.OutsideAddress)]
    [InlineData("fd00:65::1", "fd00:99::9", Sandbox.OutsideAddressV6)]
    public void A_forged_source_does_not_get_out_and_the_workloads_own_does(string own, string forged, string target)
    {
        using var lab = new EndpointLab();
        using var manager = lab.Open();
        var made = manager.Create(lab.Endpoint("web", own)).Endpoint;
        using var seen = PacketCapture.Start(lab.Sandbox.OutsideName, Sandbox.OutsideLink);
        using var sender = RawSender.Open(made.Workload.Namespace.ToString(), "eth0");

        sender.Send(Frames.Echo(made.Mac.ToString(), Endpoint.HostMac.ToString(), forged, target, identifier: 66));
        sender.Send(Frames.Echo(made.Mac.ToString(), Endpoint.HostMac.ToString(), own, target, identifier: 1));

        seen.WaitFor(frame => frame.EchoIdentifier == 1);   // what was sent later has come: what was sent before would have
        Assert.Equal(0, seen.Count(frame => frame.EchoIdentifier == 66));
    }

    [Fact]
    public void A_workload_does_not_become_the_hosts_router()
    {
        using var lab = new EndpointLab();
        using var manager = lab.Open();
        var made = manager.Create(lab.Endpoint("web", "10.65.0.1", "fd00:65::1")).Endpoint;
        // As on a host that has its own default route by router advertisements although it forwards.
        Sysctl.In(lab.Sandbox.HostName).Write($"net.ipv6.conf.{made.Host.Name}.accept_ra", "2");
        var linkLocal = Endpoint.LinkLocalOf(made.Mac).ToString();
        using var sender = RawSender.Open(made.Workload.Namespace.ToString(), "eth0");
        bool HasRouter() => Ip.In(lab.Sandbox.HostName).Routes(6).Any(route => route.Device == made.Host.Name && route.Destination == "default");

        sender.Send(Frames.RouterAdvertisement(made.Mac.ToString(), linkLocal));
        Assert.True(Ping.Reaches(made.Workload.Namespace.ToString(), Sandbox.HostAddressV6), "what was sent before has come");
        Assert.False(HasRouter());

        // The same without the table: the advertisement itself is a good one.
        Nft.In(lab.Sandbox.HostName).Run("delete table inet caliconet");
        sender.Send(Frames.RouterAdvertisement(made.Mac.ToString(), linkLocal));
        Assert.True(Ping.Reaches(made.Workload.Namespace.ToString(), Sandbox.HostAddressV6), "what was sent before has come");
        Assert.True(HasRouter());
    }

    [Fact]
    public void ARP_with_a_foreign_sender_does_not_enter_the_hosts_table()
    {
        using var lab = new EndpointLab();
        using var manager = lab.Open();
        var made = manager.Create(lab.Endpoint("web", "10.65.0.1")).Endpoint;
        using var answers = PacketCapture.Start(made.Workload.Namespace.ToString(), "eth0");
        using var sender = RawSender.Open(made.Workload.Namespace.ToString(), "eth0");

        sender.Send(Frames.ArpRequest(made.Mac.ToString(), "10.9.9.9", Sandbox.HostAddress));
        sender.Send(Frames.ArpRequest(made.Mac.ToString(), "10.65.0.1", Sandbox.HostAddress));

        answers.WaitFor(frame => frame.IsArp && frame.ArpOperation == 2);
        Assert.DoesNotContain(Ip.In(lab.Sandbox.HostName).Neighbors(), neighbor => neighbor.Address == "10.9.9.9");
    }
}

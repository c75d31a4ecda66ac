using CalicoNet.Netlink;
using CalicoNet.Testing;

namespace CalicoNet.Core.Tests;

/// <summary>Outgoing NAT as the outside sees it: by the packets that arrive there.</summary>
public sealed class NatTests
{
    private const int ToExcluded = 11, ToOther = 12, ToNeighbor = 13;

    [Theory]
    [InlineData("10.65.0.1", "10.65.0.2", "198.51.100.128/25", "198.51.100.200", Sandbox.OutsideAddress, Sandbox.HostAddress)]
    [InlineData("fd00:65::1", "fd00:65::2", "2001:db8:9::/64", "2001:db8:9::9", Sandbox.OutsideAddressV6, Sandbox.HostAddressV6)]
    public void What_goes_to_an_excluded_destination_or_to_another_workload_keeps_its_source_and_all_else_gets_the_hosts(
        string own, string neighbor, string excluded, string inExcluded, string outside, string host)
    {
        using var lab = new EndpointLab();
        using var manager = lab.Open();
        var (made, other) = (manager.Create(lab.Endpoint("web", own) with { NatOutgoing = true }).Endpoint, manager.Create(lab.Endpoint("other", neighbor)).Endpoint);
        ChangeCases.Apply(new AddNatElement(lab.Host, NatSet.Excluded, IPPrefix.Parse(excluded)));
        using var seen = PacketCapture.Start(lab.Sandbox.OutsideName, Sandbox.OutsideLink);
        using var seenByOther = PacketCapture.Start(other.Workload.Namespace.ToString(), "eth0");
        using var sender = RawSender.Open(made.Workload.Namespace.ToString(), "eth0");

        void Send(string to, ushort identifier) => sender.Send(Frames.Echo(made.Mac.ToString(), Endpoint.HostMac.ToString(), own, to, identifier));
        Send(inExcluded, ToExcluded);
        Send(outside, ToOther);
        Send(neighbor, ToNeighbor);

        // Masquerading gives the echo another identifier as well: it is told by its destination.
        Assert.Equal(own, seen.WaitFor(frame => frame.IsEchoRequest && frame.Destination == inExcluded).Source);
        Assert.Equal(host, seen.WaitFor(frame => frame.IsEchoRequest && frame.Destination == outside).Source);
        Assert.Equal(own, seenByOther.WaitFor(frame => frame.IsEchoRequest && frame.EchoIdentifier == ToNeighbor).Source);
    }

    [Fact]
    public void A_prefix_of_sources_is_translated_as_single_addresses_are()
    {
        using var lab = new EndpointLab();
        using var manager = lab.Open();
        var made = manager.Create(lab.Endpoint("web", "10.65.0.1", "fd00:65::1")).Endpoint;
        var workload = made.Workload.Namespace.ToString();
        Assert.False(Ping.Reaches(workload, Sandbox.OutsideAddress, seconds: 0.5));

        ChangeCases.Apply(new AddNatElement(lab.Host, NatSet.Prefixes, IPPrefix.Parse("10.65.0.0/24")));
        ChangeCases.Apply(new AddNatElement(lab.Host, NatSet.Prefixes, IPPrefix.Parse("fd00:65::/64")));

        Assert.True(Ping.Reaches(workload, Sandbox.OutsideAddress));
        Assert.True(Ping.Reaches(workload, Sandbox.OutsideAddressV6));
    }
}

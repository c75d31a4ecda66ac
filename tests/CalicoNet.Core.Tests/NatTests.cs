using CalicoNet.Netlink;
using CalicoNet.Testing;

namespace CalicoNet.Core.Tests;

/// <summary>Outgoing NAT as the outside sees it: by the packets that arrive there.</summary>
public sealed class NatTests
{
    [Theory]
    [InlineData("10.65.0.1", "198.51.100.128/25", "198.51.100.128", "198.51.100.255", "198.51.100.127", Sandbox.HostAddress)]
    [InlineData("fd00:65::1", "2001:db8:9::/64", "2001:db8:9::", "2001:db8:9:0:ffff:ffff:ffff:ffff", "2001:db8:9:1::", Sandbox.HostAddressV6)]
    public void What_goes_into_an_excluded_prefix_keeps_its_source_and_what_goes_just_beside_it_gets_the_hosts(
        string own, string excluded, string first, string last, string beside, string host)
    {
        using var lab = new EndpointLab();
        using var manager = lab.Open();
        var made = manager.Create(lab.Endpoint("web", own) with { NatOutgoing = true }).Endpoint;
        ChangeCases.Apply(new AddNatElement(lab.Host, NatSet.Excluded, IPPrefix.Parse(excluded)));
        using var seen = PacketCapture.Start(lab.Sandbox.OutsideName, Sandbox.OutsideLink);
        using var sender = RawSender.Open(made.Workload.Namespace.ToString(), "eth0");

        string SourceOf(string to)
        {
            sender.Send(Frames.Echo(made.Mac.ToString(), Endpoint.HostMac.ToString(), own, to));
            // Masquerading gives the echo another identifier as well: it is told by its destination.
            return seen.WaitFor(frame => frame.IsEchoRequest && frame.Destination == to).Source!;
        }

        Assert.Equal([own, own, host], [SourceOf(first), SourceOf(last), SourceOf(beside)]);
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

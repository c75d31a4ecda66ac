using CsCheck;

namespace CalicoNet.Netlink.Tests.Wire;

/// <summary>What an encoder writes, the reader reads: requests and the kernel's announcements have one layout.</summary>
public sealed class RoundTripTests
{
    [Fact]
    public void Addresses() => Gen.Select(Generate.Index, Generate.Prefix, Generate.Scope, Generate.Optional(Generate.Address), Gen.UInt)
        .Select((index, prefix, scope, peer, flags) => new InterfaceAddress(index, prefix)
        {
            Scope = scope,
            Flags = (AddressFlags)flags,
            Peer = peer.Family == prefix.Family && peer != prefix.Address ? peer : default,
        })
        .Sample(address => Assert.Equal(address, Datagram.Read<InterfaceAddress>(Datagram.Of(batch => AddressWire.Add(batch, address)), AddressWire.TryRead)));

    [Fact]
    public void Routes() => Gen.Select(
            Gen.Select(Gen.Int[0, int.MaxValue], Generate.Prefix, Generate.Scope, Gen.Byte, Gen.Byte),
            Gen.Select(Generate.Optional(Generate.Address), Generate.Optional(Generate.Address), Gen.UInt, Gen.UInt, Gen.Bool))
        .Select((head, rest) => new Route(head.Item2.Length == 0 ? IPPrefix.Default(head.Item2.Family) : head.Item2, head.Item1)
        {
            Scope = head.Item3,
            Protocol = (RouteProtocol)head.Item4,
            Type = (RouteType)head.Item5,
            Gateway = rest.Item1,
            PreferredSource = rest.Item2.Family == head.Item2.Family ? rest.Item2 : default,
            Metric = rest.Item3,
            Table = rest.Item4,
            OnLink = rest.Item5,
        })
        .Sample(route => Assert.Equal(route, Datagram.Read<Route>(Datagram.Of(batch => RouteWire.Add(batch, route)), RouteWire.TryRead)));

    [Fact]
    public void Neighbors() => Gen.Select(Generate.Index, Generate.Address, Generate.LinkLayer, Gen.UShort, Gen.Byte)
        .Select((index, address, linkLayer, state, flags) => new NeighborEntry(index, address, linkLayer, (NeighborState)state) { Flags = (NeighborFlags)flags })
        .Sample(neighbor => Assert.Equal(neighbor, Datagram.Read<NeighborEntry>(Datagram.Of(batch => NeighborWire.Add(batch, neighbor)), NeighborWire.TryRead)));

    [Fact]
    public void Links()
    {
        using var own = NetworkStack.Open(NetNamespaceRef.Own);
        var name = Gen.Char["abcxyz0189.-_é"].Array[1, 7].Select(letters => new string(letters)).Where(Names.IsInterface);
        Gen.Select(name, name, Gen.Int[0, 65535], Generate.LinkLayer, Gen.UInt).Sample((first, second, mtu, mac, group) =>
        {
            var spec = new VethSpec(first, second) { Mtu = mtu, Address = mac, Group = group };

            var link = Datagram.Read<Link>(Datagram.Of(batch => LinkWire.AddVeth(batch, spec, own)), LinkWire.TryRead);

            Assert.Equal((first, mtu, mac, group, "veth"), (link.Name, link.Mtu, link.Address, link.Group, link.Kind));
        });
    }

    [Fact]
    public void Two_readings_of_a_link_are_equal_and_a_change_of_a_setting_is_seen()
    {
        Assert.Equal(Read(1), Read(1));
        Assert.Equal(Read(1).GetHashCode(), Read(1).GetHashCode());
        Assert.NotEqual(Read(1), Read(0));
        Assert.Equal((1, null), (Read(1).Setting(IPv4Setting.Forwarding), Read(1).Setting(IPv4Setting.RouteLocalnet)));

        // An announcement has the settings as one array where a request has a nest; its first is IPV4_DEVCONF_FORWARDING.
        static Link Read(int forwarding) => Datagram.Read<Link>(Datagram.Parse($"""
            34000000 1000 0000 00000000 00000000
            00 00 0100 02000000 00000000 00000000
            1400 1a00   # IFLA_AF_SPEC
              1000 0200   # AF_INET
                0c00 0100 0{forwarding}000000 02000000   # IFLA_INET_CONF
            """), LinkWire.TryRead);
    }

    [Fact]
    public void A_bridges_word_about_its_port_is_no_link()
    {
        var malformed = false;
        var messages = new MessageReader(Datagram.Parse("20000000 1100 0000 00000000 00000000  07 00 0100 02000000 00000000 00000000"), ref malformed);   // RTM_DELLINK, AF_BRIDGE

        Assert.True(messages.Next(out var message));
        Assert.False(LinkWire.TryRead(message, out _));
    }
}

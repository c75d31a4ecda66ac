namespace CalicoNet.Netlink.Tests.Kernel;

public sealed class AddressTests : KernelTest
{
    [Fact]
    public void Addresses_are_added_as_they_are_written()
    {
        var index = Cable().Host.Index;

        Host.Addresses.Add(new InterfaceAddress(index, IPPrefix.Parse("10.65.0.1/24")));
        Host.Addresses.Add(new InterfaceAddress(index, IPPrefix.Parse("169.254.1.1/32")) { Scope = RouteScope.Link });
        Host.Addresses.Add(new InterfaceAddress(index, IPPrefix.Parse("10.66.0.1/32")) { Peer = IPAddr.Parse("10.66.0.2") });
        Host.Addresses.Add(new InterfaceAddress(index, IPPrefix.Parse("2001:db8:65::1/64")) { Flags = AddressFlags.NoDuplicateDetection | AddressFlags.NoPrefixRoute });
        Host.Addresses.Add(new InterfaceAddress(index, IPPrefix.Parse("fe80::1/64")) { Flags = AddressFlags.NoDuplicateDetection });

        var theirs = HostIp.Addresses().Where(address => address.Device == "cali1").ToList();
        Assert.Equal(
            ["10.65.0.1/24 global", "10.66.0.1/32 global", "169.254.1.1/32 link", "2001:db8:65::1/64 global", "fe80::1/64 link"],
            theirs.Select(address => $"{address.Prefix} {address.Scope}").Order(StringComparer.Ordinal));
        Assert.Equal("10.66.0.2", theirs.Single(address => address.Address == "10.66.0.1").Peer);
        Assert.All(theirs, address => Assert.Equal((false, true), (address.IsTentative, address.IsPermanent)));
        Assert.DoesNotContain(HostIp.Routes(6), route => route.Destination == "2001:db8:65::/64");
    }

    [Fact]
    public void Addresses_of_iproute2_read_as_it_shows_them()
    {
        var index = Cable().Host.Index;
        HostIp.RunBatch(
            "address add 10.65.0.1/24 dev cali1", "address add 10.65.0.2/24 dev cali1", "address add 10.66.0.1 peer 10.66.0.2/32 dev cali1 scope link",
            "address add 2001:db8:65::1/64 dev cali1 nodad", "address add 2001:db8:66::1/128 dev cali1");

        var all = Host.Addresses.List();

        var names = Host.Links.List().ToDictionary(link => link.Index, link => link.Name);
        Assert.Equal(
            HostIp.Addresses().Select(row => (row.Device, Family: row.Family == 4 ? IPFamily.IPv4 : IPFamily.IPv6, row.Prefix, row.Scope, Peer: row.Peer ?? "")).Order(),
            all.Select(address => (
                Device: names[address.InterfaceIndex], address.Prefix.Family, Prefix: OfTheirs(address), Scope: address.Scope == RouteScope.Universe ? "global" : address.Scope.ToString().ToLowerInvariant(),
                Peer: address.Peer.ToString())).Order());
        Assert.True(all.Single(address => address.Prefix.ToString() == "10.65.0.2/24").Flags.HasFlag(AddressFlags.Secondary | AddressFlags.Permanent));
        Assert.Equal(5, Host.Addresses.List(index).Count);
        Assert.Equal(3, Host.Addresses.List(index, IPFamily.IPv4).Count);
        Assert.Equal(["2001:db8:65::1", "2001:db8:66::1"], Host.Addresses.List(index, IPFamily.IPv6).Select(address => address.Prefix.Address.ToString()).Order());

        static string OfTheirs(InterfaceAddress address) => address.Prefix.ToString();
    }

    [Fact]
    public void An_address_that_is_there_is_EEXIST_one_that_is_not_is_false()
    {
        var index = Cable().Host.Index;
        foreach (var text in (string[])["10.65.0.1/32", "2001:db8:65::1/128"])
        {
            var address = new InterfaceAddress(index, IPPrefix.Parse(text)) { Flags = AddressFlags.NoDuplicateDetection };

            Host.Addresses.Add(address);
            Assert.Equal(Errno.EEXIST, ErrnoOf(() => Host.Addresses.Add(address)));
            Assert.True(Host.Addresses.Remove(address));
            Assert.False(Host.Addresses.Remove(address));
        }

        Assert.DoesNotContain(HostIp.Addresses(), address => address.Device == "cali1");
    }

    [Fact]
    public void An_interface_that_is_not_there_has_no_addresses()
    {
        Assert.Empty(Host.Addresses.List(4711));
        Assert.Equal(Errno.ENODEV, ErrnoOf(() => Host.Addresses.Add(new InterfaceAddress(4711, IPPrefix.Parse("10.65.0.1/32")))));
    }

    [Fact]
    public void What_was_read_can_be_removed_and_added_again()
    {
        var index = Cable().Host.Index;
        HostIp.RunBatch("address add 10.66.0.1 peer 10.66.0.2/32 dev cali1", "address add 10.65.0.1/24 dev cali1", "address add 2001:db8:65::1/64 dev cali1 nodad");
        var before = Host.Addresses.List(index);

        Assert.All(before, address => Assert.True(Host.Addresses.Remove(address)));
        Assert.Empty(Host.Addresses.List(index));
        Assert.All(before, Host.Addresses.Add);

        Assert.Equal(before, Host.Addresses.List(index));
    }
}

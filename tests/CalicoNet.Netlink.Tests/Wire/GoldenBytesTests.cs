namespace CalicoNet.Netlink.Tests.Wire;

/// <summary>
/// Requests byte by byte, put together by hand from the kernel's headers on a little-endian machine. Where iproute2 sends the same request,
/// it was seen (strace) to send these attributes.
/// </summary>
public sealed class GoldenBytesTests
{
    private static readonly LinkLayerAddress s_mac = LinkLayerAddress.ParseMac("ee:ee:ee:ee:ee:ee");

    [Fact]
    public void A_veth_pair_with_its_other_end_in_another_namespace()
    {
        using var other = NetworkStack.Open(NetNamespaceRef.Own);
        var spec = new VethSpec("cali0", "eth0")
        {
            Mtu = 1450,
            Address = s_mac,
            PeerAddress = LinkLayerAddress.ParseMac("02:00:00:00:00:01"),
            Group = 0x0ca11000,
        };

        Check(batch => LinkWire.AddVeth(batch, spec, other), $"""
            b8000000 1000 0d06 01000000 00000000   # 184 bytes, RTM_NEWLINK, REQUEST|ACK|ECHO|EXCL|CREATE
            00 00 0000 00000000 00000000 00000000  # struct ifinfomsg: not up
            0a00 0300 63616c693000 0000            # IFLA_IFNAME cali0
            0a00 0100 eeeeeeeeeeee 0000            # IFLA_ADDRESS
            0800 0400 aa050000                     # IFLA_MTU 1450
            0800 1f00 01000000                     # IFLA_NUM_TX_QUEUES
            0800 2000 01000000                     # IFLA_NUM_RX_QUEUES
            0800 1b00 0010a10c                     # IFLA_GROUP
            6000 1280                              # IFLA_LINKINFO, nested
              0900 0100 7665746800 000000          #   IFLA_INFO_KIND veth
              5000 0280                            #   IFLA_INFO_DATA, nested
                4c00 0180                          #     VETH_INFO_PEER, nested
                  00 00 0000 00000000 00000000 00000000
                  0900 0300 6574683000 000000      #       IFLA_IFNAME eth0
                  0a00 0100 020000000001 0000      #       IFLA_ADDRESS
                  0800 0400 aa050000               #       IFLA_MTU
                  0800 1f00 01000000               #       IFLA_NUM_TX_QUEUES
                  0800 2000 01000000               #       IFLA_NUM_RX_QUEUES
                  0800 1c00 {Convert.ToHexStringLower(BitConverter.GetBytes(other.Handle.Number))}         # IFLA_NET_NS_FD
            """);
    }

    [Fact]
    public void A_links_settings_go_into_nests_by_family()
        => Check(batch => LinkWire.Configure(batch, 7, new LinkSettings
        {
            Alias = "abc",
            Group = 5,
            IPv4 = [(IPv4Setting.ProxyArp, 1), (IPv4Setting.ReversePathFilter, 1)],
            AddressGeneration = AddressGeneration.None,
        }), """
            58000000 1300 0500 01000000 00000000   # RTM_SETLINK, REQUEST|ACK
            00 00 0000 07000000 00000000 00000000
            0700 1400 616263 00                    # IFLA_IFALIAS without a NUL
            0800 1b00 05000000                     # IFLA_GROUP
            2800 1a80                              # IFLA_AF_SPEC
              1800 0280                            #   AF_INET
                1400 0180                          #     IFLA_INET_CONF
                  0800 0300 01000000               #       IPV4_DEVCONF_PROXY_ARP
                  0800 0800 01000000               #       IPV4_DEVCONF_RP_FILTER
              0c00 0a80                            #   AF_INET6
                0500 0800 01 000000                #     IFLA_INET6_ADDR_GEN_MODE none
            """);

    [Fact]
    public void Up_and_down_are_one_flag_and_its_mask()
    {
        Check(batch => LinkWire.SetState(batch, 7, up: true), "20000000 1300 0500 01000000 00000000  00 00 0000 07000000 01000000 01000000");
        Check(batch => LinkWire.SetState(batch, 7, up: false), "20000000 1300 0500 01000000 00000000  00 00 0000 07000000 00000000 01000000");
    }

    [Fact]
    public void An_IPv4_address()
        => Check(batch => AddressWire.Add(batch, new InterfaceAddress(2, IPPrefix.Parse("10.2.0.1/24")) { Scope = RouteScope.Link }), """
            28000000 1400 0506 01000000 00000000   # RTM_NEWADDR, REQUEST|ACK|EXCL|CREATE
            02 18 00 fd 02000000                   # struct ifaddrmsg: AF_INET, /24, scope link
            0800 0200 0a020001                     # IFA_LOCAL
            0800 0100 0a020001                     # IFA_ADDRESS
            """);

    [Fact]
    public void An_IPv6_address_without_duplicate_address_detection()
        => Check(batch => AddressWire.Add(batch, new InterfaceAddress(2, IPPrefix.Parse("fe80::1/64")) { Flags = AddressFlags.NoDuplicateDetection }), """
            48000000 1400 0506 01000000 00000000
            0a 40 00 00 02000000
            1400 0200 fe800000000000000000000000000001
            1400 0100 fe800000000000000000000000000001
            0800 0800 02000000                     # IFA_FLAGS: IFA_F_NODAD
            """);

    [Fact]
    public void A_point_to_point_address_names_its_peer()
        => Check(batch => AddressWire.Remove(batch, new InterfaceAddress(2, IPPrefix.Parse("10.2.0.1/32")) { Peer = IPAddr.Parse("10.2.0.2"), Flags = AddressFlags.Permanent }), """
            28000000 1500 0500 01000000 00000000   # RTM_DELADDR, without IFA_FLAGS
            02 20 00 00 02000000
            0800 0200 0a020001
            0800 0100 0a020002
            """);

    [Fact]
    public void An_IPv4_route_onto_a_link()
        => Check(batch => RouteWire.Add(batch, new Route(IPPrefix.Parse("10.9.0.2/32"), 2) { Scope = RouteScope.Link }), """
            2c000000 1800 0506 01000000 00000000   # RTM_NEWROUTE, REQUEST|ACK|EXCL|CREATE
            02 20 00 00 fe 03 fd 01 00000000       # struct rtmsg: AF_INET, /32, main, RTPROT_BOOT, link, RTN_UNICAST
            0800 0100 0a090002                     # RTA_DST
            0800 0400 02000000                     # RTA_OIF
            """);

    [Fact]
    public void An_IPv4_route_with_everything()
        => Check(batch => RouteWire.Add(batch, new Route(IPPrefix.Parse("0.0.0.0/0"), 2)
        {
            Gateway = IPAddr.Parse("169.254.1.1"),
            OnLink = true,
            Metric = 7,
            PreferredSource = IPAddr.Parse("10.9.0.2"),
            Table = 1000,
            Protocol = RouteProtocol.Felix,
        }), """
            44000000 1800 0506 01000000 00000000
            02 00 00 00 fc 50 00 01 04000000       # a default route has no RTA_DST; RT_TABLE_COMPAT, 80, RTNH_F_ONLINK
            0800 0500 a9fe0101                     # RTA_GATEWAY
            0800 0400 02000000                     # RTA_OIF
            0800 0600 07000000                     # RTA_PRIORITY
            0800 0700 0a090002                     # RTA_PREFSRC
            0800 0f00 e8030000                     # RTA_TABLE 1000
            """);

    [Fact]
    public void An_IPv6_route_through_a_gateway()
        => Check(batch => RouteWire.Add(batch, new Route(IPPrefix.Parse("2001:db8::/64"), 2) { Gateway = IPAddr.Parse("fe80::2") }), """
            4c000000 1800 0506 01000000 00000000
            0a 40 00 00 fe 03 00 01 00000000
            1400 0100 20010db8000000000000000000000000
            1400 0500 fe800000000000000000000000000002
            0800 0400 02000000
            """);

    [Fact]
    public void An_IPv4_route_through_an_IPv6_gateway_names_its_family()
        => Check(batch => RouteWire.Add(batch, new Route(IPPrefix.Parse("10.9.0.0/16"), 2) { Gateway = IPAddr.Parse("fe80::2") }), """
            44000000 1800 0506 01000000 00000000
            02 10 00 00 fe 03 00 01 00000000
            0800 0100 0a090000
            1600 1200 0a00 fe800000000000000000000000000002 0000   # RTA_VIA: struct rtvia, AF_INET6
            0800 0400 02000000
            """);

    [Fact]
    public void A_permanent_neighbor()
        => Check(batch => NeighborWire.Add(batch, new NeighborEntry(2, IPAddr.Parse("10.2.0.9"), s_mac, NeighborState.Permanent)), """
            30000000 1c00 0506 01000000 00000000   # RTM_NEWNEIGH
            02 00 0000 02000000 8000 00 00         # struct ndmsg: NUD_PERMANENT
            0800 0100 0a020009                     # NDA_DST
            0a00 0200 eeeeeeeeeeee 0000            # NDA_LLADDR
            """);

    [Fact]
    public void A_neighbor_is_replaced_and_removed()
    {
        var neighbor = new NeighborEntry(2, IPAddr.Parse("fe80::9"), s_mac, NeighborState.Permanent);

        Check(batch => NeighborWire.Replace(batch, neighbor), """
            3c000000 1c00 0505 01000000 00000000   # REPLACE|CREATE
            0a 00 0000 02000000 8000 00 00
            1400 0100 fe800000000000000000000000000009
            0a00 0200 eeeeeeeeeeee 0000
            """);
        Check(batch => NeighborWire.Remove(batch, neighbor), """
            30000000 1d00 0500 01000000 00000000   # RTM_DELNEIGH: neither state nor link-layer address
            0a 00 0000 02000000 0000 00 00
            1400 0100 fe800000000000000000000000000009
            """);
    }

    [Fact]
    public void The_proxy_delay_of_an_interface()
        => Check(batch => NeighborWire.SetProxyDelay(batch, IPFamily.IPv4, 2, TimeSpan.FromMilliseconds(1500)), """
            3c000000 4300 0501 01000000 00000000   # RTM_SETNEIGHTBL, REPLACE
            02 00 0000                             # struct ndtmsg
            0e00 0100 6172705f636163686500 0000    # NDTA_NAME arp_cache
            1800 0680                              # NDTA_PARMS
              0800 0100 02000000                   #   NDTPA_IFINDEX
              0c00 0d00 dc05000000000000           #   NDTPA_PROXY_DELAY: u64 milliseconds
            """);

    [Fact]
    public void A_dump_asks_for_no_ACK()
        => Check(batch => RouteWire.List(batch, IPFamily.IPv4, 1000, 3), """
            2c000000 1a00 0103 01000000 00000000   # RTM_GETROUTE, REQUEST|DUMP
            02 00 00 00 00 00 00 00 00000000
            0800 0f00 e8030000
            0800 0400 03000000
            """);

    [Fact]
    public void Requests_of_a_batch_are_numbered_and_only_the_last_is_acknowledged()
        => Check(batch =>
        {
            LinkWire.SetAlias(batch, 1, "");
            LinkWire.Delete(batch, 2, echo: true);
            LinkWire.DeleteGroup(batch, 9);
        }, """
            24000000 1300 0100 01000000 00000000   00 00 0000 01000000 00000000 00000000   0400 1400
            20000000 1100 0900 02000000 00000000   00 00 0000 02000000 00000000 00000000
            28000000 1100 0500 03000000 00000000   00 00 0000 00000000 00000000 00000000   0800 1b00 09000000
            """);

    [Fact]
    public void A_buffer_that_grows_keeps_what_is_in_it()
    {
        var one = Datagram.Of(batch => LinkWire.SetAlias(batch, 1, new string('x', 255)));

        var many = Datagram.Of(batch =>
        {
            for (var i = 0; i < NetlinkBatch.MaxRequests; i++)
                LinkWire.SetAlias(batch, 1, new string('x', 255));
        });

        Assert.Equal(one.Length * NetlinkBatch.MaxRequests, many.Length);
        for (var i = 0; i < NetlinkBatch.MaxRequests; i++)
            Assert.Equal(one[16..], many[(one.Length * i)..][16..one.Length]);
    }

    [Fact]
    public void An_attribute_that_does_not_fit_is_refused()
    {
        using var batch = new NetlinkBatch();

        Assert.Throws<ArgumentException>(() => LinkWire.SetAlias(batch, 1, new string('x', ushort.MaxValue - 3)));
        LinkWire.SetAlias(batch, 1, new string('x', ushort.MaxValue - 4));
    }

    [Fact]
    public void What_mixes_the_families_is_refused()
    {
        using var batch = new NetlinkBatch();

        Assert.Throws<ArgumentException>(() => AddressWire.Add(batch, new InterfaceAddress(1, IPPrefix.Parse("10.2.0.1/32")) { Peer = IPAddr.Parse("::1") }));
        Assert.Throws<ArgumentException>(() => RouteWire.Add(batch, new Route(IPPrefix.Parse("10.2.0.1/32"), 1) { PreferredSource = IPAddr.Parse("::1") }));
        Assert.Equal(0, batch.Count);
    }

    private static void Check(Action<NetlinkBatch> encode, string expected)
        => Assert.Equal(Datagram.Text(Datagram.Parse(expected)), Datagram.Text(Datagram.Of(encode)));
}

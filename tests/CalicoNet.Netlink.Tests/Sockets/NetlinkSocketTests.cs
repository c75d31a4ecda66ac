using CalicoNet.Netlink.Tests.Wire;
using CsCheck;
using static CalicoNet.Netlink.Tests.Sockets.FakeKernel;

namespace CalicoNet.Netlink.Tests.Sockets;

/// <summary>What comes of a kernel's answers, right and wrong ones; a fake one gives them.</summary>
public sealed class NetlinkSocketTests : IDisposable
{
    private readonly FakeKernel _kernel = new();
    private readonly NetlinkBatch _batch = new();

    public void Dispose()
    {
        _kernel.Dispose();
        _batch.Dispose();
    }

    [Fact]
    public void A_dump_ends_with_DONE_and_may_come_in_many_datagrams()
    {
        _kernel.Say(Neighbor(1, 1), Neighbor(2, 1)).Say(Neighbor(3, 1)).Say(Done(1));

        Assert.Equal("1 2 3", Dump());
    }

    [Fact]
    public void The_last_message_may_be_unpadded()
    {
        _kernel.Say(Neighbor(1, 1)).Say([.. Neighbor(2, 1), .. Done(1)[..18]]);
        Assert.Equal(NetlinkFault.Malformed, Assert.Throws<NetlinkException>(Dump).Fault);   // 18 of 20 bytes are no padding

        // An error of 20 bytes and an attribute of 7: with its header 43 bytes, where 44 would be aligned.
        var answer = Message(ControlType.Error, 2, NetlinkFlags.AckAttributes | NetlinkFlags.Capped, payload: [.. Error(2, Errno.EBUSY)[16..36], 7, 0, 1, 0, .. "no!"u8]);
        _kernel.Say(answer[..43]);
        Assert.Equal(new NetlinkError(0, Errno.EBUSY, "no!"), Transact());
    }

    public static TheoryData<int> Parts => [0, 1, 2, 3];

    [Theory]
    [MemberData(nameof(Parts))]
    public void A_dump_that_a_change_interrupted_is_asked_for_again_whichever_part_says_so(int interrupted)
    {
        NetlinkFlags Flags(int part) => NetlinkFlags.Multi | (part == interrupted ? NetlinkFlags.DumpInterrupted : 0);
        _kernel.Say(Neighbor(1, 1, Flags(0)), Neighbor(2, 1, Flags(1))).Say(Neighbor(3, 1, Flags(2))).Say(Done(1, flags: Flags(3)));
        _kernel.Say(Neighbor(4, 2)).Say(Done(2));

        Assert.Equal("4", Dump());
        Assert.Equal(2, _kernel.CountRequests());
    }

    [Fact]
    public void A_dump_that_is_always_interrupted_ends_in_its_own_fault()
    {
        for (uint sequence = 1; sequence <= 100; sequence++)
            _kernel.Say(Neighbor(1, sequence), Done(sequence, flags: NetlinkFlags.DumpInterrupted));

        var error = Assert.Throws<NetlinkException>(Dump);

        Assert.Equal((NetlinkFault.DumpInterrupted, Errno.None), (error.Fault, error.Errno));
        Assert.InRange(_kernel.CountRequests(), 2, 20);
    }

    [Fact]
    public void An_error_in_DONE_is_the_dumps_error()
    {
        _kernel.Say(Neighbor(1, 1)).Say(Done(1, Errno.ENODEV));

        var error = Assert.Throws<NetlinkException>(Dump);

        Assert.Equal((NetlinkFault.Refused, Errno.ENODEV, "list neighbors"), (error.Fault, error.Errno, error.Operation));
    }

    [Fact]
    public void A_dump_may_be_refused_at_once()
    {
        _kernel.Say(Error(1, Errno.EINVAL, attributes: [Text("Invalid header for dump request")]));

        var error = Assert.Throws<NetlinkException>(Dump);

        Assert.Equal((Errno.EINVAL, "Invalid header for dump request"), (error.Errno, error.KernelMessage));
    }

    [Fact]
    public void What_answers_another_request_or_another_socket_is_passed_over()
    {
        _kernel.Say(Neighbor(1, 1)).Say(Neighbor(66, 0), Neighbor(67, 2), Neighbor(68, uint.MaxValue), Neighbor(69, 1, port: Port + 1), Error(0, Errno.EIO), Error(77, Errno.EIO));
        _kernel.Say(Done(77)).Say(Done(1));

        Assert.Equal("1", Dump());
    }

    [Fact]
    public void An_error_that_comes_late_does_not_fail_the_next_request()
    {
        _kernel.Say(Error(1, Errno.EEXIST)).Say(Error(1, Errno.EBUSY));

        Assert.Equal(Errno.EEXIST, Transact().Errno);

        _kernel.Say(Error(2, Errno.None));
        Assert.Empty(TransactAll(1));
    }

    [Fact]
    public void Every_failure_of_a_batch_is_told_with_its_request()
    {
        _kernel.Say(Error(1, Errno.EEXIST)).Say(Error(3, Errno.ENODEV, attributes: [Text("gone")]), Error(4, Errno.None));

        Assert.Equal([new NetlinkError(0, Errno.EEXIST), new NetlinkError(2, Errno.ENODEV, "gone")], TransactAll(4));
    }

    [Fact]
    public void An_extended_ACK_is_read_behind_a_capped_and_behind_an_uncapped_request()
    {
        var request = Datagram.Of(batch => LinkWire.SetMtu(batch, 7, 1));
        byte[][] attributes = [Text("mtu less than device minimum"), Attribute(AckAttribute.Offset, BitConverter.GetBytes(32)), Attribute(AckAttribute.MissingType, BitConverter.GetBytes(5))];
        var expected = new NetlinkError(0, Errno.EINVAL, "mtu less than device minimum", "Mtu", 5);

        _kernel.Say(Error(1, Errno.EINVAL, NetlinkFlags.Capped, request[..16], attributes)).Say(Error(2, Errno.EINVAL, NetlinkFlags.None, request, attributes));

        Assert.Equal(expected, Transact());
        Assert.Equal(expected, Transact());
    }

    [Fact]
    public void An_offset_leads_to_the_attribute_through_its_nests()
    {
        var request = Datagram.Of(batch => LinkWire.Configure(batch, 7, s_settings));
        var at = 32 + 4 + 4 + 4;   // IPV4_DEVCONF_PROXY_ARP: behind the headers of the message, AF_SPEC, AF_INET, INET_CONF
        _kernel.Say(Error(1, Errno.EINVAL, NetlinkFlags.Capped, request[..16], Attribute(AckAttribute.Offset, BitConverter.GetBytes(at))));
        LinkWire.Configure(_batch, 7, s_settings);

        var error = Assert.Single(_kernel.Socket.Transact(_batch));

        Assert.Equal("FamilySettings/IPv4/Settings/ProxyArp", error.Attribute);
        Assert.Contains("[attribute FamilySettings/IPv4/Settings/ProxyArp]", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Offsets_from_nowhere_lead_nowhere()
    {
        foreach (var offset in (uint[])[0, 1, 15, 16, 1000, int.MaxValue, 0x80000000, uint.MaxValue])
        {
            using var kernel = new FakeKernel();
            kernel.Say(Error(1, Errno.EINVAL, attributes: [Attribute(AckAttribute.Offset, BitConverter.GetBytes(offset))]));
            LinkWire.Configure(_batch, 7, s_settings);

            Assert.Null(Assert.Single(kernel.Socket.Transact(_batch)).Attribute);
            _batch.Clear();
        }
    }

    [Fact]
    public void A_warning_is_no_failure()
    {
        _kernel.Say(Error(1, Errno.None, NetlinkFlags.Capped, attributes: [Text("careful")]));

        Assert.Empty(TransactAll(1));
    }

    [Fact]
    public void A_datagram_larger_than_the_buffer_is_a_fault_of_its_own_and_the_next_request_goes_well()
    {
        _kernel.Say([.. Enumerable.Range(0, 1200).Select(i => Neighbor((byte)i, 1))]).Say(Done(1));

        Assert.Equal(NetlinkFault.Truncated, Assert.Throws<NetlinkException>(Dump).Fault);

        _kernel.Say(Neighbor(1, 2), Done(2));
        Assert.Equal("1", Dump());
    }

    [Fact]
    public void Silence_is_a_fault_of_its_own()
    {
        Assert.Equal(NetlinkFault.Timeout, Assert.Throws<NetlinkException>(Dump).Fault);

        _kernel.Say(Neighbor(1, 2));
        Assert.Equal(NetlinkFault.Timeout, Assert.Throws<NetlinkException>(Dump).Fault);
        Assert.Equal(NetlinkFault.Timeout, Assert.Throws<NetlinkException>(() => TransactAll(1)).Fault);
    }

    public static TheoryData<string> Contradictions =>
    [
        "0f000000 1c00 0200 01000000 67120000",                                                                // a message shorter than its header
        "ffffffff 1c00 0200 01000000 67120000",                                                                // one longer than the datagram
        "00000000 1c00 0200 01000000 67120000",                                                                // one that leads back to itself
        "14000000 1c00 0200 01000000 67120000 02000000",                                                       // half a struct ndmsg
        "24000000 1c00 0200 01000000 67120000 02000000 02000000 80000000 0300 0100 0a410001",                  // an attribute shorter than its header
        "24000000 1c00 0200 01000000 67120000 02000000 02000000 80000000 0000 0100 0a410001",                  // one that leads back to itself
        "24000000 1c00 0200 01000000 67120000 02000000 02000000 80000000 0900 0100 0a410001",                  // one longer than the message
        "24000000 1c00 0200 01000000 67120000 02000000 02000000 80000000 0700 0100 0a410000",                  // an address of three bytes
        "12000000 0200 0000 01000000 67120000 0000",                                                           // half an error
        "24000000 1c00 0200 01000000 67120000 02000000 02000000 80000000 0800 0100 0a410001 140000",           // half a header behind a message
    ];

    [Theory]
    [MemberData(nameof(Contradictions))]
    public void Lengths_that_contradict_each_other_are_a_fault_of_their_own(string datagram)
    {
        _kernel.Say(Datagram.Parse(datagram)).Say(Done(1));

        Assert.Equal(NetlinkFault.Malformed, Assert.Throws<NetlinkException>(Dump).Fault);
    }

    [Fact]
    public void Any_datagrams_end_in_rows_or_in_the_one_exception() => Gen.Select(
        Gen.OneOf(
            Gen.Byte.Array[0, 100],
            Gen.Select(Gen.Int[0, s_talk.Length - 1], Gen.Byte).List[1, 6].Select(Changed)).List[1, 4],
        Gen.Bool).Sample(
        (datagrams, isDump) =>
        {
            using var kernel = new FakeKernel();
            using var batch = new NetlinkBatch();
            foreach (var datagram in datagrams.Where(datagram => datagram.Length > 0))   // an empty one would be the end of a unix socket
                kernel.Say(datagram);
            try
            {
                if (isDump)
                {
                    NeighborWire.List(batch, IPFamily.Unspecified, 0);
                    kernel.Socket.Dump<Parser, NeighborEntry>(batch);
                }
                else
                {
                    LinkWire.Configure(batch, 7, s_settings);
                    LinkWire.SetState(batch, 7, up: true);
                    kernel.Socket.Transact(batch);
                }
            }
            catch (NetlinkException)
            {
            }
        }, iter: 3000);

    private static readonly LinkSettings s_settings = new() { IPv4 = [(IPv4Setting.ProxyArp, 1)], AddressGeneration = AddressGeneration.None };

    private static readonly byte[] s_talk =
    [
        .. Neighbor(1, 1), .. Neighbor(2, 1), .. Error(1, Errno.EINVAL, NetlinkFlags.None, null, Text("no"), Attribute(AckAttribute.Offset, [40, 0, 0, 0])),
        .. Error(2, Errno.None), .. Done(1),
    ];

    private static byte[] Changed(List<(int Offset, byte Value)> changes)
    {
        var talk = s_talk.ToArray();
        foreach (var (offset, value) in changes)
            talk[offset] = value;
        return talk;
    }

    private string Dump()
    {
        NeighborWire.List(_batch, IPFamily.Unspecified, 0);
        return string.Join(' ', _kernel.Socket.Dump<Parser, NeighborEntry>(_batch).Select(neighbor => (int)(neighbor.Address.Bits() & 255)));
    }

    private NetlinkError Transact() => Assert.Single(TransactAll(1));

    private IReadOnlyList<NetlinkError> TransactAll(int count)
    {
        try
        {
            for (var i = 0; i < count; i++)
                LinkWire.SetMtu(_batch, 7, 1);
            return _kernel.Socket.Transact(_batch);
        }
        finally
        {
            _batch.Clear();
        }
    }

    private readonly struct Parser : IMessageParser<NeighborEntry>
    {
        public static bool TryRead(in NetlinkMessage message, out NeighborEntry row) => NeighborWire.TryRead(message, out row);
    }
}

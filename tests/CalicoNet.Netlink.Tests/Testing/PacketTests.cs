using CalicoNet.Testing;

namespace CalicoNet.Netlink.Tests.Testing;

public sealed class PacketTests : IDisposable
{
    private const string Mac = "02:00:00:00:00:01";

    private readonly Sandbox _sandbox = Sandbox.Create();

    private string OutsideMac => Ip.In(_sandbox.OutsideName).Link(Sandbox.OutsideLink)!.Mac!;

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData("10.65.0.2", Sandbox.OutsideAddress)]
    [InlineData("2001:db8:65::2", Sandbox.OutsideAddressV6)]
    public void A_crafted_frame_is_seen_leaving_and_arriving_as_it_was_made(string source, string destination)
    {
        using var leaving = PacketCapture.Start(_sandbox.HostName, Sandbox.Uplink);
        using var arriving = PacketCapture.Start(_sandbox.OutsideName, Sandbox.OutsideLink);
        using var sender = RawSender.Open(_sandbox.HostName, Sandbox.Uplink);
        var made = Frames.Echo(Mac, OutsideMac, source, destination, identifier: 4711, sequence: 12, hopLimit: 33);

        sender.Send(made);

        var left = leaving.WaitFor(frame => frame.EchoIdentifier == 4711);
        var arrived = arriving.WaitFor(frame => frame.EchoIdentifier == 4711);
        Assert.Equal((true, false), (left.IsOutgoing, arrived.IsOutgoing));
        Assert.Equal(made, arrived.Bytes.ToArray());
        Assert.Equal((Mac, OutsideMac, source, destination), (arrived.SourceMac, arrived.DestinationMac, arrived.Source, arrived.Destination));
        Assert.Equal((true, 12, 33), (arrived.IsEchoRequest, arrived.EchoSequence, arrived.HopLimit));
    }

    [Theory]
    [InlineData(Sandbox.HostAddress, Sandbox.OutsideAddress, "odd")]
    [InlineData(Sandbox.HostAddress, Sandbox.OutsideAddress, "even")]
    [InlineData(Sandbox.HostAddressV6, Sandbox.OutsideAddressV6, "odd")]
    [InlineData(Sandbox.HostAddressV6, Sandbox.OutsideAddressV6, "even")]
    public void The_kernel_answers_a_crafted_echo_so_its_checksums_are_right(string source, string destination, string payload)
    {
        using var capture = PacketCapture.Start(_sandbox.HostName, Sandbox.Uplink);
        using var sender = RawSender.Open(_sandbox.HostName, Sandbox.Uplink);
        var hostMac = Ip.In(_sandbox.HostName).Link(Sandbox.Uplink)!.Mac!;

        static bool IsReply(Frame frame) => frame is { IsEchoReply: true, EchoIdentifier: 4712 };
        // Once more where need be: the kernel takes in what is sent to a new IPv6 address a moment after it gave it, in the background.
        Deadline.Until(
            () =>
            {
                sender.Send(Frames.Echo(hostMac, OutsideMac, source, destination, identifier: 4712, payload: payload));
                return capture.Count(IsReply) > 0;
            },
            Exec.Timeout);

        var reply = capture.WaitFor(IsReply);
        Assert.Equal((destination, source, false), (reply.Source, reply.Destination, reply.IsOutgoing));
    }

    [Fact]
    public void The_kernel_answers_a_crafted_arp_request_and_learns_from_a_reply()
    {
        using var capture = PacketCapture.Start(_sandbox.HostName, Sandbox.Uplink);
        using var sender = RawSender.Open(_sandbox.HostName, Sandbox.Uplink);

        sender.Send(Frames.ArpRequest(Mac, "192.0.2.77", Sandbox.Gateway));
        var reply = capture.WaitFor(frame => frame is { ArpOperation: 2, Destination: "192.0.2.77" });
        Assert.Equal((Sandbox.Gateway, OutsideMac), (reply.Source, reply.ArpSenderMac));
        Assert.Contains(Ip.In(_sandbox.OutsideName).Neighbors(), n => n is { Address: "192.0.2.77", Mac: Mac });

        // The kernel lets nobody change an entry within a second of its last change.
        Sysctl.In(_sandbox.OutsideName).Write($"net.ipv4.neigh.{Sandbox.OutsideLink}.locktime", "0");
        Ip.In(_sandbox.OutsideName).Run($"neighbor replace 192.0.2.78 lladdr 02:00:00:00:00:aa dev {Sandbox.OutsideLink} nud stale");
        sender.Send(Frames.ArpReply(Mac, "192.0.2.78", OutsideMac, Sandbox.Gateway));
        Assert.True(Deadline.Until(
            () => Ip.In(_sandbox.OutsideName).Neighbors().Any(n => n is { Address: "192.0.2.78", Mac: Mac }), TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void What_was_stopped_is_absent_when_what_followed_it_has_arrived()
    {
        Nft.In(_sandbox.OutsideName).RunScript($$"""
            table inet t { chain c { type filter hook prerouting priority raw; ip saddr 10.65.0.66 drop; }; }
            """);
        using var replies = PacketCapture.Start(_sandbox.OutsideName, Sandbox.OutsideLink);
        using var sender = RawSender.Open(_sandbox.HostName, Sandbox.Uplink);
        Ip.In(_sandbox.OutsideName).Run($"route add 10.65.0.0/16 via {Sandbox.HostAddress}");

        sender.Send(Frames.Echo(Mac, OutsideMac, "10.65.0.66", Sandbox.OutsideAddress));
        sender.Send(Frames.Echo(Mac, OutsideMac, "10.65.0.2", Sandbox.OutsideAddress));

        replies.WaitFor(frame => frame is { IsOutgoing: true, IsEchoReply: true, Destination: "10.65.0.2" });
        Assert.Equal(0, replies.Count(frame => frame is { IsOutgoing: true, Destination: "10.65.0.66" }));
    }

    [Fact]
    public void A_capture_hears_its_own_link_only_and_says_what_it_heard_when_it_waits_in_vain()
    {
        using var capture = PacketCapture.Start(_sandbox.HostName, Sandbox.Uplink);
        Assert.True(Ping.Reaches(_sandbox.HostName, "127.0.0.1"));
        Assert.True(Ping.Reaches(_sandbox.HostName, Sandbox.Gateway));

        var error = Assert.Throws<TimeoutException>(() => capture.WaitFor(frame => frame.Source == "127.0.0.1", TimeSpan.FromMilliseconds(1)));

        Assert.Contains($"{Sandbox.HostAddress} > {Sandbox.Gateway} echo request", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_thousand_frames_are_all_captured()
    {
        using var capture = PacketCapture.Start(_sandbox.OutsideName, Sandbox.OutsideLink);
        using var sender = RawSender.Open(_sandbox.HostName, Sandbox.Uplink);
        var frame = Frames.Echo(Mac, Mac, "10.65.0.2", Sandbox.OutsideAddress, identifier: 7);

        for (var i = 0; i < 10_000; i++)
            sender.Send(frame);

        Assert.True(Deadline.Until(() => capture.Count(seen => seen.EchoIdentifier == 7) == 10_000, TimeSpan.FromSeconds(10)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(13)]
    [InlineData(20)]
    [InlineData(40)]
    public void A_truncated_frame_is_read_as_far_as_it_goes(int length)
    {
        var frame = new Frame(Frames.Echo(Mac, Mac, "10.65.0.2", Sandbox.OutsideAddress)[..length], isOutgoing: false);

        Assert.NotEmpty(frame.ToString());
        Assert.Null(frame.EchoSequence);
    }
}

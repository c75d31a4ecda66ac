using CalicoNet.Testing;

namespace CalicoNet.Netlink.Tests.Packets;

public sealed class EchoTests : IDisposable
{
    // What must not pass by itself is longer than a test may take.
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    private readonly Sandbox _sandbox = Sandbox.Create();
    private readonly NetworkStack _host;
    private readonly CancellationTokenSource _limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public EchoTests()
    {
        _host = NetworkStack.Open(NetNamespaceRef.Parse(_sandbox.HostName));
        _limit.CancelAfter(TimeSpan.FromMinutes(1));
    }

    public void Dispose()
    {
        _host.Dispose();
        _limit.Dispose();
        _sandbox.Dispose();
    }

    [Theory]
    [InlineData(Sandbox.OutsideAddress, true)]
    [InlineData(Sandbox.OutsideAddress, false)]
    [InlineData(Sandbox.OutsideAddressV6, true)]
    [InlineData(Sandbox.OutsideAddressV6, false)]
    public void An_answer_tells_who_how_fast_and_over_how_many_hops(string target, bool isUnprivileged)
    {
        if (isUnprivileged)
            AllowEveryGroup();

        var replies = Ping(IPAddr.Parse(target), new EchoOptions { Count = 3, Interval = TimeSpan.FromMilliseconds(1), Timeout = Never }).ToList();

        Assert.Equal([1, 2, 3], replies.Select(reply => reply.Sequence));
        Assert.All(replies, reply =>
        {
            Assert.Equal((EchoOutcome.Reply, true, target, target), (reply.Outcome, reply.Succeeded, reply.From.ToString(), reply.Target.ToString()));
            Assert.Equal((64, Errno.None, null), (reply.TimeToLive, reply.Error, reply.IcmpType));
            Assert.True(reply.Milliseconds > 0);
            Assert.True(reply.Milliseconds < Never.TotalMilliseconds);
        });
        Assert.Equal(replies.Select(reply => reply.Sent).Order(), replies.Select(reply => reply.Sent));
    }

    [Theory]
    [InlineData(Sandbox.OutsideAddress, 0)]
    [InlineData(Sandbox.OutsideAddress, 1)]
    [InlineData(Sandbox.OutsideAddress, 5000)]
    [InlineData(Sandbox.OutsideAddressV6, 0)]
    [InlineData(Sandbox.OutsideAddressV6, 5001)]
    [InlineData(Sandbox.OutsideAddress, EchoOptions.MaxPayload)]
    public void Any_payload_comes_back(string target, int size)
    {
        var reply = Assert.Single(Ping(IPAddr.Parse(target), new EchoOptions { Count = 1, Timeout = Never, Interval = Never, PayloadSize = size }));

        Assert.Equal(EchoOutcome.Reply, reply.Outcome);
    }

    [Theory]
    [InlineData(Sandbox.OutsideAddress)]
    [InlineData(Sandbox.OutsideAddressV6)]
    public void Silence_ends_in_a_timeout(string target)
    {
        DropOutside();

        var results = Ping(IPAddr.Parse(target), new EchoOptions { Count = 3, Interval = TimeSpan.FromMilliseconds(1), Timeout = TimeSpan.FromMilliseconds(20) }).ToList();

        Assert.Equal([1, 2, 3], results.Select(result => result.Sequence));
        Assert.All(results, result => Assert.Equal((EchoOutcome.Timeout, true, null, null), (result.Outcome, result.From.IsNone, result.Milliseconds, result.TimeToLive)));
    }

    [Theory]
    [InlineData("192.0.2.77", true, 3, 1)]
    [InlineData("192.0.2.77", false, 3, 1)]
    [InlineData("2001:db8::77", true, 1, 3)]
    [InlineData("2001:db8::77", false, 1, 3)]
    public void A_neighbor_that_does_not_answer_is_reported_by_this_host_itself(string target, bool isUnprivileged, int type, int code)
    {
        if (isUnprivileged)
            AllowEveryGroup();
        var address = IPAddr.Parse(target);
        var own = address.Family == IPFamily.IPv4 ? Sandbox.HostAddress : Sandbox.HostAddressV6;
        Sysctl.In(_sandbox.HostName).Write($"net/{(address.Family == IPFamily.IPv4 ? "ipv4" : "ipv6")}/neigh/{Sandbox.Uplink}/retrans_time_ms", "20");

        var results = Ping(address, new EchoOptions { Count = 2, Interval = TimeSpan.FromMilliseconds(1), Timeout = Never }).ToList();

        Assert.Equal([1, 2], results.Select(result => result.Sequence).Order());
        Assert.All(results, result => Assert.Equal(
            (EchoOutcome.IcmpError, own, Errno.EHOSTUNREACH, (byte)type, (byte)code),
            (result.Outcome, result.From.ToString(), result.Error, result.IcmpType, result.IcmpCode)));
    }

    [Theory]
    [InlineData("203.0.113.64", true, Sandbox.Gateway, Errno.EHOSTUNREACH)]
    [InlineData("203.0.113.64", false, Sandbox.Gateway, Errno.EHOSTUNREACH)]
    [InlineData("2001:db8:8::64", true, Sandbox.GatewayV6, Errno.ENETUNREACH)]
    [InlineData("2001:db8:8::64", false, Sandbox.GatewayV6, Errno.ENETUNREACH)]
    public void A_router_that_refuses_is_named(string target, bool isUnprivileged, string router, Errno error)
    {
        if (isUnprivileged)
            AllowEveryGroup();
        Sysctl.In(_sandbox.OutsideName).Write("net.ipv4.ip_forward", "1");
        Sysctl.In(_sandbox.OutsideName).Write("net.ipv6.conf.all.forwarding", "1");
        Ip.In(_sandbox.OutsideName).Run($"route add unreachable {target}");

        var result = Assert.Single(Ping(IPAddr.Parse(target), new EchoOptions { Count = 1, Interval = Never, Timeout = Never }));

        Assert.Equal((EchoOutcome.IcmpError, router, error), (result.Outcome, result.From.ToString(), result.Error));
        Assert.Null(result.Milliseconds);
    }

    [Theory]
    [InlineData("203.0.113.1", "route replace unreachable 203.0.113.0/24", Errno.EHOSTUNREACH)]
    [InlineData("203.0.113.1", "route replace prohibit 203.0.113.0/24", Errno.EACCES)]
    [InlineData("203.0.113.1", "route del default", Errno.ENETUNREACH)]
    [InlineData("2001:db8:8::1", "-6 route del default", Errno.ENETUNREACH)]
    public void What_this_host_does_not_send_says_why(string target, string obstacle, Errno error)
    {
        Ip.In(_sandbox.HostName).Run(obstacle);

        var results = Ping(IPAddr.Parse(target), new EchoOptions { Count = 2, Interval = TimeSpan.FromMilliseconds(1), Timeout = Never }).ToList();

        Assert.Equal([1, 2], results.Select(result => result.Sequence));
        Assert.All(results, result => Assert.Equal((EchoOutcome.NotSent, error, true), (result.Outcome, result.Error, result.From.IsNone)));
    }

    [Fact]
    public void A_firewall_of_this_host_shows_as_EPERM()
    {
        Nft.In(_sandbox.HostName).RunScript("table inet t { chain c { type filter hook output priority 0; icmp type echo-request drop; }; }");

        var result = Assert.Single(Ping(IPAddr.Parse(Sandbox.OutsideAddress), new EchoOptions { Count = 1, Interval = Never, Timeout = Never }));

        Assert.Equal((EchoOutcome.NotSent, Errno.EPERM), (result.Outcome, result.Error));
    }

    [Fact]
    public void A_way_that_opens_meanwhile_is_taken()
    {
        Ip.In(_sandbox.HostName).Run("route del default");
        var results = new List<EchoReply>();

        foreach (var result in Ping(IPAddr.Parse(Sandbox.OutsideAddress), new EchoOptions { Count = 2, Interval = TimeSpan.FromMilliseconds(1), Timeout = Never }))
        {
            if (results.Count == 0)
                Ip.In(_sandbox.HostName).Run($"route add default via {Sandbox.Gateway}");
            results.Add(result);
        }

        Assert.Equal([EchoOutcome.NotSent, EchoOutcome.Reply], results.Select(result => result.Outcome));
    }

    [Fact]
    public void Errors_of_another_echo_in_the_same_namespace_spoil_no_answer()
    {
        Sysctl.In(_sandbox.HostName).Write($"net/ipv4/neigh/{Sandbox.Uplink}/retrans_time_ms", "1");
        var options = new EchoOptions { Count = 100, Interval = TimeSpan.FromMilliseconds(1), Timeout = Never };
        using var dead = Ping(IPAddr.Parse("192.0.2.77"), options with { Timeout = TimeSpan.FromMilliseconds(100) }).GetEnumerator();
        using var alive = Ping(IPAddr.Parse(Sandbox.OutsideAddress), options).GetEnumerator();
        var errors = 0;

        for (var i = 0; i < options.Count; i++)
        {
            Assert.True(dead.MoveNext());
            Assert.True(alive.MoveNext());
            Assert.Equal(EchoOutcome.Reply, alive.Current.Outcome);
            Assert.Contains(dead.Current.Outcome, (EchoOutcome[])[EchoOutcome.IcmpError, EchoOutcome.Timeout]);   // the kernel limits its ICMP errors
            errors += dead.Current.Outcome == EchoOutcome.IcmpError ? 1 : 0;
        }

        Assert.False(dead.MoveNext() || alive.MoveNext());
        Assert.InRange(errors, 1, options.Count);
    }

    [Fact]
    public async Task Those_not_answered_hold_up_none_behind_them_and_cancelling_ends_the_wait()
    {
        DropOutside();
        using var capture = PacketCapture.Start(_sandbox.HostName, Sandbox.Uplink);
        using var cancellation = new CancellationTokenSource();
        var watch = Task.Run(
            () =>
            {
                capture.WaitFor(frame => frame is { IsEchoRequest: true, EchoSequence: 20 });
                cancellation.Cancel();
            },
            TestContext.Current.CancellationToken);

        var options = new EchoOptions { Count = 0, Interval = TimeSpan.FromMilliseconds(1), Timeout = TimeSpan.FromMinutes(1) };
        Assert.Empty(_host.Ping(IPAddr.Parse(Sandbox.OutsideAddress), options, cancellation.Token));

        await watch;
    }

    [Fact]
    public void Cancelling_ends_the_wait_for_the_next_one_without_an_exception()
    {
        using var cancellation = new CancellationTokenSource();
        var count = 0;

        foreach (var reply in _host.Ping(IPAddr.Parse(Sandbox.OutsideAddress), new EchoOptions { Count = 0, Interval = Never, Timeout = Never }, cancellation.Token))
        {
            Assert.Equal(EchoOutcome.Reply, reply.Outcome);
            count++;
            ThreadPool.QueueUserWorkItem(_ => cancellation.Cancel());
        }

        Assert.Equal(1, count);
        Assert.Empty(_host.Ping(IPAddr.Parse(Sandbox.OutsideAddress), null, cancellation.Token));
    }

    [Fact]
    public void The_source_is_the_one_that_was_asked_for()
    {
        Ip.In(_sandbox.HostName).Run("address add 192.0.2.33/32 dev lo");
        using var capture = PacketCapture.Start(_sandbox.HostName, Sandbox.Uplink);

        var reply = Assert.Single(Ping(
            IPAddr.Parse(Sandbox.OutsideAddress), new EchoOptions { Count = 1, Interval = Never, Timeout = TimeSpan.FromSeconds(5), Source = IPAddr.Parse("192.0.2.33") }));

        Assert.Equal(EchoOutcome.Reply, reply.Outcome);
        Assert.NotNull(capture.WaitFor(frame => frame is { IsEchoRequest: true, Source: "192.0.2.33" }));
    }

    [Fact]
    public void A_source_of_elsewhere_is_refused()
    {
        var error = Assert.Throws<NetlinkException>(() => Ping(IPAddr.Parse(Sandbox.OutsideAddress), new EchoOptions { Source = IPAddr.Parse("192.0.2.34") }).ToList());

        Assert.Equal(Errno.EADDRNOTAVAIL, error.Errno);
        Assert.Contains("192.0.2.34", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_link_local_target_is_reached_through_the_interface_that_was_asked_for(bool isUnprivileged)
    {
        if (isUnprivileged)
            AllowEveryGroup();
        var uplink = Ip.In(_sandbox.HostName).Link(Sandbox.Uplink)!.Index;
        var options = new EchoOptions { Count = 1, Interval = Never, Timeout = Never };

        Assert.Equal("fe80::fe", Assert.Single(Ping(IPAddr.Parse("fe80::fe"), options with { InterfaceIndex = uplink })).From.ToString());

        var result = Assert.Single(Ping(IPAddr.Parse("fe80::fe"), options with { InterfaceIndex = 4711 }));
        Assert.Equal((EchoOutcome.NotSent, Errno.ENETUNREACH), (result.Outcome, result.Error));
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused_before_anything_is_opened()
    {
        var target = IPAddr.Parse(Sandbox.OutsideAddress);

        Assert.Throws<ArgumentException>(() => Ping(default, new EchoOptions()));
        Assert.Throws<ArgumentException>(() => Ping(target, new EchoOptions { Source = IPAddr.Parse("::1") }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ping(target, new EchoOptions { Count = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ping(target, new EchoOptions { Interval = TimeSpan.Zero }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ping(target, new EchoOptions { Timeout = TimeSpan.Zero }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ping(target, new EchoOptions { Count = 0, Interval = TimeSpan.FromMilliseconds(1), Timeout = TimeSpan.FromMilliseconds(65_536) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ping(target, new EchoOptions { PayloadSize = EchoOptions.MaxPayload + 1 }));
    }

    private IEnumerable<EchoReply> Ping(IPAddr target, EchoOptions options) => _host.Ping(target, options, _limit.Token);

    private void DropOutside() => Nft.In(_sandbox.OutsideName).RunScript(
        "table inet t { chain c { type filter hook input priority 0; icmp type echo-request drop; icmpv6 type echo-request drop; }; }");

    private void AllowEveryGroup() => Sysctl.In(_sandbox.HostName).Write("net.ipv4.ping_group_range", "0 2147483647");
}

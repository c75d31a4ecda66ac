using System.Net.Sockets;
using CalicoNet.Testing;

namespace CalicoNet.Netlink.Tests.Testing;

public sealed class LeakCensusTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);

    private readonly Sandbox _sandbox = Sandbox.Create();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void Nothing_done_is_nothing_left()
    {
        var before = LeakCensus.Take(LeakScope.Of(_sandbox));
        before.AssertNothingLeft();
    }

    [Fact]
    public void A_namespace_left_behind_is_noticed_with_its_mount()
    {
        var before = LeakCensus.Take(LeakScope.Of(_sandbox));
        var name = _sandbox.AddNamespace("web");

        Assert.Equal([$"+1 mount /run/netns/{name}", $"+1 namespace {name}"], Assert.Throws<LeakException>(() => before.AssertNothingLeft(Soon)).Differences);
    }

    [Fact]
    public void A_namespace_taken_away_is_noticed()
    {
        var name = _sandbox.AddNamespace("web");
        var before = LeakCensus.Take(LeakScope.Of(_sandbox));
        Ip.Here.Run($"netns delete {name}");

        Assert.Equal([$"-1 mount /run/netns/{name}", $"-1 namespace {name}"], before.Compare(LeakCensus.Take(LeakScope.Of(_sandbox))));
    }

    [Fact]
    public void An_open_descriptor_keeps_its_namespaces_name_even_after_the_sandbox_is_gone()
    {
        var before = LeakCensus.Take(LeakScope.Of(_sandbox));
        using (File.OpenHandle(_sandbox.HostPath))
        {
            _sandbox.Dispose();
            var after = LeakCensus.Take(LeakScope.Of(_sandbox));
            Assert.Contains($"+1 descriptor of {_sandbox.HostName}", before.Compare(after));
        }
    }

    [Fact]
    public void A_socket_left_in_a_namespace_is_noticed_by_its_kind()
    {
        var before = LeakCensus.Take(LeakScope.Of(_sandbox));
        using (Inside.Run(_sandbox.HostName, () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)))
        using (PacketCapture.Start(_sandbox.OutsideName, Sandbox.OutsideLink))
        {
            Assert.Equal(
                [$"+1 internet socket in {_sandbox.HostName}", $"+1 packet socket in {_sandbox.OutsideName}"],
                before.Compare(LeakCensus.Take(LeakScope.Of(_sandbox))));
        }
        before.AssertNothingLeft();
    }

    [Fact]
    public void A_thread_left_in_a_namespace_is_noticed_until_it_ends()
    {
        var before = LeakCensus.Take(LeakScope.Of(_sandbox));
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        var thread = new Thread(() => Inside.Run(_sandbox.HostName, () =>
        {
            entered.Set();
            leave.Wait(CancellationToken.None);
        }));
        thread.Start();
        entered.Wait(TestContext.Current.CancellationToken);

        Assert.Equal([$"+1 thread 'visit' in {_sandbox.HostName}"], before.Compare(LeakCensus.Take(LeakScope.Of(_sandbox))));

        leave.Set();
        thread.Join();
        before.AssertNothingLeft();
    }

    [Fact]
    public void Settling_waits_for_what_goes_by_itself()
    {
        var before = LeakCensus.Take(LeakScope.Of(_sandbox));
        var name = _sandbox.AddNamespace("web");
        using var timer = new Timer(_ => Netns.Remove(name), null, TimeSpan.FromMilliseconds(100), Timeout.InfiniteTimeSpan);

        before.AssertNothingLeft();
    }

    [Fact]
    public void Another_sandboxs_doings_are_no_leak_of_this_one()
    {
        var before = LeakCensus.Take(LeakScope.Of(_sandbox));
        using var other = Sandbox.Create();
        using var capture = PacketCapture.Start(other.HostName, Sandbox.Uplink);

        before.AssertNothingLeft(LeakCensus.Take(LeakScope.Of(_sandbox)));
    }
}

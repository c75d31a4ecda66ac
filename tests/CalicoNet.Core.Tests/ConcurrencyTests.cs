using CalicoNet.Testing;

namespace CalicoNet.Core.Tests;

public sealed class ConcurrencyTests
{
    private const int Threads = 4, Each = 16;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_threads_that_make_the_same_endpoint_at_once_one_does_and_it_is_whole(bool makesNamespace)
    {
        using var lab = new EndpointLab();
        using var manager = lab.Open();
        manager.Remove([manager.Create(lab.Endpoint("first", "10.65.9.9", "fd00:65::99") with { NatOutgoing = true }).Endpoint.Name]);
        for (var round = 0; round < 8; round++)
        {
            var wanted = lab.Endpoint("web", "10.65.0.1", "fd00:65::1") with { NatOutgoing = true, StaticNeighbor = true };
            if (!makesNamespace)
            {
                Ip.Here.Run($"netns add {wanted.Workload.Namespace}");
            }

            var before = KernelState.Whole(lab.Sandbox);

            var outcomes = AtOnce(Threads, _ =>
            {
                using var own = lab.Open();
                // Each with its own MAC address: the one that is there tells whose endpoint it is.
                return own.Create(wanted with { Mac = Endpoint.NewMac() }).Endpoint.Mac;
            });

            var made = Assert.Single(outcomes, outcome => outcome.Error is null);
            Assert.All(outcomes.Where(outcome => outcome != made), outcome => Assert.Equal(CalicoFault.Exists, Assert.IsType<CalicoException>(outcome.Error).Fault));
            var found = Assert.Single(manager.List());
            Assert.Equal((EndpointStatus.Ready, made.Result), (found.Status, found.Endpoint.Mac));
            Assert.True(Ping.Reaches(lab.Sandbox.HostName, "10.65.0.1"));

            Assert.Null(manager.Remove([wanted.Name])[0].Error);
            Assert.Equal(before, KernelState.Whole(lab.Sandbox));
        }
    }

    [Fact]
    public void Of_threads_that_remove_the_same_endpoints_at_once_each_finds_them_gone()
    {
        using var lab = new EndpointLab();
        using var manager = lab.Open();
        var names = Enumerable.Range(1, 12).Select(i => manager.Create(lab.Endpoint("web", $"10.65.0.{i}") with { NatOutgoing = true }).Endpoint.Name).ToList();

        var outcomes = AtOnce(Threads, thread =>
        {
            using var own = lab.Open();
            return own.Remove(thread % 2 == 0 ? names : Enumerable.Reverse(names));
        });

        Assert.All(outcomes, outcome => Assert.Null(outcome.Error));
        Assert.All(outcomes.SelectMany(outcome => outcome.Result!), removal => Assert.Null(removal.Error));
        // Each was there for one of them.
        Assert.Equal(names.Count, outcomes.SelectMany(outcome => outcome.Result!).Count(removal => removal.Found));
        Assert.Empty(manager.List());
    }

    [Fact]
    public void Of_64_endpoints_made_and_removed_at_once_none_is_lost_and_no_thread_stays_inside()
    {
        using var lab = new EndpointLab();
        using var manager = lab.Open();
        manager.Remove([manager.Create(lab.Endpoint("first", "10.65.9.9", "fd00:65::99") with { NatOutgoing = true }).Endpoint.Name]);
        var before = KernelState.Whole(lab.Sandbox);
        var census = LeakCensus.Take(LeakScope.Of(lab.Sandbox));

        for (var round = 0; round < 2; round++)
        {
            var made = AtOnce(Threads, thread =>
            {
                using var own = lab.Open();
                return Enumerable.Range(1, Each)
                    .Select(i => own.Create(lab.Endpoint("web", $"10.66.{thread}.{i}", $"fd00:66:{thread}::{i}") with { NatOutgoing = true }).Endpoint).ToList();
            });
            Assert.All(made, outcome => Assert.Null(outcome.Error));
            var wanted = made.SelectMany(outcome => outcome.Result!).ToList();
            var found = manager.List();
            Assert.Equal(Threads * Each, found.Count);
            Assert.All(found, state => Assert.Equal(EndpointStatus.Ready, state.Status));
            Assert.Equal(wanted.Select(endpoint => endpoint.Mac.ToString()).Order(), found.Select(state => state.Endpoint.Mac.ToString()).Order());

            // Half of them one by one, half as one: the ways of the kernel differ.
            var removed = AtOnce(Threads, thread =>
            {
                using var own = lab.Open();
                var names = made[thread].Result!.Select(endpoint => endpoint.Name).ToList();
                return (thread % 2 == 0 ? own.Remove(names) : [.. names.SelectMany(name => own.Remove([name]))]).ToList();
            });
            Assert.All(removed, outcome => Assert.Null(outcome.Error));
            Assert.All(removed.SelectMany(outcome => outcome.Result!), removal => Assert.True(removal.Found && removal.Error is null, removal.Error?.Message));
            Assert.Equal(before, KernelState.Whole(lab.Sandbox));
        }

        census.AssertNothingLeft();
    }

    private sealed record Outcome<T>(T? Result, Exception? Error);

    /// <summary>The same on many threads, which begin together.</summary>
    private static List<Outcome<T>> AtOnce<T>(int count, Func<int, T> action)
    {
        using var start = new Barrier(count);
        var outcomes = new Outcome<T>[count];
        var threads = Enumerable.Range(0, count).Select(number => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                outcomes[number] = new Outcome<T>(action(number), null);
            }
            catch (Exception e)
            {
                outcomes[number] = new Outcome<T>(default, e);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return [.. outcomes];
    }
}

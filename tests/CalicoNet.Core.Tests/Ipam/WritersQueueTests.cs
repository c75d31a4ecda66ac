using System.Collections.Concurrent;

namespace CalicoNet.Core.Tests.Ipam;

/// <summary>Two queues of one datastore are two processes'.</summary>
public sealed class WritersQueueTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(1);

    private readonly SqliteAddress _address = new($"/{Guid.NewGuid():N}.db");

    [Fact]
    public void Of_all_writers_of_a_datastore_one_has_its_turn()
    {
        var order = new ConcurrentQueue<string>();
        var turn = new WritersQueue(_address).Enter(s_long, CancellationToken.None);
        Assert.NotNull(turn);
        var other = new Thread(() =>
        {
            using var next = new WritersQueue(_address).Enter(s_long, CancellationToken.None);
            order.Enqueue("entered");
        });
        other.Start();
        using (new WritersQueue(new SqliteAddress($"{_address.Path}2")).Enter(s_long, CancellationToken.None))
            order.Enqueue("another datastore");

        order.Enqueue("left");
        turn.Dispose();
        Assert.True(other.Join(s_long));

        Assert.Equal(["another datastore", "left", "entered"], order);
    }

    [Fact]
    public void A_process_that_never_lets_go_holds_nobody_up_for_good()
    {
        using var turn = new WritersQueue(_address).Enter(s_long, CancellationToken.None);

        using var next = new WritersQueue(_address).Enter(TimeSpan.FromMilliseconds(50), CancellationToken.None);

        Assert.NotNull(next);
    }

    [Fact]
    public void Threads_of_one_process_and_those_who_are_stopped_do_not_get_it()
    {
        var queue = new WritersQueue(_address);
        using (queue.Enter(s_long, CancellationToken.None))
        {
            Assert.Null(queue.Enter(TimeSpan.FromMilliseconds(50), CancellationToken.None));
            Assert.Throws<OperationCanceledException>(() => new WritersQueue(_address).Enter(s_long, new CancellationToken(canceled: true)));
        }

        using var again = queue.Enter(s_long, CancellationToken.None);
        Assert.NotNull(again);
    }
}

using CalicoNet.Testing;

namespace CalicoNet.Netlink.Tests.Kernel;

public sealed class NamespaceLockTests : KernelTest
{
    /// <summary>Takes the lock that is its argument, as any program could, and keeps it until it is killed.</summary>
    private const string Holder = """
        #include <stddef.h>
        #include <stdio.h>
        #include <string.h>
        #include <sys/socket.h>
        #include <sys/un.h>
        #include <unistd.h>
        int main(int argc, char **argv)
        {
            struct sockaddr_un name = { .sun_family = AF_UNIX };
            memcpy(name.sun_path + 1, argv[1], strlen(argv[1]));
            int fd = socket(AF_UNIX, SOCK_STREAM, 0);
            if (bind(fd, (struct sockaddr *)&name, offsetof(struct sockaddr_un, sun_path) + 1 + strlen(argv[1])) || listen(fd, 128))
                return 1;
            puts("held");
            fflush(stdout);
            pause();
        }
        """;

    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_lock_is_held_once_until_it_is_let_go()
    {
        using (var held = NamespaceLock.Acquire(Host, "caliconet/test", TimeSpan.Zero))
        {
            Assert.NotNull(held);
            Assert.Null(NamespaceLock.Acquire(Host, "caliconet/test", TimeSpan.Zero));
            Assert.Null(NamespaceLock.Acquire(Host, "caliconet/test", TimeSpan.FromMilliseconds(10)));
        }

        // Not at once: a program that this process starts in that moment holds all its sockets until it is exec'ed.
        using var again = NamespaceLock.Acquire(Host, "caliconet/test", s_long);
        Assert.NotNull(again);
    }

    [Fact]
    public void Waiting_for_a_lock_of_the_own_namespace_ends_when_it_is_cancelled()
    {
        var name = $"caliconet/test/{Guid.NewGuid():N}";
        using var held = NamespaceLock.Acquire(name, TimeSpan.Zero);
        Assert.NotNull(held);
        using var cancellation = new CancellationTokenSource();
        var waiter = Task.Run(() => NamespaceLock.Acquire(name, s_long, cancellation.Token));

        cancellation.Cancel();

        Assert.IsAssignableFrom<OperationCanceledException>(Assert.Throws<AggregateException>(() => waiter.Wait(s_long)).InnerException);
        Assert.Null(NamespaceLock.Acquire(name, TimeSpan.Zero));
    }

    [Fact]
    public void Names_and_namespaces_are_apart()
    {
        using var one = NamespaceLock.Acquire(Host, "caliconet/test", TimeSpan.Zero);
        using var otherName = NamespaceLock.Acquire(Host, "caliconet/tes", TimeSpan.Zero);
        using var otherPlace = NamespaceLock.Acquire(Other, "caliconet/test", TimeSpan.Zero);

        Assert.True(one is not null && otherName is not null && otherPlace is not null);
    }

    [Fact]
    public void A_name_has_at_most_107_bytes()
    {
        using var longest = NamespaceLock.Acquire(Host, new string('n', 107), TimeSpan.Zero);
        Assert.NotNull(longest);
        Assert.Null(NamespaceLock.Acquire(Host, new string('n', 107), TimeSpan.Zero));

        Assert.Throws<ArgumentException>(() => NamespaceLock.Acquire(Host, new string('n', 108), TimeSpan.Zero));
    }

    [Fact]
    public void Waiters_are_woken_one_after_the_other()
    {
        const int waiters = 8;
        var first = NamespaceLock.Acquire(Host, "caliconet/test", TimeSpan.Zero);
        var inside = 0;
        var most = 0;
        var got = 0;
        var threads = Enumerable.Range(0, waiters).Select(_ => new Thread(() =>
        {
            using var stack = NetworkStack.Open(Host.Namespace);
            using var held = NamespaceLock.Acquire(stack, "caliconet/test", s_long);
            if (held is null)
                return;
            most = Math.Max(most, Interlocked.Increment(ref inside));
            Interlocked.Increment(ref got);
            Interlocked.Decrement(ref inside);
        })).ToList();
        threads.ForEach(thread => thread.Start());

        first!.Dispose();
        threads.ForEach(thread => thread.Join());

        Assert.Equal((waiters, 1), (got, most));
    }

    [Fact]
    public void A_lock_dies_with_its_process_and_the_waiter_is_woken()
    {
        using var holder = ProcessRunner.StartIn(Sandbox.HostName, CCompiler.Compile(Holder), "caliconet/test");
        holder.WaitForOutput("held");
        Assert.Null(NamespaceLock.Acquire(Host, "caliconet/test", TimeSpan.FromMilliseconds(10)));

        NamespaceLock? got = null;
        var waiter = new Thread(() => got = NamespaceLock.Acquire(Host, "caliconet/test", s_long));
        waiter.Start();
        Assert.False(holder.HasExited);
        holder.Kill();
        waiter.Join();

        Assert.NotNull(got);
        got.Dispose();
    }

    [Fact]
    public void A_lock_of_ours_keeps_other_programs_out()
    {
        var program = CCompiler.Compile(Holder);
        using (NamespaceLock.Acquire(Host, "caliconet/test", TimeSpan.Zero))
            Assert.Equal(1, Exec.TryIn(Sandbox.HostName, program, "caliconet/test").ExitCode);
    }
}

using CalicoNet.Testing;
using Tmds.Linux;

namespace CalicoNet.Netlink.Tests.Kernel;

public sealed class NamespaceThreadTests : KernelTest
{
    [Fact]
    public void After_a_thousand_visits_from_eight_threads_no_thread_is_left_inside()
    {
        Sysctl.In(Sandbox.HostName).Write("net.ipv4.ip_default_ttl", "11");
        Sysctl.In(OtherName).Write("net.ipv4.ip_default_ttl", "22");
        var failures = new List<string>();
        var threads = Enumerable.Range(0, 8).Select(number => new Thread(() =>
        {
            for (var i = 0; i < 125; i++)
            {
                var (stack, ttl) = (number + i) % 2 == 0 ? (Host, "11") : (Other, "22");
                using var socket = NamespaceThread.OpenSocket(stack.Place, LibC.AF_INET, LibC.SOCK_DGRAM, 0, "open a socket");
                var seen = (Sys.NamespaceCookie(socket), stack.Sysctls.Find("net/ipv4/ip_default_ttl"));
                if (seen != (stack.Cookie, ttl))
                {
                    lock (failures)
                        failures.Add($"{seen} in {stack.Namespace}");
                }
            }
        })).ToList();

        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Empty(failures);
        string[] foreign = [$"net:[{Host.Inode}]", $"net:[{Other.Inode}]"];   // other tests may be in theirs
        Assert.DoesNotContain(Directory.EnumerateDirectories("/proc/self/task"), task => foreign.Contains(new FileInfo($"{task}/ns/net").LinkTarget));
    }

    [Fact]
    public void An_error_inside_is_the_callers_and_the_next_visit_goes_well()
    {
        Assert.Equal(Errno.EAFNOSUPPORT, ErrnoOf(() => NamespaceThread.OpenSocket(Other.Place, 4711, LibC.SOCK_DGRAM, 0, "open a socket")));
        var error = Assert.Throws<NetlinkException>(() => NamespaceThread.OpenSocket(Other.Place, LibC.AF_INET, LibC.SOCK_DGRAM, 4711, "open a strange socket"));
        Assert.Contains("open a strange socket", error.Message, StringComparison.Ordinal);
        Assert.Equal(Errno.ENOENT, NamespaceThread.OpenFile(Other.Place, "/proc/sys/net/nothing", LibC.O_RDONLY, "open a file", out var none));
        Assert.Null(none);

        using var socket = NamespaceThread.OpenSocket(Other.Place, LibC.AF_INET, LibC.SOCK_DGRAM, 0, "open a socket");
        Assert.Equal(Other.Cookie, Sys.NamespaceCookie(socket));
    }

    [Fact]
    public void What_is_no_namespace_cannot_be_entered_and_the_next_visit_goes_well()
    {
        Assert.Equal(Errno.None, Sys.Open("/dev/null", LibC.O_RDONLY, 0, out var file));
        using (file)
            Assert.Equal(Errno.EINVAL, ErrnoOf(() => NamespaceThread.OpenSocket(file, LibC.AF_INET, LibC.SOCK_DGRAM, 0, "open a socket")));

        using var socket = NamespaceThread.OpenSocket(Other.Place, LibC.AF_INET, LibC.SOCK_DGRAM, 0, "open a socket");
        Assert.Equal(Other.Cookie, Sys.NamespaceCookie(socket));
    }

    [Fact]
    public void Home_is_the_processs_own_namespace()
    {
        using var own = NetworkStack.Open(NetNamespaceRef.Own);
        using var socket = NamespaceThread.OpenSocket(null, LibC.AF_INET, LibC.SOCK_DGRAM, 0, "open a socket");

        Assert.Equal((own.Cookie, Netns.CookieOf("/proc/self/ns/net")), (Sys.NamespaceCookie(socket), own.Cookie));
    }

    [Fact]
    public void From_a_thread_that_somebody_moved_home_is_still_home()
    {
        var home = Netns.CookieOf("/proc/self/ns/net");

        var (own, inside) = Inside.Run(OtherName, () =>
        {
            using var socket = NamespaceThread.OpenSocket(null, LibC.AF_INET, LibC.SOCK_DGRAM, 0, "open a socket");
            using var other = NamespaceThread.OpenSocket(Host.Place, LibC.AF_INET, LibC.SOCK_DGRAM, 0, "open a socket");
            return (Sys.NamespaceCookie(socket), Sys.NamespaceCookie(other));
        });

        Assert.Equal((home, Host.Cookie), (own, inside));
    }

    [Fact]
    public void An_operation_on_the_thread_itself_may_open_several_namespaces_and_is_at_home_between()
    {
        var seen = NetNamespaces.Visiting(() =>
        {
            using var host = NetworkStack.Open(Host.Namespace);
            var between = new FileInfo("/proc/thread-self/ns/net").LinkTarget;
            using var other = NetworkStack.Open(Other.Namespace);
            return (host.Cookie, between, other.Cookie, NetNamespaces.Visiting(() => Environment.CurrentManagedThreadId) == Environment.CurrentManagedThreadId);
        });

        Assert.Equal((Host.Cookie, new FileInfo("/proc/self/ns/net").LinkTarget, Other.Cookie, true), seen);
    }

    [Fact]
    public void An_exception_of_such_an_operation_is_the_callers()
    {
        var thrown = new InvalidOperationException("mine");

        Assert.Same(thrown, Assert.Throws<InvalidOperationException>(() => NetNamespaces.Visiting<int>(() => throw thrown)));
        Assert.Equal(1, NetNamespaces.Visiting(() => 1));
    }
}

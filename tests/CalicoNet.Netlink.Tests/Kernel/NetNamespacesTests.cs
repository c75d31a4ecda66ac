using CalicoNet.Testing;

namespace CalicoNet.Netlink.Tests.Kernel;

public sealed class NetNamespacesTests : KernelTest
{
    [Fact]
    public void One_of_ours_is_one_of_ip_netns()
    {
        var name = Sandbox.NewName("made");

        using var made = NetNamespaces.Create(name);

        Assert.Contains(name, Ip.Here.Run("netns list").Output.Split([' ', '\n']));
        Assert.Equal((name, Netns.CookieOf(name)), (made.Namespace.ToString(), made.Cookie));
        var lo = Assert.Single(Ip.In(name).Links());
        Assert.Equal(("lo", false, null), (lo.Name, lo.IsUp, lo.Alias));
        Assert.Equal(lo.Index, Assert.Single(made.Links.List()).Index);

        Ip.Here.Run($"netns del {name}");
        Assert.False(NetNamespaces.Exists(name));
    }

    [Fact]
    public void One_of_ip_netns_is_one_of_ours()
    {
        var info = Assert.Single(NetNamespaces.List(), info => info.Name == OtherName);

        Assert.True(NetNamespaces.Exists(OtherName));
        Assert.Equal(Other.Inode, info.Inode);
        Assert.Equal($"{info.Inode}", Exec.Run("stat", "-L", "-c", "%i", Netns.PathOf(OtherName)).Output.Trim());
        Assert.Equal(Netns.CookieOf(OtherName), Other.Cookie);
        Assert.True(NetNamespaces.Remove(OtherName));
        Assert.False(Netns.Exists(OtherName));
        Assert.False(NetNamespaces.Remove(OtherName));
        Assert.DoesNotContain(NetNamespaces.List(), info => info.Name == OtherName);
    }

    [Fact]
    public void A_label_is_on_the_loopback_interface_before_the_name_is_there()
    {
        var name = Sandbox.NewName("labelled");

        using var made = NetNamespaces.Create(name, "caliconet:default/web");

        Assert.Equal("caliconet:default/web", Ip.In(name).Link("lo")!.Alias);
    }

    [Fact]
    public void A_creation_that_fails_leaves_nothing()
    {
        var name = Sandbox.NewName("failed");

        Assert.Throws<NetlinkException>(() => NetNamespaces.Create(name, new string('x', 256)));

        Assert.False(File.Exists(Netns.PathOf(name)));
        Assert.DoesNotContain(File.ReadLines("/proc/self/mountinfo"), line => line.Contains(name, StringComparison.Ordinal));
    }

    [Fact]
    public void A_name_that_is_taken_is_EEXIST_and_its_namespace_stays()
    {
        var error = Assert.Throws<NetlinkException>(() => NetNamespaces.Create(OtherName));

        Assert.Equal(Errno.EEXIST, error.Errno);
        Assert.Contains($"create network namespace '{OtherName}'", error.Message, StringComparison.Ordinal);
        Assert.Equal(Other.Cookie, Netns.CookieOf(OtherName));
    }

    [Fact]
    public void Of_many_that_create_one_name_at_once_one_does()
    {
        var name = Sandbox.NewName("raced");
        using var start = new Barrier(8);
        var made = 0;
        var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                NetNamespaces.Create(name).Dispose();
                Interlocked.Increment(ref made);
            }
            catch (NetlinkException e) when (e.Errno == Errno.EEXIST)
            {
            }
        })).ToList();

        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Equal(1, made);
        Assert.True(NetNamespaces.Exists(name));
        Assert.Single(File.ReadLines("/proc/self/mountinfo"), line => line.Contains($"/{name} ", StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_killed_creation_left_is_no_namespace_and_is_taken_over()
    {
        var name = Sandbox.NewName("leftover");
        File.WriteAllText(Netns.PathOf(name), "");

        Assert.True(NetNamespaces.IsLeftover(name));
        Assert.False(NetNamespaces.Exists(name));
        Assert.DoesNotContain(NetNamespaces.List(), info => info.Name == name);
        Assert.Equal(Errno.ENOENT, ErrnoOf(() => NetworkStack.Open(NetNamespaceRef.Parse(name))));

        using var made = NetNamespaces.Create(name);

        Assert.False(NetNamespaces.IsLeftover(name));
        Assert.Equal(made.Cookie, Netns.CookieOf(name));
    }

    [Fact]
    public void A_file_that_somebody_holds_or_has_written_to_is_not_taken_over()
    {
        var (held, written) = (Sandbox.NewName("held"), Sandbox.NewName("written"));
        File.WriteAllText(Netns.PathOf(written), "something");
        File.WriteAllText(Netns.PathOf(held), "");
        using var holder = ProcessRunner.Start("flock", Netns.PathOf(held), "sh", "-c", "echo held; exec cat");
        holder.WaitForOutput("held");

        foreach (var name in (string[])[held, written])
        {
            Assert.False(NetNamespaces.IsLeftover(name));
            Assert.Equal(Errno.EEXIST, ErrnoOf(() => NetNamespaces.Create(name)));
            Assert.True(File.Exists(Netns.PathOf(name)));
        }
    }

    [Fact]
    public void A_leftover_can_be_removed()
    {
        var name = Sandbox.NewName("leftover");
        File.WriteAllText(Netns.PathOf(name), "");

        Assert.True(NetNamespaces.Remove(name));
        Assert.False(File.Exists(Netns.PathOf(name)));
    }

    [Theory]
    [InlineData("with blanks and 'quotes'")]
    [InlineData("a:b%d\\n")]
    [InlineData("größe-名前-🙂")]
    [InlineData("tab\tand\nline")]
    [InlineData("\"$(reboot)\"")]
    public void Names_are_any_file_names(string odd)
    {
        var name = Sandbox.Prefix + odd;

        using (var made = NetNamespaces.Create(name))
        {
            Assert.Contains(NetNamespaces.List(), info => info.Name == name && info.Inode == made.Inode);
            Assert.Equal(Netns.CookieOf(name), made.Cookie);
        }

        using (var opened = NetworkStack.Open(NetNamespaceRef.Parse(name)))
            Assert.Equal("lo", Assert.Single(opened.Links.List()).Name);
        Assert.True(NetNamespaces.Remove(name));
        Assert.False(NetNamespaces.Exists(name));
    }

    [Fact]
    public void A_name_of_255_bytes_is_the_longest()
    {
        var name = Sandbox.Prefix.PadRight(255, 'n');
        NetNamespaces.Create(name).Dispose();
        Assert.True(NetNamespaces.Exists(name));
        Assert.True(NetNamespaces.Remove(name));

        Assert.Throws<ArgumentException>(() => NetNamespaces.Create(name + "n"));
    }

    [Fact]
    public void A_namespace_in_use_outlives_its_name_and_the_name_is_free_at_once()
    {
        using var sleeper = ProcessRunner.StartIn(OtherName, "cat");
        var cookie = Other.Cookie;

        Assert.True(NetNamespaces.Remove(OtherName));

        Assert.Equal("lo", Assert.Single(Other.Links.List()).Name);
        using var successor = NetNamespaces.Create(OtherName);
        Assert.NotEqual(cookie, successor.Cookie);
        Assert.Equal(cookie, Other.Cookie);
    }

    [Fact]
    public void A_name_that_was_bound_twice_goes_whole()
    {
        Exec.Run("mount", "--bind", Netns.PathOf(OtherName), Netns.PathOf(OtherName));

        Assert.True(NetNamespaces.Remove(OtherName));

        Assert.False(File.Exists(Netns.PathOf(OtherName)));
        Assert.DoesNotContain(File.ReadLines("/proc/self/mountinfo"), line => line.Contains($"/{OtherName} ", StringComparison.Ordinal));
    }

    [Fact]
    public void Processes_of_a_namespace_are_found()
    {
        using var process = ProcessRunner.StartIn(OtherName, "sh", "-c", "echo inside; exec cat");
        process.WaitForOutput("inside");

        Assert.Contains(process.Id, NetNamespaces.Processes(Other.Inode));
        Assert.Contains(NetNamespaces.InUse(), use => use.Inode == Other.Inode && use.Process == process.Id);
        Assert.DoesNotContain(process.Id, NetNamespaces.Processes(Host.Inode));
        using var own = NetworkStack.Open(NetNamespaceRef.Own);
        Assert.Contains(Environment.ProcessId, NetNamespaces.Processes(own.Inode));
    }

    [Fact]
    public void A_namespace_is_opened_by_name_by_path_and_by_a_handles_path()
    {
        foreach (var text in (string[])[OtherName, Netns.PathOf(OtherName), Other.HandlePath])
        {
            using var stack = NetworkStack.Open(NetNamespaceRef.Parse(text));
            Assert.Equal(Other.Cookie, stack.Cookie);
        }
    }

    [Fact]
    public void What_is_no_namespace_is_not_opened()
    {
        Assert.Equal(Errno.ENOENT, ErrnoOf(() => NetworkStack.Open(NetNamespaceRef.Parse(Sandbox.NewName("nothing")))));
        Assert.Equal(Errno.EINVAL, ErrnoOf(() => NetworkStack.Open(NetNamespaceRef.Parse("/proc/self/status"))));
        Assert.Equal(Errno.EINVAL, ErrnoOf(() => NetworkStack.Open(NetNamespaceRef.Parse("/proc/self/ns/mnt"))));
    }
}

using CalicoNet.Testing;

namespace CalicoNet.Netlink.Tests.Kernel;

public sealed class NamespaceSupplyTests : KernelTest
{
    [Fact]
    public void What_was_prepared_is_taken_with_its_loopback_interface_up()
    {
        var name = Sandbox.NewName("prepared");
        using var supply = new NamespaceSupply();
        supply.Prepare();
        supply.Prepare();
        Assert.True(supply.IsAhead);

        using var made = NetNamespaces.Create(name, "caliconet:default/web", supply);

        Assert.False(supply.IsAhead);
        Assert.Equal((name, Netns.CookieOf(name)), (made.Namespace.ToString(), made.Cookie));
        var lo = Ip.In(name).Link("lo")!;
        Assert.Equal((true, "caliconet:default/web"), (lo.IsUp, lo.Alias));
    }

    [Fact]
    public void Without_preparation_it_is_made_when_it_is_taken_and_none_too_many()
    {
        using var supply = new NamespaceSupply();

        using var made = NetNamespaces.Create(Sandbox.NewName("taken"), null, supply);

        Assert.False(supply.IsAhead);
        Assert.True(made.Links.Find("lo")!.IsUp);
    }

    [Fact]
    public void A_supply_that_goes_on_is_always_one_ahead_and_each_is_another()
    {
        using var supply = new NamespaceSupply { GoesOn = true };
        var cookies = new HashSet<ulong>();
        for (var i = 0; i < 5; i++)
        {
            using var made = NetNamespaces.Create(Sandbox.NewName($"one{i}"), null, supply);
            Assert.True(cookies.Add(made.Cookie));
            Assert.True(supply.IsAhead);
        }
    }

    [Fact]
    public void On_the_thread_that_makes_them_it_waits_for_nothing()
    {
        using var supply = new NamespaceSupply { GoesOn = true };
        List<string> names = [Sandbox.NewName("first"), Sandbox.NewName("second")];

        NetNamespaces.Visiting(() =>
        {
            names.ForEach(name => NetNamespaces.Create(name, null, supply).Dispose());
            return 0;
        });

        Assert.All(names, name => Assert.True(Netns.Exists(name)));
    }

    [Fact]
    public void A_name_that_is_taken_takes_nothing_of_the_supply()
    {
        using var supply = new NamespaceSupply();
        supply.Prepare();

        Assert.Equal(Errno.EEXIST, Assert.Throws<NetlinkException>(() => NetNamespaces.Create(OtherName, null, supply)).Errno);
        Assert.True(supply.IsAhead);
        NetNamespaces.Create(Sandbox.NewName("next"), null, supply).Dispose();
    }

    [Fact]
    public void What_nobody_took_ends_with_the_supply()
    {
        var supply = new NamespaceSupply();
        supply.Prepare();

        supply.Dispose();
        supply.Dispose();

        Assert.False(supply.IsAhead);
    }
}

using CalicoNet.Netlink.Nftables;

namespace CalicoNet.Netlink.Tests.Nftables;

public sealed class NftTransactionTests : IDisposable
{
    private static readonly NftTableRef s_table = NftSandbox.Table;
    private static readonly NftSet s_set = new(s_table, "addresses", NftSetKey.IPv4Address);

    private readonly NftSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void A_table_that_exists_fails_an_exclusive_transaction_and_nothing_of_it_is_done()
    {
        _sandbox.Commit(t => t.AddTable(new NftTable(s_table) { Comment = "first" }, exclusive: true));
        var before = _sandbox.List();

        var refused = Assert.Throws<NetlinkException>(() => _sandbox.Commit(t => t
            .AddTable(new NftTable(s_table) { Comment = "second" }, exclusive: true)
            .AddChain(new NftChain(s_table, "chain"))
            .AddSet(s_set)));

        Assert.Equal(Errno.EEXIST, refused.Errno);
        Assert.StartsWith("Could not add table inet test: File exists", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, _sandbox.List());
    }

    [Fact]
    public void A_failed_transaction_leaves_nothing_and_the_next_one_works()
    {
        using var transaction = new NftTransaction();
        for (var round = 0; round < 20; round++)
        {
            transaction.AddTable(new NftTable(s_table)).AddSet(s_set).DeleteChain(s_table, "missing").AddElements(s_set, [IPAddr.Parse("10.0.0.1")]);
            var refused = Assert.Throws<NetlinkException>(() => _sandbox.Ruleset.Commit(transaction));
            Assert.Equal((Errno.ENOENT, "delete chain inet test missing"), (refused.Errno, refused.Operation));
            Assert.True(transaction.IsEmpty);
            Assert.Empty(_sandbox.Ruleset.Tables());

            transaction.AddTable(new NftTable(s_table), exclusive: true).AddSet(s_set, exclusive: true);
            _sandbox.Ruleset.Commit(transaction);
            Assert.Equal("addresses", Assert.Single(_sandbox.Ruleset.Sets(s_table)).Name);
            _sandbox.Ruleset.Commit(transaction.DeleteTable(s_table));
        }
    }

    [Fact]
    public void More_failures_than_the_socket_holds_still_report_the_first_and_the_next_transaction_works()
    {
        var refused = Assert.Throws<NetlinkException>(() => _sandbox.Commit(t =>
        {
            t.AddTable(new NftTable(s_table));
            for (var i = 0; i < 5000; i++)
            {
                t.DeleteChain(s_table, $"missing{i}");
            }
        }));

        Assert.Equal("delete chain inet test missing0", refused.Operation);
        _sandbox.Commit(t => t.AddTable(new NftTable(s_table), exclusive: true));
        Assert.Single(_sandbox.Ruleset.Tables());
    }

    [Fact]
    public void The_error_names_the_attribute_the_kernel_objects_to()
    {
        var refused = Assert.Throws<NetlinkException>(() => _sandbox.Commit(t => t
            .AddTable(new NftTable(s_table))
            .AddChain(new NftChain(s_table, "nat") { Base = new NftBase("no such type", NftHook.Input, 0) })));

        Assert.Equal("add chain inet test nat", refused.Operation);
        Assert.Equal("Type", refused.Error.Attribute);
    }

    [Fact]
    public void Removing_an_element_that_is_missing_fails_the_transaction_and_keeps_the_others()
    {
        _sandbox.Commit(t => t.AddTable(new NftTable(s_table)).AddSet(s_set).AddElements(s_set, Addresses("10.0.0.1", "10.0.0.2")));

        var refused = Assert.Throws<NetlinkException>(() => _sandbox.Commit(t => t.RemoveElements(s_set, Addresses("10.0.0.1", "10.0.0.3"))));

        Assert.Equal(Errno.ENOENT, refused.Errno);
        Assert.Equal("remove from set inet test addresses: 2 elements from 10.0.0.1 on", refused.Operation);
        Assert.Equal(Addresses("10.0.0.1", "10.0.0.2"), _sandbox.Elements(s_set).Order());
    }

    [Fact]
    public void Destroying_elements_takes_those_that_are_there_and_can_be_repeated()
    {
        _sandbox.Commit(t => t.AddTable(new NftTable(s_table)).AddSet(s_set).AddElements(s_set, Addresses("10.0.0.1", "10.0.0.2")));

        for (var i = 0; i < 3; i++)
        {
            _sandbox.Commit(t => t.DestroyElements(s_set, Addresses("10.0.0.1", "10.0.0.3")));
            Assert.Equal(Addresses("10.0.0.2"), _sandbox.Elements(s_set));
        }
    }

    [Fact]
    public void Adding_an_element_again_is_nothing_unless_it_is_exclusive()
    {
        _sandbox.Commit(t => t.AddTable(new NftTable(s_table)).AddSet(s_set).AddElements(s_set, Addresses("10.0.0.1")));
        _sandbox.Commit(t => t.AddElements(s_set, Addresses("10.0.0.1", "10.0.0.2")));

        var refused = Assert.Throws<NetlinkException>(() => _sandbox.Commit(t => t.AddElements(s_set, Addresses("10.0.0.3", "10.0.0.2"), exclusive: true)));

        Assert.Equal(Errno.EEXIST, refused.Errno);
        Assert.Equal(Addresses("10.0.0.1", "10.0.0.2"), _sandbox.Elements(s_set).Order());
    }

    [Fact]
    public void A_transaction_for_a_generation_that_has_passed_is_refused()
    {
        var generation = _sandbox.Ruleset.Generation();
        using (var first = new NftTransaction { Generation = generation })
        {
            _sandbox.Ruleset.Commit(first.AddTable(new NftTable(s_table)));
        }

        Assert.NotEqual(generation, _sandbox.Ruleset.Generation());
        using var late = new NftTransaction { Generation = generation };
        var refused = Assert.Throws<NetlinkException>(() => _sandbox.Ruleset.Commit(late.DeleteTable(s_table)));
        Assert.Equal(Errno.ERESTART, refused.Errno);
        Assert.Single(_sandbox.Ruleset.Tables());
    }

    [Fact]
    public void What_is_refused_before_it_is_queued_leaves_the_transaction_as_it_was()
    {
        var ranges = s_set with { Flags = NftSetFlags.Interval };
        _sandbox.Commit(t =>
        {
            t.AddTable(new NftTable(s_table));
            Assert.Throws<ArgumentException>(() => t.AddElements(s_set, [IPAddr.Parse("10.0.0.1"), IPAddr.Parse("fd00::1")]));
            Assert.Throws<ArgumentException>(() => t.AddElements(s_set, [IPPrefix.Parse("10.0.0.0/8")]));
            Assert.Throws<ArgumentException>(() => t.AddElements(ranges, [((NftElement)IPAddr.Parse("10.0.0.1")) with { Comment = new string('x', 129) }]));
            Assert.Throws<ArgumentException>(() => t.AddChain(new NftChain(s_table, "a\0b")));
            Assert.Throws<ArgumentException>(() => t.AddChain(new NftChain(default, "chain")));
            Assert.Throws<ArgumentException>(() => t.AddSet(s_set with { Name = "" }));
            Assert.Throws<ArgumentException>(() => t.AddTable(new NftTable(s_table) { Comment = "\0" }));
            Assert.Throws<ArgumentOutOfRangeException>(() => t.DeleteRule(s_table, "chain", 0));
        });

        Assert.Single(_sandbox.Ruleset.Tables());
        Assert.Empty(_sandbox.Ruleset.Chains(s_table));
        Assert.Empty(_sandbox.Ruleset.Sets(s_table));
    }

    [Fact]
    public void An_empty_transaction_does_nothing()
    {
        var generation = _sandbox.Ruleset.Generation();
        _sandbox.Commit(_ => { });
        _sandbox.Commit(t => t.AddElements(s_set, []));
        Assert.Equal(generation, _sandbox.Ruleset.Generation());
    }

    [Fact]
    public void Threads_with_their_own_stacks_lose_none_of_each_others_elements()
    {
        const int each = 200;
        _sandbox.Commit(t => t.AddTable(new NftTable(s_table)).AddSet(s_set));
        using var start = new Barrier(2);
        var threads = Enumerable.Range(0, 2).Select(number => new Thread(() =>
        {
            using var stack = _sandbox.Open();
            using var transaction = new NftTransaction();
            start.SignalAndWait();
            for (var i = 0; i < each; i++)
            {
                stack.Nftables.Commit(transaction.AddElements(s_set, [Address(number, i)]));
                stack.Nftables.Elements(s_set);   // reading while the other writes: interrupted dumps are repeated
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        var expected = Enumerable.Range(0, 2).SelectMany(number => Enumerable.Range(0, each).Select(i => (NftElement)Address(number, i)));
        Assert.Equal(expected.Order(), _sandbox.Ruleset.Elements(s_set));
        Assert.Equal(2 * each, _sandbox.Elements(s_set).Count);

        static IPAddr Address(int number, int i) => IPAddr.FromBits(IPFamily.IPv4, (UInt128)(0x0a000000 + (number << 16) + i));
    }

    private static List<NftElement> Addresses(params string[] addresses) => [.. addresses.Select(a => (NftElement)IPAddr.Parse(a))];
}

using CalicoNet.Netlink.Nftables;

namespace CalicoNet.Netlink.Tests.Nftables;

/// <summary>What we write is what nft lists, and what nft writes is what we read.</summary>
public sealed class NftRulesetTests : IDisposable
{
    private const string Written = """
        table inet test {
          comment "version 1"
          set masq4 { type ipv4_addr; comment "by address"; }
          set masq6 { type ipv6_addr; }
          set pools4 { type ipv4_addr; flags interval; elements = { 10.0.0.0/8, 192.168.0.0-192.168.0.9 } }
          set pools6 { type ipv6_addr; flags interval; auto-merge; elements = { fd00::/8 } }
          chain postrouting {
            type nat hook postrouting priority srcnat + 10; policy accept;
            meta nfproto ipv4 ip saddr @masq4 ip daddr != @pools4 masquerade fully-random comment "IPv4"
            meta nfproto ipv6 ip6 saddr @masq6 ip6 daddr != @pools6 masquerade fully-random
          }
          chain antispoof {
            comment "strict"
            type filter hook prerouting priority raw; policy accept;
            iifgroup 0x0ca11000-0x0ca11fff meta nfproto ipv6 fib saddr . iif oif missing counter drop
            iifname "eth0" meta l4proto tcp ct state established,related accept
            oifname "eth1" jump other
            ip saddr != @pools4 goto other
            meta nfproto ipv6 ip6 daddr @masq6 return
          }
          chain other {
          }
        }
        """;

    private static readonly NftTableRef s_table = NftSandbox.Table;
    private static readonly NftSet s_masq4 = new(s_table, "masq4", NftSetKey.IPv4Address) { Comment = "by address" };
    private static readonly NftSet s_masq6 = new(s_table, "masq6", NftSetKey.IPv6Address);
    private static readonly NftSet s_pools4 = new(s_table, "pools4", NftSetKey.IPv4Address) { Flags = NftSetFlags.Interval };
    private static readonly NftSet s_pools6 = new(s_table, "pools6", NftSetKey.IPv6Address) { Flags = NftSetFlags.Interval, AutoMerge = true };

    private static readonly NftChain s_postrouting = new(s_table, "postrouting")
    {
        Base = new NftBase(NftChainType.Nat, NftHook.Postrouting, NftPriority.SourceNat + 10),
    };

    private static readonly NftChain s_antispoof = new(s_table, "antispoof")
    {
        Base = new NftBase(NftChainType.Filter, NftHook.Prerouting, NftPriority.Raw),
        Comment = "strict",
    };

    private static readonly NftRule[] s_rules =
    [
        new(s_table, "postrouting",
            [.. NftMatch.Family(IPFamily.IPv4), .. NftMatch.SourceIn(s_masq4), .. NftMatch.DestinationNotIn(s_pools4), new NftMasquerade(NftNatFlags.FullyRandom)])
        { Comment = "IPv4" },
        new(s_table, "postrouting",
            [.. NftMatch.Family(IPFamily.IPv6), .. NftMatch.SourceIn(s_masq6), .. NftMatch.DestinationNotIn(s_pools6), new NftMasquerade(NftNatFlags.FullyRandom)]),
        new(s_table, "antispoof",
            [.. NftMatch.InputGroup(0x0ca11000, 0x0ca11fff), .. NftMatch.Family(IPFamily.IPv6), .. NftMatch.NoRouteBack(), new NftCounter(), NftVerdict.Drop]),
        new(s_table, "antispoof",
            [.. NftMatch.InputInterface("eth0"), .. NftMatch.TransportProtocol(6),
                .. NftMatch.ConnectionState(NftConnectionStates.Established | NftConnectionStates.Related), NftVerdict.Accept]),
        new(s_table, "antispoof", [.. NftMatch.OutputInterface("eth1"), NftVerdict.Jump("other")]),
        new(s_table, "antispoof", [.. NftMatch.Family(IPFamily.IPv4), .. NftMatch.SourceNotIn(s_pools4), NftVerdict.Goto("other")]),
        new(s_table, "antispoof", [.. NftMatch.Family(IPFamily.IPv6), .. NftMatch.DestinationIn(s_masq6), NftVerdict.Return]),
    ];

    private readonly NftSandbox _ours = new();
    private readonly NftSandbox _nfts = new();

    public void Dispose()
    {
        _ours.Dispose();
        _nfts.Dispose();
    }

    [Fact]
    public void What_we_write_lists_as_what_nft_writes()
    {
        Write();
        _nfts.Load(Written);

        Assert.Equal(_nfts.List(), _ours.List());
        Assert.Contains("iifgroup 211881984-211886079 meta nfproto ipv6 fib saddr . iif oif missing counter packets 0 bytes 0 drop", _ours.List(), StringComparison.Ordinal);
        Assert.Contains("ip saddr @masq4 ip daddr != @pools4 masquerade fully-random comment \"IPv4\"", _ours.List(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_either_writes_reads_as_the_same_records(bool byNft)
    {
        var sandbox = byNft ? _nfts : _ours;
        if (byNft)
        {
            _nfts.Load(Written);
        }
        else
        {
            Write();
        }

        var ruleset = sandbox.Ruleset;
        Assert.Equal([new NftTable(s_table) { Comment = "version 1" }], ruleset.Tables().Select(t => t with { Handle = 0 }));
        Assert.Equal("version 1", ruleset.Find(s_table)?.Comment);
        Assert.Equal([s_postrouting, s_antispoof, new NftChain(s_table, "other")], ruleset.Chains(s_table).Select(c => c with { Handle = 0 }));
        Assert.Equal([s_masq4, s_masq6, s_pools4, s_pools6], ruleset.Sets(s_table).Select(s => s with { Handle = 0 }));
        Assert.Equal([IPPrefix.Parse("10.0.0.0/8"), new NftElement(IPAddr.Parse("192.168.0.0"), IPAddr.Parse("192.168.0.9"))], ruleset.Elements(s_pools4));
        var rules = ruleset.Rules(s_table);
        Assert.Equal(s_rules.Length, rules.Count);
        foreach (var (expected, actual) in s_rules.Zip(rules))
        {
            Assert.Equal(expected.Expressions, actual.Expressions);
            Assert.True(expected.DoesTheSameAs(actual));
            Assert.Equal((expected.Table, expected.Chain, expected.Comment), (actual.Table, actual.Chain, actual.Comment));
            Assert.NotEqual(0ul, actual.Handle);
        }

        Assert.Equal(rules.Take(2).Select(r => r.Handle), ruleset.Rules(s_table, "postrouting").Select(r => r.Handle));
    }

    [Fact]
    public void Rules_with_expressions_we_have_no_record_for_survive_being_read_and_written()
    {
        const string foreign = """
            table inet test {
              chain c {
                meta mark set 5
                ip saddr 10.0.0.0/23 ip daddr 10.0.0.1-10.0.0.9 limit rate 3/second log prefix "x" accept
                iifgroup != 5-7 tcp dport 80 reject with tcp reset
                ct mark 7 ct original ip saddr 10.0.0.1 notrack
                meta mark set meta mark << 2
                iif "lo" fib daddr type local counter packets 3 bytes 400 accept
              }
              chain n {
                type nat hook postrouting priority 100;
                meta l4proto tcp masquerade to :1024-2048
              }
            }
            """;
        _nfts.Load(foreign);
        var read = _nfts.Ruleset.Rules(s_table);

        _ours.Commit(transaction =>
        {
            transaction.AddTable(new NftTable(s_table));
            foreach (var chain in _nfts.Ruleset.Chains(s_table))
            {
                transaction.AddChain(chain);
            }

            foreach (var rule in read)
            {
                transaction.AddRule(rule);
            }
        });

        Assert.Equal(_nfts.List(), _ours.List());
        string[] unknown = ["meta", "limit", "log", "reject", "notrack", "ct", "masq"];
        Assert.Subset(read.SelectMany(r => r.Expressions).OfType<NftUnknown>().Select(e => e.Name).ToHashSet(), unknown.ToHashSet());
        Assert.Contains(new NftCounter(3, 400), read[5].Expressions);
        Assert.False(read[0].DoesTheSameAs(read[1]));
    }

    [Fact]
    public void Nothing_is_listed_of_what_is_not_there()
    {
        Assert.Empty(_ours.Ruleset.Tables());
        Assert.Null(_ours.Ruleset.Find(s_table));
        Assert.Empty(_ours.Ruleset.Chains(s_table));
        Assert.Empty(_ours.Ruleset.Sets(s_table));
        Assert.Empty(_ours.Ruleset.Rules(s_table));
        Assert.Empty(_ours.Ruleset.Rules(s_table, "none"));
        Assert.Empty(_ours.Ruleset.Elements(s_masq4));
    }

    [Fact]
    public void Tables_of_one_name_in_two_families_are_kept_apart()
    {
        _nfts.Load("""
            add table ip test
            add set ip test s { type ipv4_addr; }
            add chain ip test c
            add rule ip test c accept
            add table inet test
            add chain inet test d
            add rule inet test d drop
            """);

        Assert.Equal([NftFamily.IPv4, NftFamily.Inet], _nfts.Ruleset.Tables().Select(t => t.Ref.Family));
        Assert.Equal("d", Assert.Single(_nfts.Ruleset.Chains(s_table)).Name);
        Assert.Equal([NftVerdict.Drop], Assert.Single(_nfts.Ruleset.Rules(s_table)).Expressions);
        Assert.Empty(_nfts.Ruleset.Sets(s_table));
        Assert.Equal("s", Assert.Single(_nfts.Ruleset.Sets(new NftTableRef(NftFamily.IPv4, "test"))).Name);
    }

    [Fact]
    public void Rules_and_chains_and_sets_and_tables_can_be_taken_away()
    {
        Write();
        var counted = _ours.Ruleset.Rules(s_table, "antispoof");

        _ours.Commit(t => t.DeleteRule(s_table, "antispoof", counted[0].Handle).FlushSet(s_pools6).FlushChain(s_table, "postrouting").DeleteSet(s_masq4));
        Assert.Equal(counted.Skip(1).Select(r => r.Handle), _ours.Ruleset.Rules(s_table).Select(r => r.Handle));
        Assert.Equal(["masq6", "pools4", "pools6"], _ours.Ruleset.Sets(s_table).Select(s => s.Name));
        Assert.Empty(_ours.Ruleset.Elements(s_pools6));

        _ours.Commit(t => t.FlushChain(s_table, "antispoof").DeleteChain(s_table, "other"));
        Assert.Equal(["postrouting", "antispoof"], _ours.Ruleset.Chains(s_table).Select(c => c.Name));

        _ours.Commit(t => t.DeleteTable(s_table));
        Assert.Equal("", _ours.List());
    }

    private void Write() => _ours.Commit(transaction =>
    {
        transaction.AddTable(new NftTable(s_table) { Comment = "version 1" }, exclusive: true)
            .AddSet(s_masq4).AddSet(s_masq6).AddSet(s_pools4).AddSet(s_pools6)
            .AddChain(s_postrouting).AddChain(s_antispoof).AddChain(new NftChain(s_table, "other"))
            .AddElements(s_pools4, [IPPrefix.Parse("10.0.0.0/8"), new NftElement(IPAddr.Parse("192.168.0.0"), IPAddr.Parse("192.168.0.9"))])
            .AddElements(s_pools6, [IPPrefix.Parse("fd00::/8")]);
        foreach (var rule in s_rules)
        {
            transaction.AddRule(rule);
        }
    });
}

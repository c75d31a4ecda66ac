using System.Text.RegularExpressions;
using CalicoNet.Netlink;
using CalicoNet.Testing;

namespace CalicoNet.Core.Tests;

public sealed class IPPoolRulesTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    public static TheoryData<string, string> Refused => new()
    {
        { "bad-pool-block-size-range", "the block size 19 is none: an IPv4 block is a /20 to /32" },
        { "bad-pool-block-too-large", "the pool '10.66.0.0/27' is smaller than one of its blocks, a /26" },
        { "bad-pool-ipip-and-vxlan", "a pool has one encapsulation: IPIP is 'Always' and VXLAN is 'Always'" },
        { "bad-pool-link-local", "the pool's addresses '169.254.0.0/16' overlap the link-local ones" },
        { "bad-pool-misaligned", "'10.66.0.1/16' has host bits: did you mean '10.66.0.0/16'?" },
        { "bad-pool-overlap", "the pool's addresses '10.65.1.0/24' overlap those of the pool 'pool-v4', '10.65.0.0/16'" },
        { "bad-pool-selector", "nodeSelector: 'zone ==' is not a selector" },
        { "bad-pool-v6-block-size", "the block size 64 is none: an IPv6 block is a /116 to /128" },
    };

    /// <summary>What calicoctl refused (golden/calico/calicoctl/bad-pool-*.txt): the value in its error is the value refused here, by name.</summary>
    [Theory]
    [MemberData(nameof(Refused))]
    public void What_calicoctl_refuses_is_refused_for_the_same_value(string file, string fault)
    {
        var value = ValueIn(file);
        var spec = new IPPoolSpec { Cidr = IPPrefix.Parse("10.66.0.0/16") };
        spec = file switch
        {
            "bad-pool-block-size-range" => spec with { BlockSize = int.Parse(value, System.Globalization.CultureInfo.InvariantCulture) },
            "bad-pool-v6-block-size" => spec with { Cidr = IPPrefix.Parse("fd00:66::/48"), BlockSize = int.Parse(value, System.Globalization.CultureInfo.InvariantCulture) },
            "bad-pool-ipip-and-vxlan" => spec with { IpipMode = IPPoolSpec.Always, VxlanMode = value },
            "bad-pool-selector" => spec with { NodeSelector = value },
            // calicoctl masks before it complains: the host bits are gone from its error.
            "bad-pool-misaligned" => spec with { Cidr = new IPPrefix(IPAddr.FromBits(IPFamily.IPv4, IPPrefix.Parse(value).Address.Bits() + 1), IPPrefix.Parse(value).Length) },
            _ => spec with { Cidr = IPPrefix.Parse(value) },
        };

        Assert.Contains(fault, Assert.Single(Faults(spec)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_prefix_is_refused_by_name()
    {
        var value = ValueIn("bad-pool-not-a-cidr");

        Assert.Contains($"'{value}'", Assert.Throws<FormatException>(() => IPPrefix.Parse(value)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_golden_pool_is_allowed()
    {
        var pools = GoldenPools();

        Assert.Equal(5, pools.Count);
        Assert.All(pools, pool => Assert.Empty(IPPoolRules.FaultsOf(pool, pools, [IPPrefix.Parse("10.65.174.128/26"), IPPrefix.Parse("10.99.0.8/30")])));
    }

    [Theory]
    [InlineData("127.0.0.0/8", 0, "loopback")]
    [InlineData("0.0.0.0/0", 0, "loopback")]
    [InlineData("::1/128", 128, "loopback")]
    [InlineData("fe80::/64", 0, "link-local")]
    [InlineData("169.254.7.0/24", 0, "link-local")]
    [InlineData("::ffff:10.66.0.0/112", 0, "IPv4-mapped")]
    [InlineData("10.66.0.0/16", 33, "the block size 33")]
    [InlineData("10.66.0.0/16", -1, null)]
    [InlineData("10.66.0.0/26", 0, null)]
    [InlineData("10.66.0.7/32", 32, null)]
    [InlineData("fd00:66::/122", 0, null)]
    [InlineData("fd00:66::/123", 0, "smaller than one of its blocks")]
    public void Addresses_and_block_sizes_have_their_ranges(string cidr, int blockSize, string? fault)
    {
        var faults = Faults(new IPPoolSpec { Cidr = IPPrefix.Parse(cidr), BlockSize = blockSize });

        if (fault is null)
            Assert.Empty(faults);
        else
            Assert.Contains(faults, text => text.Contains(fault, StringComparison.Ordinal) && (blockSize > 32 || text.Contains($"'{cidr}'", StringComparison.Ordinal)));
    }

    [Fact]
    public void Words_are_among_those_known()
    {
        var spec = new IPPoolSpec { Cidr = IPPrefix.Parse("10.66.0.0/16") };

        Assert.Contains("vxlanMode 'Sometimes'", Assert.Single(Faults(spec with { VxlanMode = "Sometimes" })), StringComparison.Ordinal);
        Assert.Contains("assignmentMode 'manual'", Assert.Single(Faults(spec with { AssignmentMode = "manual" })), StringComparison.Ordinal);
        Assert.Contains("allowedUses 'Pods'", Assert.Single(Faults(spec with { AllowedUses = ["Pods"] })), StringComparison.Ordinal);
        Assert.Contains("'Workload, LoadBalancer'", Assert.Single(Faults(spec with { AllowedUses = ["Workload", "LoadBalancer"] })), StringComparison.Ordinal);
        Assert.Contains("'CrossSubnet'", Assert.Single(Faults(spec with { Cidr = IPPrefix.Parse("fd00:66::/48"), IpipMode = "CrossSubnet" })), StringComparison.Ordinal);
        Assert.Empty(Faults(spec with { Cidr = IPPrefix.Parse("fd00:66::/48"), VxlanMode = "CrossSubnet" }));
        Assert.Contains("namespaceSelector: 'a in'", Assert.Single(Faults(spec with { NamespaceSelector = "a in" })), StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_of_another_size_inside_the_pool_is_in_the_way()
    {
        var pool = IPPool.Create("new", new IPPoolSpec { Cidr = IPPrefix.Parse("10.66.0.0/16"), BlockSize = 28 }, Now);

        Assert.Contains("'10.66.1.0/26'", Assert.Single(IPPoolRules.FaultsOf(pool, [], [IPPrefix.Parse("10.66.1.0/26"), IPPrefix.Parse("10.66.2.0/26")])), StringComparison.Ordinal);
        Assert.Empty(IPPoolRules.FaultsOf(pool, [], [IPPrefix.Parse("10.66.1.0/28"), IPPrefix.Parse("10.67.1.0/26")]));
    }

    [Fact]
    public void Addresses_and_block_size_never_change()
    {
        var pool = GoldenPools().Single(pool => pool.Name == "pool-v4");

        Assert.Empty(IPPoolRules.FaultsOfChange(pool, pool with { Spec = pool.Spec! with { Disabled = true, NatOutgoing = false, NodeSelector = "has(zone)" } }));
        Assert.Contains("'10.65.0.0/16' to '10.64.0.0/15'", Assert.Single(IPPoolRules.FaultsOfChange(pool, pool with { Spec = pool.Spec! with { Cidr = IPPrefix.Parse("10.64.0.0/15") } })), StringComparison.Ordinal);
        Assert.Contains("26 to 28", Assert.Single(IPPoolRules.FaultsOfChange(pool, pool with { Spec = pool.Spec! with { BlockSize = 28 } })), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pool_without_defaults_has_them_all_the_same()
    {
        var pool = new ResourceKey<IPPool>("old").Read("""{"metadata":{"name":"old"},"spec":{"cidr":"fd00:66::/48"}}""");

        Assert.Equal((122, "all()", "all()", true, true), (pool.BlockSize, pool.NodeSelector, pool.NamespaceSelector, pool.IsAutomatic, pool.IsAllocatable));
        Assert.Equal(["Workload", "Tunnel"], pool.AllowedUses);
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"p"},"spec":{"cidr":"10.66.0.0/16","disabled":true}}""")]
    [InlineData("""{"metadata":{"name":"p","deletionTimestamp":"2026-11-23T12:57:43Z"},"spec":{"cidr":"10.66.0.0/16"}}""")]
    [InlineData("""{"metadata":{"name":"p"},"spec":{"cidr":"10.66.0.0/16"},"status":{"conditions":[{"type":"Allocatable","status":"False","reason":"x"}]}}""")]
    public void A_pool_that_gives_no_address_says_so(string value)
    {
        var key = new ResourceKey<IPPool>("p");

        Assert.False(key.Read(value).IsAllocatable);
        Assert.Equal(value, key.Written(key.Read(value)));
    }

    private static IReadOnlyList<string> Faults(IPPoolSpec spec)
        => IPPoolRules.FaultsOf(new IPPool { Metadata = Metadata.Create("bad", Now), Spec = spec }, GoldenPools(), []);

    private static List<IPPool> GoldenPools()
        => [.. GoldenStore.Stage("01-pools").Select(entry => (Key: DatastoreKey.Parse(entry.Key) as ResourceKey<IPPool>, entry.Value)).Where(entry => entry.Key is not null).Select(entry => entry.Key!.Read(entry.Value))];

    private static string ValueIn(string file)
        => Regex.Match(File.ReadAllText(Requires.Golden("calico", "calicoctl", $"{file}.txt")), "= '([^']*)'").Groups[1].Value;
}

using System.Globalization;
using System.Text.RegularExpressions;
using CalicoNet.Netlink;
using CsCheck;

namespace CalicoNet.Core.Tests;

public sealed class DatastoreKeyTests
{
    // Groups that are zero more often than not: runs of them are what IPv6 text is about.
    private static readonly Gen<ulong> Sparse = Gen.Select(Gen.ULong, Gen.Int[0, 15]).Select((bits, keep)
        => Enumerable.Range(0, 4).Where(i => (keep & (1 << i)) != 0).Aggregate(0UL, (sum, i) => sum | (bits & (0xffffUL << (16 * i)))));

    private static readonly Gen<IPPrefix> Block = Gen.Select(Gen.Bool, Sparse, Sparse, Gen.Int[0, 128]).Select((v4, high, low, length) => v4
        ? new IPPrefix(IPAddr.FromBits(IPFamily.IPv4, (uint)low), length % 33).Network
        : new IPPrefix(IPAddr.FromBits(IPFamily.IPv6, new UInt128(high, low)), length).Network);

    private static readonly Gen<string> Part = Gen.Char["abcxyz019.-_:\r "].Array[1, 12].Select(letters => new string(letters));

    [Fact]
    public void Every_golden_key_has_its_parts_and_is_written_again()
    {
        var kinds = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (stage, text, _) in GoldenStore.All())
        {
            var key = DatastoreKey.Parse(text);

            Assert.Equal(text, key.Text);
            Assert.Equal(text, Rebuilt(key)?.Text);
            kinds.Add(key.GetType().Name + (key.GetType().IsGenericType ? key.GetType().GetGenericArguments()[0].Name : ""));
        }

        Assert.Equal(
            [
                "BlockAffinityKey", "BlockKey", "HandleKey", "IPAMConfigKey", "OtherResourceKey", "ResourceKey`1ClusterInformation", "ResourceKey`1IPPool",
                "ResourceKey`1IPReservation", "ResourceKey`1KubeControllersConfiguration", "ResourceKey`1Node", "ResourceKey`1Profile", "ResourceKey`1WorkloadEndpoint",
            ],
            kinds);
    }

    [Fact]
    public void Parts_of_the_golden_keys_are_what_they_say()
    {
        Assert.Equal(new BlockKey(IPPrefix.Parse("10.65.174.128/26")), DatastoreKey.Parse("/calico/ipam/v2/assignment/ipv4/block/10.65.174.128-26"));
        Assert.Equal(
            new BlockAffinityKey("rack-1.example.com", IPPrefix.Parse("fd00:65:0:6d15:74ba:80e:4835:8080/122")),
            DatastoreKey.Parse("/calico/ipam/v2/host/rack-1.example.com/ipv6/block/fd00:65:0:6d15:74ba:80e:4835:8080-122"));
        Assert.Equal(new HandleKey("net1.a-b--c"), DatastoreKey.Parse("/calico/ipam/v2/handle/net1.a-b--c"));
        Assert.Same(IPAMConfigKey.Instance, DatastoreKey.Parse("/calico/ipam/v2/config"));
        Assert.Equal(new ResourceKey<IPPool>("pool-v4"), DatastoreKey.Parse("/calico/resources/v3/projectcalico.org/ippools/pool-v4"));
        Assert.Equal(
            new ResourceKey<WorkloadEndpoint>("kube-system", "node--a-k8s-my--app--7c9--xyz-eth0"),
            DatastoreKey.Parse("/calico/resources/v3/projectcalico.org/workloadendpoints/kube-system/node--a-k8s-my--app--7c9--xyz-eth0"));
        Assert.Equal("tiers", Assert.IsType<OtherResourceKey>(DatastoreKey.Parse("/calico/resources/v3/projectcalico.org/tiers/default")).Plural);
        Assert.Equal("policy-ns", Assert.IsType<OtherResourceKey>(DatastoreKey.Parse("/calico/resources/v3/projectcalico.org/networkpolicies/policy-ns/x")).Namespace);
    }

    [Fact]
    public void Keys_of_any_parts_read_back() => Gen.Select(Block, Part, Part).Sample((block, a, b) =>
    {
        DatastoreKey[] keys =
        [
            new BlockKey(block), new BlockAffinityKey(a, block), new HandleKey(a), new ResourceKey<Node>(a), new ResourceKey<WorkloadEndpoint>(a, b),
            new ReleasedAddressKey(block.Address), new StickyAddressesKey(EndpointName.Create("ns-1_a", "w.eb-0")), CalicoNetConfigKey.Instance, IPAMConfigKey.Instance,
        ];
        foreach (var key in keys)
            Assert.Equal(key, DatastoreKey.Parse(key.Text));
    });

    [Fact]
    public void IPv6_keys_are_in_Gos_text() => Block.Where(block => block.Family == IPFamily.IPv6 && !IPPrefix.Parse("::ffff:0:0/96").Contains(block.Address)).Sample(block =>
    {
        var bytes = new byte[16];
        block.Address.CopyTo(bytes);
        var groups = string.Join(':', bytes.Chunk(2).Select(pair => ((pair[0] << 8) | pair[1]).ToString("x", CultureInfo.InvariantCulture)));
        var zeros = Regex.Matches(groups, @"\b0(:0)+\b").MaxBy(run => run.Length);
        var text = zeros is null ? groups : $"{groups[..zeros.Index].TrimEnd(':')}::{groups[(zeros.Index + zeros.Length)..].TrimStart(':')}";

        Assert.Equal($"/calico/ipam/v2/assignment/ipv6/block/{text}-{block.Length.ToString(CultureInfo.InvariantCulture)}", new BlockKey(block).Text);
    }, iter: 10_000);

    [Theory]
    [InlineData("::10.65.0.0/122", "::a41:0-122")]
    [InlineData("fe80::5efe:10.65.0.0/122", "fe80::5efe:a41:0-122")]
    [InlineData("fd00:65::/122", "fd00:65::-122")]
    [InlineData("FD00:65:0:0:0:0:0:0/48", "fd00:65::-48")]
    public void IPv6_blocks_have_the_key_that_Calico_gives_them(string cidr, string segment)
        => Assert.Equal($"/calico/ipam/v2/assignment/ipv6/block/{segment}", new BlockKey(IPPrefix.Parse(cidr)).Text);

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/calico/ipam/v2/virtual/load-balancer/ipv4/block/10.65.0.0-26")]
    [InlineData("/calico/ipam/v2/assignment/ipv6/block/10.65.0.0-26")]
    [InlineData("/calico/ipam/v2/assignment/ipv4/block/fd00::-122")]
    [InlineData("/calico/ipam/v2/assignment/ipv4/block/10.65.0.1-26")]
    [InlineData("/calico/ipam/v2/assignment/ipv4/block/10.65.0.0-026")]
    [InlineData("/calico/ipam/v2/assignment/ipv4/block/10.65.0.0-33")]
    [InlineData("/calico/ipam/v2/assignment/ipv4/block/10.65.0.0/26")]
    [InlineData("/calico/ipam/v2/assignment/ipv4/block/10.65.0.0")]
    [InlineData("/calico/ipam/v2/assignment/ipv4/block/-26")]
    [InlineData("/calico/ipam/v2/assignment/ipv4/block/")]
    [InlineData("/calico/ipam/v2/assignment/ipv6/block/FD00::-122")]
    [InlineData("/calico/ipam/v2/assignment/ipv6/block/fd00:0::-122")]
    [InlineData("/calico/ipam/v2/assignment/ipv6/block/::10.65.0.0-122")]
    [InlineData("/calico/ipam/v2/host//ipv4/block/10.65.0.0-26")]
    [InlineData("/calico/ipam/v2/handle/")]
    [InlineData("/calico/ipam/v2/handle/a/b")]
    [InlineData("/calico/ipam/v2/config/")]
    [InlineData("calico/ipam/v2/config")]
    [InlineData("/calico/resources/v3/projectcalico.org/ippools/")]
    [InlineData("/calico/resources/v3/projectcalico.org/ippools")]
    [InlineData("/calico/resources/v3/projectcalico.org/ippools/a/b/c")]
    [InlineData("/caliconet/v1/released/10.65.0.01")]
    [InlineData("/caliconet/v1/released/FD00::1")]
    [InlineData("/caliconet/v1/sticky/web")]
    [InlineData("/caliconet/v2/config")]
    [InlineData("/registry/pods/default/web")]
    public void What_is_not_ours_or_not_canonical_is_foreign(string text)
        => Assert.Equal(text, Assert.IsType<ForeignKey>(DatastoreKey.Parse(text)).Text);

    [Fact]
    public void A_kind_with_namespaces_has_one_and_another_none()
    {
        Assert.IsType<OtherResourceKey>(DatastoreKey.Parse("/calico/resources/v3/projectcalico.org/workloadendpoints/x"));
        Assert.IsType<OtherResourceKey>(DatastoreKey.Parse("/calico/resources/v3/projectcalico.org/ippools/default/x"));
        Assert.Contains("'default'", Assert.Throws<ArgumentException>(() => new ResourceKey<IPPool>("default", "x")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ResourceKey<WorkloadEndpoint>("x"));
    }

    [Fact]
    public void Parts_that_would_make_another_key_are_refused()
    {
        Assert.Contains("'a/b'", Assert.Throws<ArgumentException>(() => new HandleKey("a/b")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new HandleKey(""));
        Assert.Throws<ArgumentException>(() => new BlockAffinityKey("a/b", IPPrefix.Parse("10.65.0.0/26")));
        Assert.Contains("'10.65.0.1/26'", Assert.Throws<ArgumentException>(() => new BlockKey(IPPrefix.Parse("10.65.0.1/26"))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ReleasedAddressKey(default));
    }

    [Fact]
    public void Prefixes_take_in_the_keys_that_they_are_of_and_no_others()
    {
        var block = IPPrefix.Parse("10.65.0.0/26");

        Assert.StartsWith(BlockKey.Prefix(IPFamily.IPv4), new BlockKey(block).Text, StringComparison.Ordinal);
        Assert.StartsWith(BlockAffinityKey.Prefix("n", IPFamily.IPv4), new BlockAffinityKey("n", block).Text, StringComparison.Ordinal);
        Assert.False(new BlockAffinityKey("n2", block).Text.StartsWith(BlockAffinityKey.Prefix("n", IPFamily.IPv4), StringComparison.Ordinal));
        Assert.StartsWith(BlockAffinityKey.AllPrefix, new BlockAffinityKey("n", block).Text, StringComparison.Ordinal);
        Assert.StartsWith(HandleKey.Prefix, new HandleKey("h").Text, StringComparison.Ordinal);
        Assert.StartsWith(IPPool.Kind.KeyPrefix, new ResourceKey<IPPool>("p").Text, StringComparison.Ordinal);
        Assert.StartsWith(WorkloadEndpoint.Kind.KeyPrefixIn("ns"), new ResourceKey<WorkloadEndpoint>("ns", "w").Text, StringComparison.Ordinal);
        Assert.False(new ResourceKey<WorkloadEndpoint>("ns2", "w").Text.StartsWith(WorkloadEndpoint.Kind.KeyPrefixIn("ns"), StringComparison.Ordinal));
    }

    /// <summary>The same key, made anew from its parts.</summary>
    private static DatastoreKey? Rebuilt(DatastoreKey key) => key switch
    {
        BlockKey it => new BlockKey(it.Cidr),
        BlockAffinityKey it => new BlockAffinityKey(it.Node, it.Cidr),
        HandleKey it => new HandleKey(it.Handle),
        IPAMConfigKey => IPAMConfigKey.Instance,
        ResourceKey<ClusterInformation> it => new ResourceKey<ClusterInformation>(it.Name),
        ResourceKey<IPPool> it => new ResourceKey<IPPool>(it.Name),
        ResourceKey<IPReservation> it => new ResourceKey<IPReservation>(it.Name),
        ResourceKey<KubeControllersConfiguration> it => new ResourceKey<KubeControllersConfiguration>(it.Name),
        ResourceKey<Node> it => new ResourceKey<Node>(it.Name),
        ResourceKey<Profile> it => new ResourceKey<Profile>(it.Name),
        ResourceKey<WorkloadEndpoint> it => new ResourceKey<WorkloadEndpoint>(it.Namespace, it.Name),
        OtherResourceKey it => new OtherResourceKey(it.Plural, it.Namespace, it.Name),
        _ => null,
    };
}

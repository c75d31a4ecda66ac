using System.Text.Json;
using System.Text.RegularExpressions;
using CalicoNet.Netlink;

namespace CalicoNet.Core.Tests;

/// <summary>What we create against what Calico created: with its random and temporal values put in, the same bytes. Every wanted difference is here.</summary>
public sealed class DocumentCreateTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Fact]
    public void A_pool() => Same(IPPool.Create("pool-v4", new IPPoolSpec { Cidr = IPPrefix.Parse("10.65.0.0/16"), NatOutgoing = true }, Now));

    [Fact]
    public void A_pool_of_IPv6() => Same(IPPool.Create("pool-v6", new IPPoolSpec { Cidr = IPPrefix.Parse("fd00:65::/48"), NatOutgoing = true }, Now));

    [Fact]
    public void A_pool_of_small_blocks()
        => Same(IPPool.Create("small", new IPPoolSpec { Cidr = IPPrefix.Parse("10.99.0.0/28"), BlockSize = 30, NodeSelector = "!all()" }, Now));

    [Fact]
    public void A_pool_that_is_switched_off()
        => Same(IPPool.Create("switched-off", new IPPoolSpec { Cidr = IPPrefix.Parse("10.98.0.0/24"), BlockSize = 28, Disabled = true, IpipMode = IPPoolSpec.CrossSubnet }, Now));

    [Fact]
    public void A_pool_for_tunnels()
        => Same(IPPool.Create("tunnels", new IPPoolSpec { Cidr = IPPrefix.Parse("10.97.0.0/24"), VxlanMode = IPPoolSpec.Always, AllowedUses = [IPPoolUse.Tunnel] }, Now));

    [Fact]
    public void A_profile() => Same(Profile.Create("net1", Now));

    [Fact]
    public void A_reservation()
        => Same(IPReservation.Create("keep-out", [IPPrefix.Parse("10.99.0.0/30"), IPPrefix.Parse("10.99.0.5"), IPPrefix.Parse("10.65.7.0/28")], Now));

    [Fact]
    public void A_node() => Same(Node.Create("rack-1.example.com", Now));

    [Fact]
    public void A_cluster_of_which_no_version_is_said()
    {
        var theirs = ClusterInformation.Key.Read(Golden(ClusterInformation.Key.Text));
        var ours = ClusterInformation.Create(Now);

        Assert.Matches("\\A[0-9a-f]{32}\\z", ours.Spec!.ClusterGuid);
        Assert.Null(ours.Spec.CalicoVersion);
        Assert.Null(ours.Spec.ClusterType);
        Same(ours with { Spec = ours.Spec with { ClusterGuid = theirs.Spec!.ClusterGuid, CalicoVersion = theirs.Spec.CalicoVersion, ClusterType = theirs.Spec.ClusterType } });
    }

    [Fact]
    public void Controllers_that_are_none()
    {
        var ours = KubeControllersConfiguration.Key.Written(KubeControllersConfiguration.Create(Now));

        // Calico writes the defaults of two settings out; what they are is its own business.
        Assert.Equal(
            Masked(Golden(KubeControllersConfiguration.Key.Text)).Replace("\"healthChecks\":\"Enabled\",\"prometheusMetricsPort\":9094,", "", StringComparison.Ordinal),
            Masked(ours));
    }

    [Fact]
    public void An_affinity()
        => Assert.Equal(
            Golden("/calico/ipam/v2/host/node-a/ipv4/block/10.65.174.128-26"),
            new BlockAffinityKey("node-a", IPPrefix.Parse("10.65.174.128/26")).Written(BlockAffinity.Create()));

    [Fact]
    public void A_handle()
        => Assert.Equal(
            Golden("/calico/ipam/v2/handle/net1.dual1111"),
            new HandleKey("net1.dual1111").Written(IPAMHandle.Create().Add(IPPrefix.Parse("fd00:65:0:6d15:74ba:80e:4835:8080/122"), 1).Add(IPPrefix.Parse("10.65.174.128/26"), 1)));

    [Fact]
    public void The_configuration() => Assert.Equal(Golden("/calico/ipam/v2/config"), IPAMConfigKey.Instance.Written(IPAMConfig.Create()));

    [Fact]
    public void A_block_with_its_first_allocation()
    {
        var key = new BlockKey(IPPrefix.Parse("10.65.174.128/26"));
        var ours = IPAMBlock.Create(key.Cidr, "node-a", DateTimeOffset.Parse("2026-11-23T12:57:43.2433430Z", System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(1795438663243343000UL, ours.SequenceNumber);
        Assert.Equal(
            Golden(key.Text),
            key.Written(ours with
            {
                Allocations = ours.Allocations.SetItem(0, 0),
                Unallocated = ours.Unallocated.RemoveAt(0),
                Attributes =
                [
                    new AllocationAttribute
                    {
                        HandleId = "net1.aaaa1111bbbb2222",
                        Secondary = StringMap.Of((AllocationAttribute.TimestampKey, "2026-11-23 12:57:43.229229225 +0000 UTC"), (AllocationAttribute.NodeKey, "node-a")),
                    },
                ],
                SequenceNumber = ours.SequenceNumber + 48,
                SequenceNumberForAllocation = new Dictionary<int, ulong> { [0] = ours.SequenceNumber + 47 },
            }));
    }

    [Fact]
    public void Every_endpoint_of_a_container()
    {
        foreach (var (_, text, value) in GoldenStore.All())
        {
            if (DatastoreKey.Parse(text) is not ResourceKey<WorkloadEndpoint> key || key.Read(value) is not { Spec: { Pod: null } spec })
                continue;
            var ours = WorkloadEndpoint.Create(key.Namespace!, spec.Node!, spec.ContainerId!, spec.Endpoint!, Now);
            Same(
                ours with
                {
                    Spec = ours.Spec! with { IPNetworks = spec.IPNetworks, Profiles = ["net1"], InterfaceName = HostLinkName.OfContainer(spec.ContainerId!), Mac = spec.Mac },
                },
                key,
                value);
        }
    }

    [Fact]
    public void The_endpoint_of_a_pod()
    {
        var key = new ResourceKey<WorkloadEndpoint>("kube-system", "node--a-k8s-my--app--7c9--xyz-eth0");
        var theirs = key.Read(Golden(key.Text));
        var ours = WorkloadEndpoint.Create("kube-system", "node-a", "k8spod0002", "eth0", Now, pod: "my-app-7c9-xyz");

        Same(ours with
        {
            Metadata = ours.Metadata! with { GenerateName = "my-app-7c9-", Labels = ours.Labels.With("app", "web").With(WorkloadEndpoint.ServiceAccountLabel, "default") },
            Spec = ours.Spec! with
            {
                ServiceAccountName = "default",
                IPNetworks = [IPPrefix.Parse("10.65.174.138"), IPPrefix.Parse("fd00:65:0:6d15:74ba:80e:4835:8082/128")],
                Profiles = ["kns.kube-system", "ksa.kube-system.default"],
                InterfaceName = HostLinkName.OfPod("kube-system", "my-app-7c9-xyz"),
                Mac = theirs.Spec!.Mac,
                Ports = theirs.Spec.Ports,
            },
        });
    }

    [Fact]
    public void Identity_and_time_are_new_and_to_the_second()
    {
        var (a, b) = (Node.Create("n", Now), Node.Create("n", Now));

        Assert.NotEqual(a.Metadata!.Uid, b.Metadata!.Uid);
        Assert.Matches("\\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\z", a.Metadata.Uid);
        Assert.Matches("\"creationTimestamp\":\"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\"", new ResourceKey<Node>("n").Written(a));
    }

    private static void Same<T>(T ours)
        where T : Resource, IResource
    {
        var key = new ResourceKey<T>(ours.Metadata!.Namespace, ours.Name);
        Same(ours, key, Golden(key.Text));
    }

    private static void Same<T>(T ours, ResourceKey<T> key, string theirs)
        where T : Resource, IResource
    {
        using var document = JsonDocument.Parse(theirs);
        var metadata = document.RootElement.GetProperty("metadata");
        Assert.Equal(theirs, key.Written(ours with
        {
            Metadata = ours.Metadata! with { Uid = metadata.GetProperty("uid").GetString(), CreationTimestamp = metadata.GetProperty("creationTimestamp").GetDateTimeOffset() },
        }));
    }

    /// <summary>The first value that any stage holds at a key.</summary>
    private static string Golden(string key) => GoldenStore.All().First(entry => entry.Key == key).Value;

    private static string Masked(string document) => Regex.Replace(document, "\"(uid|creationTimestamp)\":\"[^\"]*\"", "\"$1\":\"\"");
}

using CsCheck;

namespace CalicoNet.Core.Tests;

public sealed class WorkloadEndpointNameTests
{
    private static readonly Gen<string> Node = Gen.Char["ab1-."].Array[1, 8].Select(letters => new string(letters)).Where(IsDnsName);
    private static readonly Gen<string> LongNode = Gen.Select(Gen.Int[1, 220], Node).Select((length, node) => new string('n', length) + "-" + node);
    private static readonly Gen<string> ContainerId = Gen.Char["abceh09-._AZ"].Array[1, 10].Select(letters => new string(letters)).Where(id => char.IsAsciiLetterOrDigit(id[0]));
    private static readonly Gen<string> Interface = Gen.Char["eth0.-_Aé@"].Array[1, 8].Select(letters => new string(letters));
    private static readonly Gen<string?> Pod = Gen.Frequency((3, Gen.Const((string?)null)), (1, Node.Select(name => (string?)name)));

    [Fact]
    public void Golden_names_are_made_of_their_records_and_tell_them()
    {
        foreach (var (stage, text, value) in GoldenStore.All())
        {
            if (DatastoreKey.Parse(text) is not ResourceKey<WorkloadEndpoint> key)
                continue;
            var record = key.Read(value);
            var spec = record.Spec!;

            var made = WorkloadEndpointName.Of(spec.Node!, spec.ContainerId!, spec.Endpoint!, spec.Pod);

            Assert.Equal(record.Name, made.ToString());
            Assert.True(WorkloadEndpointName.TryParse(record.Name, out var parsed));
            Assert.Equal(made, parsed);
            Assert.Equal(
                (spec.Node, spec.Orchestrator, spec.Pod is null ? spec.ContainerId : null, spec.Endpoint),
                (parsed.Node, parsed.Orchestrator, parsed.ContainerId, parsed.Interface));
        }
    }

    [Fact]
    public void Golden_host_links_are_named_by_the_same_rule()
    {
        var seen = 0;
        foreach (var (_, text, value) in GoldenStore.All())
        {
            if (DatastoreKey.Parse(text) is not ResourceKey<WorkloadEndpoint> key)
                continue;
            var spec = key.Read(value).Spec!;
            Assert.Equal(spec.InterfaceName, spec.Pod is null ? HostLinkName.OfContainer(spec.ContainerId!) : HostLinkName.OfPod(key.Namespace!, spec.Pod));
            seen++;
        }

        Assert.NotEqual(0, seen);
        Assert.Equal(EndpointName.Create("default", "web-1").HostLinkName, HostLinkName.OfPod("default", "web-1"));
    }

    [Fact]
    public void A_name_tells_what_it_was_made_of() => Gen.Select(Gen.OneOf(Node, LongNode), ContainerId, Interface, Pod).Sample((node, id, device, pod) =>
    {
        if (Try(node, id, device, pod) is not { } name)
            return;
        var text = name.ToString();

        Assert.True(WorkloadEndpointName.TryParse(text, out var parsed));
        Assert.Equal(name, parsed);
        Assert.Equal((node, device), (parsed.Node, parsed.Interface));
        Assert.Equal(parsed.Orchestrator is WorkloadEndpointName.Kubernetes || parsed.Workload[0] == 'h' && parsed.Orchestrator == WorkloadEndpointName.CalicoNet ? null : id, parsed.ContainerId);
        Assert.InRange(text.Length, 1, WorkloadEndpointName.MaxLength);
        Assert.True(IsDnsName(text), text);
    }, iter: 5_000);

    [Fact]
    public void Different_endpoints_have_different_names()
        => Gen.Select(Node, ContainerId, Interface, Pod).Array[2, 40].Sample(endpoints =>
        {
            // A pod is one sandbox at a time: the container's id is not in its name, where it can be named.
            var distinct = endpoints.DistinctBy(it => WorkloadEndpointName.Of(it.Item1, it.Item2, it.Item3, it.Item4).Orchestrator == WorkloadEndpointName.Kubernetes
                ? (it.Item1, "", it.Item3, it.Item4)
                : (it.Item1, it.Item2, it.Item3, null));

            Assert.Equal(distinct.Count(), endpoints.Select(it => WorkloadEndpointName.Of(it.Item1, it.Item2, it.Item3, it.Item4).ToString()).Distinct().Count());
        });

    [Theory]
    [InlineData("node-a", "with_underscore", "eth0", "node--a-caliconet-cwith--5funderscore-eeth0")]
    [InlineData("node-a", "with.dot", "eth0", "node--a-caliconet-cwith--2edot-eeth0")]
    [InlineData("node-a", "dash-end-", "eth0", "node--a-caliconet-cdash--2dend--2d-eeth0")]
    [InlineData("node-a", "UPPER", "eth0", "node--a-caliconet-c--55--50--50--45--52-eeth0")]
    [InlineData("node-a", "plain", "net_1", "node--a-caliconet-cplain-enet--5f1")]
    [InlineData("node-a", "plain", "eth0.5", "node--a-cni-plain-eth0.5")]
    [InlineData("node-a", "a-b--c", "eth-0", "node--a-cni-a--b----c-eth--0")]
    public void Names_are_Calicos_where_it_has_one_and_encoded_where_not(string node, string id, string device, string name)
        => Assert.Equal(name, WorkloadEndpointName.Of(node, id, device).ToString());

    [Fact]
    public void A_name_that_would_be_too_long_holds_a_hash()
    {
        var id = new string('_', 100);
        var name = WorkloadEndpointName.Of("node-a", id, "eth0");

        Assert.Equal("node--a-caliconet-h" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(id))) + "-eeth0", name.ToString());
        Assert.Null(name.ContainerId);
        // 253 bytes exactly are not too many.
        Assert.Equal(WorkloadEndpointName.Cni, WorkloadEndpointName.Of("n", new string('f', 253 - "n-cni--eth0".Length), "eth0").Orchestrator);
        Assert.Equal(WorkloadEndpointName.CalicoNet, WorkloadEndpointName.Of("n", new string('f', 254 - "n-cni--eth0".Length), "eth0").Orchestrator);
        var refused = Assert.Throws<ArgumentException>(() => WorkloadEndpointName.Of(new string('n', 200), id, "eth0"));
        Assert.Contains(new string('n', 200), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_holds_in_annotations_what_Calico_has_no_field_for()
    {
        var now = new DateTimeOffset(2026, 11, 23, 12, 57, 43, 999, TimeSpan.Zero);
        var odd = WorkloadEndpoint.Create("default", "node-a", "With_Underscore", "eth0", now);

        Assert.Equal("""{"caliconet.io/container-id":"With_Underscore","caliconet.io/interface":"eth0"}""", System.Text.Json.JsonSerializer.Serialize(odd.Annotations.ToDictionary()));
        Assert.Equal((null, "caliconet", "eeth0"), (odd.Spec!.ContainerId, odd.Spec.Orchestrator, odd.Spec.Endpoint));
        Assert.Equal(("With_Underscore", "eth0"), (odd.ContainerId, odd.ContainerInterface));
        Assert.Equal(odd.Key.Written(odd), odd.Key.Written(odd.Key.Read(odd.Key.Written(odd))));

        var plain = WorkloadEndpoint.Create("default", "node-a", "abc", "eth0", now);
        Assert.Equal((0, "abc", "eth0"), (plain.Annotations.Count, plain.ContainerId, plain.ContainerInterface));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a-cni-b")]
    [InlineData("a-cni-b-c-d")]
    [InlineData("a-cni--b-c")]
    [InlineData("-cni-b-c")]
    [InlineData("a-cni-b-c-")]
    [InlineData("a-cni-b---c")]
    [InlineData("a-caliconet-b-eeth0")]
    [InlineData("a-caliconet-c-eeth0")]
    [InlineData("a-caliconet-cb-eth0--6")]
    [InlineData("a-caliconet-c--61-eeth0")]
    [InlineData("a-caliconet-c--5F-eeth0")]
    [InlineData("a-caliconet-h12-eeth0")]
    public void What_is_no_name_is_refused(string text) => Assert.False(WorkloadEndpointName.TryParse(text, out _));

    [Theory]
    [InlineData("Node-A")]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a..b")]
    [InlineData("a_b")]
    [InlineData("a/b")]
    public void What_is_no_node_is_refused_by_name(string node)
    {
        Assert.Contains($"'{node}'", Assert.Throws<ArgumentException>(() => WorkloadEndpointName.Of(node, "a", "eth0")).Message, StringComparison.Ordinal);
        Assert.Contains($"'{node}'", Assert.Throws<ArgumentException>(() => Core.Node.Create(node, DateTimeOffset.UnixEpoch)).Message, StringComparison.Ordinal);
    }

    private static WorkloadEndpointName? Try(string node, string id, string device, string? pod)
    {
        try
        {
            return WorkloadEndpointName.Of(node, id, device, pod);
        }
        catch (ArgumentException) when (node.Length > 100)
        {
            return null;
        }
    }

    /// <summary>RFC 1123, in lower case, as Kubernetes checks the names of objects.</summary>
    private static bool IsDnsName(string text)
        => text.Length <= 253 && System.Text.RegularExpressions.Regex.IsMatch(text, @"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z");
}

using System.Text.Json;
using System.Text.Json.Nodes;
using CalicoNet.Core.Tests.Ipam;
using CalicoNet.Netlink;
using CalicoNet.Testing;

namespace CalicoNet.Core.Tests.Endpoints;

public sealed class RecordedEndpointTests
{
    private const string Pool = "four 10.65.0.0/24 26 \"natOutgoing\":true", Six = "six fd00:65::/120 122";

    [Fact]
    public void Kernel_record_and_block_say_the_same_as_Calicos_do()
    {
        using var lab = new RecordLab(Pool);
        using var endpoints = lab.Open();
        var golden = GoldenStore.Stage("02-add-v4").ToDictionary(entry => entry.Key, entry => entry.Value);
        var name = EndpointName.Create("default", "aaaa1111bbbb2222");
        var wanted = lab.Kernel.Endpoint("web");

        var made = endpoints.Create(new EndpointRequest(wanted with { Name = name, Host = wanted.Host with { Name = name.HostLinkName } }) { NatFollowsPools = true });

        var address = Assert.Single(made.Endpoint.Addresses).ToString();
        Assert.Contains(Ip.In(lab.Kernel.Sandbox.HostName).Routes(4), route => route.Destination == address && route.Device == name.HostLinkName);
        var workload = Ip.In(wanted.Workload.Namespace.ToString());
        Assert.Contains(workload.Addresses(), found => found.Prefix == $"{address}/32");

        // The record: Calico's own fields in Calico's order; ours are annotations.
        const string recordKey = "/calico/resources/v3/projectcalico.org/workloadendpoints/default/node--a-cni-aaaa1111bbbb2222-eth0";
        var record = JsonNode.Parse(lab.Entries(recordKey)[0].Value.Span)!;
        Assert.Equal(name.HostLinkName, (string?)record["spec"]!["interfaceName"]);
        Assert.Equal(workload.Link("eth0")!.Mac, (string?)record["spec"]!["mac"]);
        Assert.Equal($"{address}/32", (string?)record["spec"]!["ipNetworks"]![0]);
        Assert.All(record["metadata"]!["annotations"]!.AsObject(), note => Assert.StartsWith("caliconet.io/", note.Key, StringComparison.Ordinal));
        record["metadata"]!.AsObject().Remove("annotations");
        Assert.Equal(Same(JsonNode.Parse(golden[recordKey].Replace("net1", "caliconet", StringComparison.Ordinal))!), Same(record));

        // The handle, and the allocation in the block.
        var theirHandle = JsonNode.Parse(golden["/calico/ipam/v2/handle/net1.aaaa1111bbbb2222"])!;
        var ourHandle = JsonNode.Parse(lab.Entries("/calico/ipam/v2/handle/caliconet.default.aaaa1111bbbb2222")[0].Value.Span)!;
        Assert.Equal(theirHandle.AsObject().Select(field => field.Key), ourHandle.AsObject().Select(field => field.Key));
        Assert.Equal(1, (int)ourHandle["block"]![Assert.Single(lab.Entries(BlockKey.Prefix(IPFamily.IPv4))).Key.Split('/')[^1].Replace('-', '/')]!);
        var theirBlock = JsonNode.Parse(golden.First(entry => entry.Key.StartsWith(BlockKey.Prefix(IPFamily.IPv4), StringComparison.Ordinal)).Value)!;
        var ourBlock = JsonNode.Parse(lab.Entries(BlockKey.Prefix(IPFamily.IPv4))[0].Value.Span)!;
        Assert.Equal(theirBlock.AsObject().Select(field => field.Key), ourBlock.AsObject().Select(field => field.Key));
        Assert.Equal(theirBlock["attributes"]![0]!["secondary"]!.AsObject().Select(field => field.Key), ourBlock["attributes"]![0]!["secondary"]!.AsObject().Select(field => field.Key));
        Assert.Equal("caliconet.default.aaaa1111bbbb2222", lab.Used()[address]);

        // What an endpoint needs beside it.
        foreach (var key in (string[])["nodes/node-a", "profiles/caliconet", "clusterinformations/default"])
            Assert.Single(lab.Entries($"/calico/resources/v3/projectcalico.org/{key}"));

        Assert.Equal(new EndpointRemoval(name, Found: true, null), Assert.Single(endpoints.Remove([name])));
        lab.AssertNothingHeld();
        Assert.Null(Ip.In(lab.Kernel.Sandbox.HostName).Link(name.HostLinkName));

        static string Same(JsonNode record)
        {
            foreach (var field in (string[])["uid", "creationTimestamp"])
                record["metadata"]![field] = "";
            foreach (var field in (string[])["interfaceName", "mac", "ipNetworks"])
                record["spec"]![field] = "";
            return record.ToJsonString();
        }
    }

    [Fact]
    public void What_is_read_back_is_what_was_made()
    {
        using var lab = new RecordLab(Pool, Six);
        using var endpoints = lab.Open();
        var plain = lab.Request("plain");
        var odd = lab.Request("Odd_Name") with { NatFollowsPools = false };
        odd = odd with { Endpoint = odd.Endpoint with { Gateway = IPAddr.Parse("169.254.7.7"), StaticNeighbor = true, NatOutgoing = true, Mtu = 1380 } };

        List<EndpointState> made = [endpoints.Create(plain), endpoints.Create(odd)];

        Assert.Equal(made.Select(Text).Order(), endpoints.List().Select(Text).Order());
        Assert.All(made, state => Assert.Equal(Text(state), Text(endpoints.Find(state.Endpoint.Name)!)));
        // By the records alone, when the kernel knows nothing any more.
        endpoints.Kernel.Remove(made.Select(state => state.Endpoint.Name));
        Assert.Equal(
            made.Select(state => Text(state with { Status = EndpointStatus.Missing, HostIndex = 0, WorkloadIndex = 0, WorkloadCookie = 0 })).Order(),
            endpoints.List().Select(Text).Order());

        static string Text(EndpointState state) => $"{state with { Endpoint = state.Endpoint with { Addresses = [] }, Findings = [] }} {string.Join(',', state.Endpoint.Addresses)}";
    }

    [Fact]
    public void An_endpoint_gets_one_address_of_each_family_and_NAT_where_its_pool_wants_it()
    {
        using var lab = new RecordLab(Pool, Six);
        using var endpoints = lab.Open();

        var made = endpoints.Create(lab.Request("web")).Endpoint;

        Assert.Equal([IPFamily.IPv4, IPFamily.IPv6], made.Addresses.Select(address => address.Family));
        Assert.Equal((true, IPFamily.IPv4), (made.NatOutgoing, made.NatFamily));
        Assert.Equal([made.Addresses[0].ToString()], NatAddresses(lab));
        Assert.Equal(EndpointStatus.Ready, endpoints.Kernel.Find(made.Name)!.Status);   // by the kernel's label alone
        endpoints.Remove([made.Name]);
        Assert.Empty(NatAddresses(lab));
        lab.AssertNothingHeld();
    }

    [Fact]
    public void What_goes_to_an_address_of_any_pool_keeps_its_source()
    {
        using var lab = new RecordLab(Pool, Six, "far 198.51.100.128/25 26 \"disabled\":true");
        using (var endpoints = lab.Open())
        {
            Assert.Contains("nat_pools4 '{ 198.51.100.128/25 }'", string.Join('\n', endpoints.Preview(lab.Request("web")).Plan.Commands), StringComparison.Ordinal);
            var made = endpoints.Create(lab.Request("web")).Endpoint;
            using var seen = PacketCapture.Start(lab.Kernel.Sandbox.OutsideName, Sandbox.OutsideLink);
            using var sender = RawSender.Open(made.Workload.Namespace.ToString(), "eth0");
            var own = made.Addresses[0].ToString();

            string SourceOf(string to)
            {
                sender.Send(Frames.Echo(made.Mac.ToString(), Endpoint.HostMac.ToString(), own, to));
                return seen.WaitFor(frame => frame.IsEchoRequest && frame.Destination == to).Source!;
            }

            // A pool of another host, and just beside it.
            Assert.Equal([own, Sandbox.HostAddress], [SourceOf("198.51.100.128"), SourceOf("198.51.100.127")]);
            Assert.Equal(["10.65.0.0/24", "198.51.100.128/25"], NatElements(lab, "nat_pools4"));
        }

        // What came and went is taken in with the next endpoint; one that is not translated has no need of it.
        lab.Datastore.Transact([], [KeyOperation.Delete(new ResourceKey<IPPool>("far").Text)], []);
        using var next = lab.Open();
        next.Create(lab.Request("plain", "10.65.0.9") with { NatFollowsPools = false });
        Assert.Equal(2, NatElements(lab, "nat_pools4").Count);
        next.Create(lab.Request("db"));
        Assert.Equal(["10.65.0.0/24"], NatElements(lab, "nat_pools4"));
    }

    [Fact]
    public void An_address_in_no_pool_is_recorded_and_nobody_hands_it_out()
    {
        using var lab = new RecordLab(Pool);
        using var endpoints = lab.Open();

        var made = endpoints.Create(lab.Request("web", "10.77.0.1", "10.65.0.9")).Endpoint;

        Assert.Equal(["10.77.0.1", "10.65.0.9"], made.Addresses.Select(address => address.ToString()));
        Assert.Equal((true, null), (made.NatOutgoing, made.NatFamily));
        Assert.Equal(["10.65.0.9"], lab.Used().Keys);
        Assert.Equal(["10.77.0.1/32", "10.65.0.9/32"], Assert.Single(lab.Records()).Spec!.IPNetworks!.Select(network => network.ToString()));
        endpoints.Remove([made.Name]);
        lab.AssertNothingHeld();
    }

    [Theory]
    [InlineData("10.65.0.9", CalicoFault.AddressReserved)]
    [InlineData("10.66.0.1", CalicoFault.NotAllowed)]
    [InlineData("10.67.0.1", CalicoFault.NotAllowed)]
    [InlineData("10.65.0.8", CalicoFault.AddressInUse)]
    public void An_address_that_may_not_be_had_is_refused_and_nothing_is_left(string address, CalicoFault fault)
    {
        using var lab = new RecordLab(Pool, "off 10.66.0.0/24 26 \"disabled\":true", "tunnels 10.67.0.0/24 26");
        var tunnels = Assert.Single(lab.Entries("/calico/resources/v3/projectcalico.org/ippools/tunnels"));
        lab.Datastore.Transact([], [KeyOperation.Put(tunnels.Key, tunnels.Text.Replace("\"Workload\",", "", StringComparison.Ordinal))], []);
        var world = IpamWorld.With();
        world.Reserve("10.65.0.9/32");
        foreach (var entry in world.Store.Entries.Where(entry => entry.Key.Contains("ipreservations", StringComparison.Ordinal)))
            lab.Datastore.Transact([], [KeyOperation.Put(entry.Key, entry.Value)], []);
        using var endpoints = lab.Open();
        endpoints.Create(lab.Request("first", "10.65.0.8"));
        var (before, kernel) = (Content(lab), KernelState.Whole(lab.Kernel.Sandbox));

        Assert.Equal(fault, Assert.Throws<CalicoException>(() => endpoints.Create(lab.Request("web", address))).Fault);

        Assert.Equal(before, Content(lab));
        Assert.Equal(kernel, KernelState.Whole(lab.Kernel.Sandbox));
    }

    [Fact]
    public void Without_a_pool_an_endpoint_without_address_is_refused()
    {
        using var lab = new RecordLab();
        using var endpoints = lab.Open();
        var before = Content(lab);

        Assert.Equal(CalicoFault.NoPool, Assert.Throws<CalicoException>(() => endpoints.Create(lab.Request("web"))).Fault);

        Assert.Equal(before, Content(lab));
    }

    [Fact]
    public void A_sticky_endpoint_gets_its_addresses_again_while_nobody_has_them_until_they_are_forgotten()
    {
        using var lab = new RecordLab(Pool, Six);
        using var endpoints = lab.Open();
        var request = lab.Request("web") with { Sticky = true };
        var name = request.Endpoint.Name;
        string[] Made() => [.. endpoints.Create(request).Endpoint.Addresses.Select(address => address.ToString())];
        IEnumerable<string> Noted() => lab.Entries(StickyAddressesKey.Prefix).SelectMany(entry => new StickyAddressesKey(name).Read(entry.Value.Span).Addresses!).Select(address => address.ToString());

        var first = Made();
        Assert.Equal(2, first.Length);
        Assert.Equal(first, Noted());
        endpoints.Remove([name]);
        endpoints.Create(lab.Request("other"));
        Assert.Equal(first, Made());

        // Repaired it is what is recorded, and the note is as it was.
        endpoints.Kernel.Remove([name]);
        Assert.Null(Assert.Single(endpoints.Repair([name], force: false)).Error);
        Assert.Equal(first, endpoints.Find(name)!.Endpoint.Addresses.Select(address => address.ToString()));
        Assert.Equal(first, Noted());

        // One that is taken meanwhile is another's: the note follows, and the other family keeps its address.
        endpoints.Remove([name]);
        endpoints.Create(lab.Request("thief", first[0]));
        var second = Made();
        Assert.NotEqual(first[0], second[0]);
        Assert.Equal(first[1], second[1]);
        Assert.Equal(second, Noted());

        // A cool-down keeps the addresses from others, and not from the endpoint that had them.
        lab.Datastore.Transact([], [KeyOperation.Put(CalicoNetConfigKey.Instance.Text, CalicoNetConfigKey.Instance.Write(new CalicoNetConfig { CoolDownSeconds = 600 }))], []);
        endpoints.Remove([name]);
        Assert.Equal(second, Made());

        Assert.Equal(new EndpointRemoval(name, Found: true, null), Assert.Single(endpoints.Remove([name])));
        Assert.Equal(second, Noted());
        Assert.Equal(new EndpointRemoval(name, Found: true, null), Assert.Single(endpoints.Remove([name], forget: true)));
        Assert.Empty(Noted());
        Assert.Equal(new EndpointRemoval(name, Found: false, null), Assert.Single(endpoints.Remove([name], forget: true)));
        Assert.DoesNotContain(second[0], Made());
        Assert.Equal(new EndpointRemoval(name, Found: true, null), Assert.Single(endpoints.Remove([name], forget: true)));
        Assert.Empty(Noted());
    }

    [Fact]
    public void What_the_kernel_refuses_gives_address_and_record_back()
    {
        using var lab = new RecordLab("one 10.65.0.0/26 26");
        using var endpoints = lab.Open();
        endpoints.Remove([endpoints.Create(lab.Request("first")).Endpoint.Name]);
        var host = Ip.In(lab.Kernel.Sandbox.HostName);
        host.Run("link add theirs0 type veth peer name theirs1");
        host.Run("link set theirs0 up");
        host.RunBatch([.. Enumerable.Range(0, 64).Select(i => $"route add 10.65.0.{i}/32 dev theirs0")]);
        var kernel = KernelState.Whole(lab.Kernel.Sandbox);

        Assert.Equal(CalicoFault.Exists, Assert.Throws<CalicoException>(() => endpoints.Create(lab.Request("web") with { Sticky = true })).Fault);

        Assert.Empty(lab.Entries(StickyAddressesKey.Prefix));
        lab.AssertNothingHeld();
        Assert.Equal(kernel, KernelState.Whole(lab.Kernel.Sandbox));
    }

    [Fact]
    public void A_datastore_that_fails_at_any_transaction_leaves_nothing_half_made()
    {
        using var lab = new RecordLab(Pool);
        using var endpoints = lab.Open();
        endpoints.Remove([endpoints.Create(lab.Request("first")).Endpoint.Name]);
        var kernel = KernelState.Whole(lab.Kernel.Sandbox);
        for (var at = 1; ; at++)
        {
            lab.Datastore.Restart();
            var failing = at;
            lab.Datastore.Before = number =>
            {
                if (number >= failing)
                    throw new DatastoreException(DatastoreFault.Unavailable, "here", "It is away.");
            };
            var request = lab.Request("web");
            try
            {
                endpoints.Create(request);
            }
            catch (DatastoreException)
            {
                lab.Datastore.Restart();
                Assert.Equal(kernel, KernelState.Whole(lab.Kernel.Sandbox));
                lab.AssertNothingHeld();
                continue;
            }

            Assert.True(at > 2, "it was never asked");
            // And away while it is removed: nothing goes, and it says why.
            Assert.Equal(DatastoreFault.Unavailable, Assert.IsType<DatastoreException>(Assert.Single(endpoints.Remove([request.Endpoint.Name])).Error).Fault);
            lab.Datastore.Restart();
            Assert.Equal(EndpointStatus.Ready, endpoints.Find(request.Endpoint.Name)!.Status);

            // Away just before the record goes: the link is gone, the record says what is left, and the next removal takes it.
            lab.Datastore.Restart();
            lab.Datastore.Before = number =>
            {
                if (number > 1)
                    throw new DatastoreException(DatastoreFault.Unavailable, "here", "It is away.");
            };
            Assert.NotNull(Assert.Single(endpoints.Remove([request.Endpoint.Name])).Error);
            lab.Datastore.Restart();
            Assert.Equal(EndpointStatus.Missing, endpoints.Find(request.Endpoint.Name)!.Status);
            Assert.Equal(new EndpointRemoval(request.Endpoint.Name, Found: true, null), Assert.Single(endpoints.Remove([request.Endpoint.Name])));
            lab.AssertNothingHeld();
            Assert.Equal(kernel, KernelState.Whole(lab.Kernel.Sandbox));
            return;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.77.0.1")]
    public void A_reply_that_is_lost_after_the_commit_neither_fails_the_endpoint_nor_doubles_its_address(string address)
    {
        using var lab = new RecordLab(Pool);
        using var endpoints = lab.Open();
        var lost = 0;
        lab.Datastore.After = _ =>
        {
            if (lost == 0 && lab.Records().Count > 0)
            {
                lost++;
                throw new DatastoreException(DatastoreFault.OutcomeUnknown, "here", "No answer came.");
            }
        };
        // To look at the records is a transaction too.
        var inner = lab.Datastore.After;
        var looking = false;
        lab.Datastore.After = number =>
        {
            if (!looking)
            {
                looking = true;
                try
                {
                    inner(number);
                }
                finally
                {
                    looking = false;
                }
            }
        };

        var made = endpoints.Create(address.Length > 0 ? lab.Request("web", address) : lab.Request("web"));

        lab.Datastore.Restart();
        Assert.Equal(1, lost);
        Assert.Equal(address.Length > 0 ? [] : made.Endpoint.Addresses.Select(one => one.ToString()), lab.Used().Keys);
        Assert.Equal(made.Endpoint.Addresses, Assert.Single(lab.Records()).Addresses);
        endpoints.Remove([made.Endpoint.Name]);
        lab.AssertNothingHeld();
    }

    [Fact]
    public void When_the_record_cannot_be_taken_back_either_the_error_says_what_remains_and_a_removal_takes_it()
    {
        using var lab = new RecordLab(Pool);
        using var endpoints = lab.Open();
        var request = lab.Request("web", "10.65.0.5");
        Ip.In(lab.Kernel.Sandbox.HostName).Run("link add theirs0 type veth peer name theirs1");
        Ip.In(lab.Kernel.Sandbox.HostName).Run("link set theirs0 up");
        Ip.In(lab.Kernel.Sandbox.HostName).Run("route add 10.65.0.5/32 dev theirs0");
        endpoints.Remove([endpoints.Create(lab.Request("first")).Endpoint.Name]);
        lab.Datastore.Restart();
        var reserved = false;
        lab.Datastore.Before = _ =>
        {
            if (reserved)
                throw new DatastoreException(DatastoreFault.Unavailable, "here", "It is away.");
        };
        lab.Datastore.After = number => reserved = number >= 3;   // the look for a record, what an address needs, the block; the next one commits

        var failure = Assert.ThrowsAny<Exception>(() => endpoints.Create(request));

        lab.Datastore.Restart();
        if (lab.Records().Count > 0)
        {
            Assert.Contains("workloadendpoints", Assert.Single(Assert.IsType<CalicoException>(failure).Remains), StringComparison.Ordinal);
            Assert.Null(Assert.Single(endpoints.Remove([request.Endpoint.Name])).Error);
        }

        lab.AssertNothingHeld();
    }

    [Fact]
    public void What_a_crash_left_is_taken_over_by_the_next_creation()
    {
        using var lab = new RecordLab(Pool);
        using var endpoints = lab.Open();
        var request = lab.Request("web");
        endpoints.Create(request);
        endpoints.Kernel.Remove([request.Endpoint.Name]);   // a removal that ended before its record went, or a reboot
        Assert.Equal(EndpointStatus.Missing, Assert.Single(endpoints.List()).Status);

        // Through another interface: its record has another key.
        var again = endpoints.Create(request with { Endpoint = request.Endpoint with { Workload = request.Endpoint.Workload with { Name = "net1" } } });

        Assert.Equal(EndpointStatus.Ready, Assert.Single(endpoints.List()).Status);
        Assert.Equal("net1", Assert.Single(lab.Records()).Spec!.Endpoint);
        Assert.Equal(again.Endpoint.Addresses.Select(address => address.ToString()), lab.Used().Keys);
        Assert.Equal(CalicoFault.Exists, Assert.Throws<CalicoException>(() => endpoints.Create(request)).Fault);
        Assert.Equal(EndpointStatus.Ready, Assert.Single(endpoints.List()).Status);
    }

    [Fact]
    public void A_record_of_somebody_elses_is_in_the_way_and_stays()
    {
        using var lab = new RecordLab(Pool);
        using var endpoints = lab.Open();
        var request = lab.Request("web");
        var theirs = WorkloadEndpoint.Create("default", RecordLab.Node, request.Endpoint.Name.Name, "eth0", IpamWorld.Time);
        lab.Datastore.Transact([], [KeyOperation.Put(theirs.Key.Text, theirs.Key.Write(theirs))], []);

        var refused = Assert.Throws<CalicoException>(() => endpoints.Create(request));

        Assert.Equal(CalicoFault.Exists, refused.Fault);
        Assert.Contains("'cni'", refused.Message, StringComparison.Ordinal);
        Assert.Empty(endpoints.List());
        Assert.False(Assert.Single(endpoints.Remove([request.Endpoint.Name])).Found);
        Assert.Single(lab.Records());
    }

    [Fact]
    public void A_record_that_cannot_be_read_is_named_and_its_endpoint_stays_while_others_go()
    {
        using var lab = new RecordLab(Pool);
        using var endpoints = lab.Open();
        var (good, bad) = (endpoints.Create(lab.Request("good")).Endpoint, endpoints.Create(lab.Request("bad")).Endpoint);
        var key = lab.Records().Single(record => record.ContainerId == bad.Name.Name).Key;
        lab.Datastore.Transact([], [KeyOperation.Put(key.Text, "{")], []);

        var removed = endpoints.Remove([good.Name, bad.Name]).ToDictionary(removal => removal.Name);

        Assert.Null(removed[good.Name].Error);
        Assert.Equal(key, Assert.IsType<CorruptDocumentException>(removed[bad.Name].Error).Key);
        Assert.NotNull(Ip.In(lab.Kernel.Sandbox.HostName).Link(bad.Host.Name));
        Assert.Equal([bad.Name], endpoints.List().Select(state => state.Endpoint.Name));
    }

    [Fact]
    public void An_endpoint_of_the_kernel_alone_is_listed_and_removed()
    {
        using var lab = new RecordLab(Pool);
        using var endpoints = lab.Open();
        var made = endpoints.Kernel.Create(lab.Kernel.Endpoint("bare", "10.77.0.1"));

        var found = Assert.Single(endpoints.List());
        Assert.Equal((EndpointStatus.Ready, ""), (found.Status, found.Node));
        Assert.Equal(new EndpointRemoval(made.Endpoint.Name, Found: true, null), Assert.Single(endpoints.Remove([made.Endpoint.Name])));
        Assert.Empty(endpoints.List());
    }

    [Fact]
    public void A_preview_writes_nothing_and_tells_the_address_that_would_be_taken()
    {
        using var lab = new RecordLab(Pool, Six);
        using var endpoints = lab.Open();
        endpoints.Create(lab.Request("first"));
        var (before, kernel) = (Content(lab), KernelState.Whole(lab.Kernel.Sandbox));
        var request = lab.Request("web");

        var (planned, plan) = endpoints.Preview(request);

        Assert.Equal(before, Content(lab));
        Assert.Equal(kernel, KernelState.Whole(lab.Kernel.Sandbox));
        Assert.Contains(plan.Commands, line => line.Contains(planned.Addresses[0].ToString(), StringComparison.Ordinal));
        Assert.Equal(planned.Addresses, endpoints.Create(request).Endpoint.Addresses);
    }

    [Fact]
    public void To_look_makes_no_file()
    {
        using var lab = new RecordLab();
        using var folder = new TempDirectory();
        var address = new SqliteAddress(folder.File("caliconet.db"));
        using var endpoints = new RecordedEndpoints(lab.Kernel.Open(), address, () => throw new InvalidOperationException("it was opened"), RecordLab.Node);

        Assert.Empty(endpoints.List());
        Assert.Equal("10.77.0.1", Assert.Single(endpoints.Preview(lab.Request("web", "10.77.0.1")).Endpoint.Addresses).ToString());
        Assert.Equal(CalicoFault.NoPool, Assert.Throws<CalicoException>(() => endpoints.Preview(lab.Request("web"))).Fault);
        Assert.False(Assert.Single(endpoints.Remove([lab.Request("web").Endpoint.Name])).Found);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_thousand_records_are_listed_by_one_range()
    {
        using var lab = new RecordLab(Pool);
        using var endpoints = lab.Open();
        endpoints.Create(lab.Request("web"));
        var record = Assert.Single(lab.Records());
        foreach (var chunk in Enumerable.Range(1, 999).Chunk(100))
        {
            lab.Datastore.Transact([], [.. chunk.Select(i =>
            {
                var copy = WorkloadEndpoint.Create("default", RecordLab.Node, $"copy{i}", "eth0", IpamWorld.Time);
                copy = copy with { Metadata = copy.Metadata! with { Annotations = record.Annotations }, Spec = copy.Spec! with { IPNetworks = record.Spec!.IPNetworks, Mac = record.Spec.Mac } };
                return KeyOperation.Put(copy.Key.Text, copy.Key.Write(copy));
            })], []);
        }

        lab.Datastore.Restart();
        var all = endpoints.List();

        Assert.Equal(1, lab.Datastore.Count);
        Assert.Equal(1000, all.Count);
        Assert.Equal(1, all.Count(state => state.Status == EndpointStatus.Ready));
        Assert.Equal(999, all.Count(state => state.Status == EndpointStatus.Missing));
    }

    [Fact]
    public void Sixty_four_at_once_get_sixty_four_addresses()
    {
        using var lab = new RecordLab(Pool);
        using (var first = lab.Open())
            first.Remove([first.Create(lab.Request("first")).Endpoint.Name]);
        var requests = Enumerable.Range(0, 64).Select(i => lab.Request($"web{i}")).ToList();
        var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();

        var threads = requests.Chunk(8).Select(chunk => new Thread(() =>
        {
            try
            {
                using var store = lab.Address.Open();
                using var endpoints = new RecordedEndpoints(lab.Kernel.Open(), lab.Address, () => store, RecordLab.Node);
                foreach (var request in chunk)
                    endpoints.Create(request);
            }
            catch (Exception failure)
            {
                failures.Enqueue(failure);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Empty(failures);
        using var all = lab.Open();
        var made = all.List();
        Assert.Equal(64, made.Count);
        Assert.All(made, state => Assert.Equal(EndpointStatus.Ready, state.Status));
        Assert.Equal(
            made.Select(state => (Address: state.Endpoint.Addresses[0].ToString(), Handle: $"caliconet.default.{state.Endpoint.Name.Name}")).Order(),
            lab.Used().Select(pair => (Address: pair.Key, Handle: pair.Value)).Order());
        Assert.All(all.Remove(made.Select(state => state.Endpoint.Name)), removal => Assert.Null(removal.Error));
        lab.AssertNothingHeld();
    }

    private static string Content(RecordLab lab) => string.Join('\n', lab.Entries("/").Select(entry => $"{entry.Key} {entry.Text}"));

    private static List<string> NatAddresses(RecordLab lab) => NatElements(lab, "nat_addresses");

    /// <summary>What is in the sets whose names begin so.</summary>
    private static List<string> NatElements(RecordLab lab, string sets)
        => [.. from set in Nft.In(lab.Kernel.Sandbox.HostName).Objects("set")
               where set.GetProperty("name").GetString()!.StartsWith(sets, StringComparison.Ordinal) && set.TryGetProperty("elem", out _)
               from element in set.GetProperty("elem").EnumerateArray()
               select element.ValueKind == JsonValueKind.Object && element.GetProperty("prefix") is var prefix ? $"{prefix.GetProperty("addr")}/{prefix.GetProperty("len")}" : element.GetString()!];
}

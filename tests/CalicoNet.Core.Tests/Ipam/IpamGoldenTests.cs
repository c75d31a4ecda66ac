using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CalicoNet.Netlink;
using CalicoNet.Testing;

namespace CalicoNet.Core.Tests.Ipam;

/// <summary>
/// The recorded requests of Calico's IPAM plugin (v3.32.1) to the pool of four blocks of four, once more: the same addresses in the same
/// order, and after every stage the same blocks, claims and handles (calico/cni/small-*, reserved-*; calico/datastore/22 to 36).
/// </summary>
public sealed partial class IpamGoldenTests
{
    // Where Calico's nodes began to search is left to chance there, and given here.
    private static readonly Dictionary<string, UInt128> Starts = new() { ["node-a"] = 2, ["node-b"] = 1 };

    private readonly MemoryStore _store = new();
    private DateTimeOffset _now = new(2026, 11, 23, 12, 58, 27, TimeSpan.Zero);

    [Fact]
    public void The_recorded_requests_get_the_recorded_addresses_and_leave_the_recorded_documents()
    {
        foreach (var entry in Stage("22-ipam-only-released"))
            _store.Put(entry.Key, entry.Value);

        Assign("sma02", "sma03", "sma04");
        CheckAgainst("23-small-first-block-full");
        Assign("sma05");
        CheckAgainst("24-small-second-block");
        Assign("smb01");
        CheckAgainst("25-small-other-node");
        Release("sma03");
        CheckAgainst("26-small-released-one");
        Assign("sma06", "sma07", "sma08");
        CheckAgainst("27-small-reuse-order");
        Assign("sma09", "sma10", "sma11", "sma12");
        CheckAgainst("28-small-node-a-all-blocks");
        Assign("sma13", "sma14", "sma15", "sma16", "sma17", "sma18", "sma19");
        CheckAgainst("29-small-exhausted");
        Take("30-strict-affinity", "/calico/ipam/v2/config");
        Release("smb01");
        Assign("smastrict");
        CheckAgainst("31-strict-refused");
        Take("32-not-strict", "/calico/ipam/v2/config");
        Release([.. Stage("32-not-strict").Select(entry => HandleOfPool().Match(entry.Key)).Where(match => match.Success).Select(match => match.Groups[1].Value).Append("small001").Distinct()]);
        CheckAgainst("33-small-drained");
        Assert.DoesNotContain(_store.Entries, entry => entry.Key.Contains("10.99.0.", StringComparison.Ordinal));

        Take("34-reservation", "/calico/resources/v3/projectcalico.org/ipreservations/keep-out");
        Assign([.. Enumerable.Range(1, 13).Select(number => $"rsv{number:00}")]);
        CheckAgainst("35-reservation-respected");
        Release([.. Enumerable.Range(1, 11).Select(number => $"rsv{number:00}")]);
        CheckAgainst("36-leaked-address");
    }

    /// <summary>Calico hands it out (calico/datastore/35, block 10.65.7.0/26).</summary>
    [Fact]
    public void A_reserved_address_is_not_had_by_name_either()
    {
        foreach (var entry in Stage("34-reservation"))
            _store.Put(entry.Key, entry.Value);

        var refused = Assert.Throws<CalicoException>(() => Operation<IReadOnlyList<AssignedAddress>>.Run(
            _store, view => Allocator.Decide(view, new AddressRequest("node-a", "net1.rsvx", _now) { Addresses = [IPAddr.Parse("10.65.7.3")] })));

        Assert.Equal(CalicoFault.AddressReserved, refused.Fault);
    }

    private void Assign(params string[] containers)
    {
        foreach (var container in containers)
        {
            var recorded = Directory.EnumerateFiles(Requires.Golden("calico", "cni"), "*.json").Select(file => JsonNode.Parse(File.ReadAllText(file))!)
                .Single(run => run["environment"]!["CNI_CONTAINERID"]?.GetValue<string>() == container && run["environment"]!["CNI_COMMAND"]!.GetValue<string>() == "ADD");
            var node = recorded["config"]!["nodename"]!.GetValue<string>();
            _now += TimeSpan.FromMilliseconds(40);
            var request = new AddressRequest(node, $"net1.{container}", _now) { IPv4Count = 1, Pools = ["small"], Start = _ => Starts[node] };
            Func<IReadOnlyList<AssignedAddress>> run = () => Operation<IReadOnlyList<AssignedAddress>>.Run(_store, view => Allocator.Decide(view, request));
            if (recorded["exitCode"]!.GetValue<int>() == 0)
                Assert.Equal(recorded["stdout"]!["ips"]![0]!["address"]!.GetValue<string>().Split('/')[0], Assert.Single(run()).Address.ToString());
            else
                Assert.Equal(CalicoFault.NoFreeAddress, Assert.Throws<CalicoException>(run).Fault);
        }
    }

    private void Release(params string[] containers)
    {
        foreach (var container in containers)
            Assert.Single(Operation<ReleaseResult>.Run(_store, view => Releaser.Decide(view, [new ReleaseRequest { Handle = $"net1.{container}" }])).Addresses);
    }

    private void Take(string stage, string key) => _store.Put(key, Stage(stage).Single(entry => entry.Key == key).Value);

    private void CheckAgainst(string stage)
        => Assert.Equal(
            Stage(stage).Where(entry => IsOfPool(entry.Key)).Select(entry => $"{entry.Key} {Normal(entry.Value)}").Order(StringComparer.Ordinal),
            _store.Entries.Where(entry => IsOfPool(entry.Key)).Select(entry => $"{entry.Key} {Normal(entry.Text)}").Order(StringComparer.Ordinal));

    private static bool IsOfPool(string key) => key.Contains("/10.99.0.", StringComparison.Ordinal) || HandleOfPool().IsMatch(key) || key == "/calico/ipam/v2/config";

    /// <summary>Without the times; sequence numbers as their distance from the block's.</summary>
    private static string Normal(string value)
    {
        var document = JsonNode.Parse(value)!.AsObject();
        if (document["sequenceNumber"] is { } number)
        {
            if (document["affinity_claim_time"] is not null)
                document["affinity_claim_time"] = "T";
            foreach (var attribute in document["attributes"]!.AsArray())
                attribute!["secondary"]!["timestamp"] = "T";
            foreach (var (ordinal, entry) in document["sequenceNumberForAllocation"]!.AsObject().ToList())
                document["sequenceNumberForAllocation"]![ordinal] = number.GetValue<long>() - entry!.GetValue<long>();
            document["sequenceNumber"] = 0;
        }

        return document.ToJsonString();
    }

    private static List<(string Key, string Value)> Stage(string name)
    {
        using var stage = JsonDocument.Parse(File.ReadAllText(Requires.Golden("calico", "datastore", $"{name}.json")));
        return [.. stage.RootElement.GetProperty("entries").EnumerateArray().Select(entry => (entry.GetProperty("key").GetString()!, entry.GetProperty("value").GetString()!))];
    }

    [GeneratedRegex("/calico/ipam/v2/handle/net1\\.(sm[ab][0-9]{2}|rsv[0-9]{2})$")]
    private static partial Regex HandleOfPool();
}

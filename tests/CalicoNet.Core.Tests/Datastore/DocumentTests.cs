using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using CalicoNet.Netlink;
using CsCheck;

namespace CalicoNet.Core.Tests;

public sealed class DocumentTests
{
    private static readonly BlockKey Block = new(IPPrefix.Parse("10.99.0.8/30"));
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 57, 43, TimeSpan.Zero);

    /// <summary>Objects whose fields are data: an unknown one among them would not be unknown.</summary>
    private static readonly string[] Maps = ["labels", "annotations", "secondary", "alternateOwnerAttrs", "sequenceNumberForAllocation", "block", "labelsToApply"];

    [Fact]
    public void Unknown_fields_at_every_level_of_every_golden_document_survive()
    {
        const string Unknown = """{"a":[1,2.50,1e3,18446744073709551615,"<&>é😀\u2028",null,[],{}],"":false}""";
        foreach (var (stage, text, value) in GoldenStore.All())
        {
            var injected = JsonNode.Parse(value)!;
            Inject(injected);

            if (DocumentCases.Rewritten(DatastoreKey.Parse(text), Encoding.UTF8.GetBytes(injected.ToJsonString())) is { } again)
                Assert.True(JsonNode.DeepEquals(injected, JsonNode.Parse(again)), $"{stage}: {text}\n{injected.ToJsonString()}\n{again}");
        }

        static void Inject(JsonNode node)
        {
            if (node is JsonArray array)
            {
                foreach (var element in array.OfType<JsonNode>())
                    Inject(element);
            }
            else if (node is JsonObject fields)
            {
                foreach (var (name, field) in fields.Where(field => field.Value is not null && !Maps.Contains(field.Key)).ToArray())
                    Inject(field!);
                fields.Insert(0, "zz-unknown", JsonNode.Parse(Unknown));
            }
        }
    }

    [Fact]
    public void Numbers_are_kept_to_the_last_digit()
    {
        var block = Read(document => document["sequenceNumber"] = ulong.MaxValue);

        Assert.Equal(ulong.MaxValue, block.SequenceNumber);
        Assert.Contains("\"sequenceNumber\":18446744073709551615,", Block.Written(block), StringComparison.Ordinal);
        Assert.Contains("\"x\":0.10000000000000000000000000000001e+5", Block.Written(Block.Read(Small().ToJsonString().Insert(1, "\"x\":0.10000000000000000000000000000001e+5,"))), StringComparison.Ordinal);
    }

    /// <summary>encoding/json: what HTML has a meaning for, and what JavaScript takes for the end of a line, is escaped; the rest is not.</summary>
    [Fact]
    public void Strings_are_escaped_as_Go_escapes_them()
    {
        var attribute = new AllocationAttribute { HandleId = "<a>&\u2028\u2029\u007f\"\\\b\f\n\r\t\u0001é中😀+'`/", Secondary = StringMap.Of(("<k>", "😀")) };
        var block = Block.Read(Small().ToJsonString()) with { Attributes = [attribute] };

        var text = Block.Written(block);

        Assert.Contains(
            """
            {"handle_id":"\u003ca\u003e\u0026\u2028\u2029
            """ + "\u007f" + """
            \"\\\b\f\n\r\t\u0001é中😀+'`/","secondary":{"\u003ck\u003e":"😀"}}
            """,
            text,
            StringComparison.Ordinal);
        Assert.Equal(attribute, Block.Read(text).Attributes!.Value[0]);
    }

    [Fact]
    public void Any_text_is_read_back() => Gen.String.Where(text => !text.Any(char.IsSurrogate)).Select(Gen.Const("😀"), (text, end) => text + end).Sample(text =>
    {
        var handle = IPAMHandle.Create();
        var profile = Profile.Create("x", Now) with { Metadata = Metadata.Create("x", Now) with { Labels = StringMap.Of((text, text)) } };
        var key = new ResourceKey<Profile>("x");

        Assert.Equal(text, key.Read(key.Written(profile)).Labels[text]);
        Assert.Equal("""{"block":{},"deleted":false}""", new HandleKey("h").Written(handle));
    });

    [Fact]
    public void Null_absent_and_empty_stay_what_they_are()
    {
        var fresh = IPAMBlock.Create(Block.Cidr, "node-a", Now);

        Assert.Contains(""","attributes":null,""", Block.Written(fresh), StringComparison.Ordinal);
        Assert.Contains(""","attributes":[],""", Block.Written(fresh with { Attributes = ImmutableArray<AllocationAttribute>.Empty }), StringComparison.Ordinal);
        Assert.Contains("""
            "affinity":null,"allocations"
            """, Block.Written(fresh with { Affinity = null, AffinityClaimTime = null }), StringComparison.Ordinal);
        Assert.Contains(""","sequenceNumberForAllocation":{},""", Block.Written(fresh), StringComparison.Ordinal);
        Assert.DoesNotContain("hostAffinity", Block.Written(fresh), StringComparison.Ordinal);
        Assert.Null(Read(document => document["attributes"] = null, free: true).Attributes);
        Assert.Equal("{}", IPAMConfigKey.Instance.Written(IPAMConfigKey.Instance.Read("{}")));
    }

    [Fact]
    public void What_is_harmless_is_tolerated()
    {
        Assert.True(Read(document => document["attributes"] = null, free: true).IsEmpty);
        Assert.Equal(7UL, Read(document => document["sequenceNumberForAllocation"]!["3"] = 7).SequenceNumberForAllocation![3]);
        Assert.Equal("node-a", Read(document => document["hostAffinity"] = "node-a").HostAffinity);
        Assert.True(Read(document => document["deleted"] = true).Deleted);
        Assert.Null(Read(document => document["sequenceNumberForAllocation"] = null).SequenceNumberForAllocation);
        Assert.Null(Read(document => document["affinity"] = "virtual:load-balancer").Node);
        Assert.Equal("net1.abc\r", Read(document => document["attributes"]![0]!["handle_id"] = "net1.abc\r").Attributes!.Value[0].HandleId);
        Assert.Equal(["net1.abc\r"], new[] { DatastoreKey.Parse("/calico/ipam/v2/handle/net1.abc\r") }.OfType<HandleKey>().Select(key => key.Handle));
        Assert.Equal(9999, new HandleKey("h").Read("""{"block":{"10.65.0.0/26":9999},"deleted":true}""").CountOf(IPPrefix.Parse("10.65.0.0/26")));
        var affinity = new BlockAffinityKey("node-a", Block.Cidr);
        Assert.True(affinity.Read("").IsConfirmed);
        Assert.True(affinity.Read("""{"state":"","deleted":false}""").IsConfirmed);
        Assert.Equal("""{"state":"","deleted":false}""", affinity.Written(affinity.Read("")));
        Assert.False(affinity.Read("""{"state":"pendingDeletion","deleted":false}""").IsConfirmed);
    }

    public static TheoryData<string, string> Breaches => new()
    {
        { """{"cidr":"10.99.0.12/30"}""", "it is the block '10.99.0.12/30'" },
        { """{"cidr":"10.99.0.9/30"}""", "'10.99.0.9/30'" },
        { """{"cidr":"ten"}""", "'ten' is no prefix" },
        { """{"cidr":null}""", "at $.cidr" },
        { """{"unallocated":[1,2]}""", "ordinal 3 is neither allocated nor unallocated" },
        { """{"unallocated":[1,2,3,3]}""", "ordinal 3 is unallocated twice" },
        { """{"unallocated":[0,1,2,3]}""", "ordinal 0 is both allocated and unallocated" },
        { """{"unallocated":[1,2,3,4]}""", "ordinal 4 is unallocated, but outside the block" },
        { """{"unallocated":[1,2,3,-1]}""", "ordinal -1 is unallocated, but outside the block" },
        { """{"unallocated":null}""", "at $.unallocated: it is no list" },
        { """{"allocations":null}""", "at $.allocations: it is no list" },
        { """{"allocations":[0,null,null]}""", "a block of 4 addresses has 3 allocations" },
        { """{"allocations":[0,null,null,null,null]}""", "a block of 4 addresses has 5 allocations" },
        { """{"allocations":[1,null,null,null]}""", "ordinal 0 has attribute 1, and there are 1" },
        { """{"allocations":[-1,null,null,null]}""", "ordinal 0 has attribute -1" },
        { """{"attributes":null}""", "ordinal 0 has attribute 0, and there are 0" },
        { """{"attributes":[null]}""", "an attribute is null" },
        { """{"attributes":{}}""", "at $.attributes: it is no list" },
        { """{"attributes":[{"handle_id":"a"},{"handle_id":5}]}""", "at $.attributes[1].handle_id: the value is not of the right type" },
        { """{"attributes":[{"secondary":{"node":5}}]}""", "at $.attributes[0].secondary" },
        { """{"sequenceNumber":-1}""", "at $.sequenceNumber" },
        { """{"sequenceNumber":1.5}""", "at $.sequenceNumber" },
        { """{"sequenceNumber":18446744073709551616}""", "at $.sequenceNumber" },
        { """{"sequenceNumberForAllocation":{"x":1}}""", "'x' is no ordinal" },
        { """{"sequenceNumberForAllocation":{"01":1}}""", "'01' is no ordinal" },
        { """{"sequenceNumberForAllocation":{"4096":1}}""", "'4096' is no ordinal" },
        { """{"sequenceNumberForAllocation":{"1":"1"}}""", "ordinal 1 is no unsigned 64-bit number" },
        { """{"affinity_claim_time":"yesterday"}""", "'yesterday' is no time" },
    };

    [Theory]
    [MemberData(nameof(Breaches))]
    public void A_block_that_breaks_an_invariant_is_corrupt_by_name(string changes, string what)
    {
        var error = Assert.Throws<CorruptDocumentException>(() => Read(document =>
        {
            foreach (var (name, value) in JsonNode.Parse(changes)!.AsObject())
                document[name] = value?.DeepClone();
        }));

        Assert.Contains("'/calico/ipam/v2/assignment/ipv4/block/10.99.0.8-30'", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.Same(Block, error.Key);
    }

    [Theory]
    [InlineData("cidr", "it is the block ''")]
    [InlineData("allocations", "it has no allocations")]
    [InlineData("unallocated", "it has no unallocated")]
    [InlineData("attributes", "ordinal 0 has attribute 0, and there are 0")]
    public void A_block_without_a_field_is_corrupt_by_name(string field, string what)
        => Assert.Equal(
            $"The document at '{Block}' is corrupt: {what}.",
            Assert.Throws<CorruptDocumentException>(() => Read(document => document.Remove(field))).Message);

    [Fact]
    public void A_block_that_breaks_an_invariant_is_not_written()
    {
        var block = IPAMBlock.Create(Block.Cidr, "node-a", Now);

        Assert.Throws<CorruptDocumentException>(() => Block.Write(block with { Unallocated = [0, 1, 2, 2] }));
        Assert.Throws<CorruptDocumentException>(() => new BlockKey(IPPrefix.Parse("10.99.0.0/30")).Write(block));
        Assert.Throws<ArgumentException>(() => IPAMBlock.Create(IPPrefix.Parse("10.0.0.0/19"), "node-a", Now));
        Assert.Throws<ArgumentException>(() => IPAMBlock.Create(IPPrefix.Parse("10.0.0.1/26"), "node-a", Now));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("null", "it is null")]
    [InlineData("[]", "")]
    [InlineData("{", "")]
    [InlineData("""{"spec":{}}""", "its name is ''")]
    [InlineData("""{"metadata":{"name":"other"},"spec":{"cidr":"10.0.0.0/16"}}""", "its name is 'other'")]
    [InlineData("""{"kind":"Node","metadata":{"name":"p"},"spec":{"cidr":"10.0.0.0/16"}}""", "it is a 'Node'")]
    [InlineData("""{"apiVersion":"v4","metadata":{"name":"p"},"spec":{"cidr":"10.0.0.0/16"}}""", "its version is 'v4'")]
    [InlineData("""{"metadata":{"name":"p"}}""", "it has no spec")]
    [InlineData("""{"metadata":{"name":"p"},"spec":{}}""", "it has no cidr")]
    [InlineData("""{"metadata":{"name":"p"},"spec":{"cidr":"ten"}}""", "'ten' is no prefix")]
    [InlineData("""{"metadata":{"name":"p"},"spec":{"cidr":"10.0.0.1/16"}}""", "host bits")]
    [InlineData("""{"metadata":{"name":"p"},"spec":{"cidr":"10.0.0.0/16","blockSize":8}}""", "block size 8")]
    [InlineData("""{"metadata":{"name":"p","name":"p"},"spec":{"cidr":"10.0.0.0/16"}}""", "at $.metadata")]
    [InlineData("""{"metadata":{"name":"p","labels":{"a":1}},"spec":{"cidr":"10.0.0.0/16"}}""", "at $.metadata.labels")]
    [InlineData("""{"metadata":{"name":"p","labels":{"a":"1","a":"2"}},"spec":{"cidr":"10.0.0.0/16"}}""", "'a' is there twice")]
    [InlineData("""{"metadata":{"name":"p"},"spec":{"cidr":"10.0.0.0/16"},"x":"\ud800"}""", "half a surrogate pair")]
    [InlineData("""{"metadata":{"name":"p"},"spec":{"cidr":"10.0.0.0/16"},"x":[{"\udc00":1}]}""", "half a surrogate pair")]
    public void A_pool_that_cannot_be_read_is_corrupt_by_name(string value, string what)
    {
        var error = Assert.Throws<CorruptDocumentException>(() => new ResourceKey<IPPool>("p").Read(value));

        Assert.Contains("'/calico/resources/v3/projectcalico.org/ippools/p'", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/calico/ipam/v2/host/n/ipv4/block/10.0.0.0-26", """{"state":"gone"}""", "'gone'")]
    [InlineData("/calico/ipam/v2/handle/h", """{"block":{"ten":1}}""", "'ten'")]
    [InlineData("/calico/ipam/v2/handle/h", """{"block":{"10.0.0.0/26":1.5}}""", "10.0.0.0/26")]
    [InlineData("/calico/ipam/v2/config", """{"maxBlocksPerHost":-1}""", "-1")]
    [InlineData("/calico/resources/v3/projectcalico.org/ipreservations/r", """{"metadata":{"name":"r"},"spec":{"reservedCIDRs":["10.0.0.0/8","ten"]}}""", "'ten'")]
    [InlineData("/calico/resources/v3/projectcalico.org/workloadendpoints/a/w", """{"metadata":{"name":"w","namespace":"b"},"spec":{}}""", "'b'")]
    [InlineData("/calico/resources/v3/projectcalico.org/workloadendpoints/a/w", """{"metadata":{"name":"w","namespace":"a"},"spec":{"mac":"12"}}""", "'12'")]
    [InlineData("/caliconet/v1/released/10.0.0.1", "{}", "releasedAt")]
    [InlineData("/caliconet/v1/sticky/a.b", """{"addresses":["10.0.0.1",""]}""", "addresses")]
    [InlineData("/caliconet/v1/config", """{"coolDownSeconds":-1}""", "-1")]
    public void Other_documents_say_what_is_wrong_with_them(string key, string value, string what)
    {
        var error = Assert.Throws<CorruptDocumentException>(() => DocumentCases.Rewritten(DatastoreKey.Parse(key), Encoding.UTF8.GetBytes(value)));

        Assert.Contains($"'{key}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/caliconet/v1/released/10.0.0.1", """{"releasedAt":"2026-11-23T12:57:43.5Z"}""")]
    [InlineData("/caliconet/v1/sticky/a.b", """{"addresses":["10.0.0.1","fd00::1"]}""")]
    [InlineData("/caliconet/v1/config", """{"coolDownSeconds":60}""")]
    [InlineData("/calico/ipam/v2/config", """{"strict_affinity":true,"auto_allocate_blocks":true,"maxBlocksPerHost":2,"kubeVirtVMAddressPersistence":"Enabled","ipCooldownSeconds":5}""")]
    public void Documents_that_no_golden_stage_holds_are_written_again_the_same(string key, string value)
        => Assert.Equal(value, DocumentCases.Rewritten(DatastoreKey.Parse(key), Encoding.UTF8.GetBytes(value)));

    /// <summary>Whatever the bytes are: a document that is written and read again the same, or the one exception.</summary>
    [Fact]
    public void Any_bytes_are_a_document_or_corrupt()
    {
        var golden = GoldenStore.All().Where(entry => entry.Value.Length < 1200).DistinctBy(entry => DatastoreKey.Parse(entry.Key).GetType()).ToArray();
        Assert.True(golden.Length > 10);
        var snippets = new[] { "null", "[]", "{}", "\"\\ud800\"", "-1", "1e400", "\"\"", ",", ":", "{\"a\":", "\u00e9", "\"deleted\":", "true" }.Select(Encoding.UTF8.GetBytes).ToArray();
        var edit = Gen.Select(Gen.Int[0, 4], Gen.Int[0, 1200], Gen.Byte, Gen.Int[0, snippets.Length - 1]);
        int documents = 0, corrupt = 0;
        Gen.Select(Gen.Int[0, golden.Length - 1], edit.Array[0, 4], Gen.Byte.Array[0, 30]).Sample((which, edits, random) =>
        {
            var key = DatastoreKey.Parse(golden[which].Key);
            byte[] bytes = [.. Encoding.UTF8.GetBytes(golden[which].Value)];
            foreach (var (kind, at, b, snippet) in edits)
            {
                var i = at % (bytes.Length + 1);
                bytes = kind switch
                {
                    0 => [.. bytes[..i], b, .. bytes[i..]],
                    1 => [.. bytes[..i], .. bytes.Skip(i + 1)],
                    2 => [.. bytes[..i], .. snippets[snippet], .. bytes[i..]],
                    3 => [.. bytes[..i], .. bytes.Skip(i + (b % 20))],
                    _ => random,
                };
            }

            try
            {
                var written = DocumentCases.Rewritten(key, bytes);
                Assert.Equal(written, written is null ? null : DocumentCases.Rewritten(key, Encoding.UTF8.GetBytes(written)));
                Interlocked.Increment(ref documents);
            }
            catch (CorruptDocumentException error)
            {
                Assert.Contains(key.Text, error.Message, StringComparison.Ordinal);
                Interlocked.Increment(ref corrupt);
            }
        }, iter: 30_000);
        Assert.True(documents > 1000 && corrupt > 1000, $"{documents} documents, {corrupt} corrupt");
    }

    [Fact]
    public void The_largest_block_is_read_and_written()
    {
        var key = new BlockKey(IPPrefix.Parse("10.0.0.0/20"));
        var block = IPAMBlock.Create(key.Cidr, "node-a", Now);
        block = block with
        {
            Allocations = [.. Enumerable.Range(0, 4096).Select(i => (int?)i)],
            Unallocated = [],
            Attributes = [.. Enumerable.Range(0, 4096).Select(i => new AllocationAttribute { HandleId = $"net.{i}", Secondary = StringMap.Of(("node", "node-a")) })],
            SequenceNumberForAllocation = Enumerable.Range(0, 4096).ToDictionary(i => i, i => block.SequenceNumber + (ulong)i),
        };

        var again = key.Read(key.Write(block));

        Assert.Equal(block.Allocations, again.Allocations);
        Assert.Equal(block.Attributes!.Value, again.Attributes!.Value);
        Assert.Equal(block.SequenceNumberForAllocation.OrderBy(it => it.Key), again.SequenceNumberForAllocation!.OrderBy(it => it.Key));
        Assert.Equal(IPAddr.Parse("10.0.15.255"), again.AddressOf(4095));
        Assert.Equal(4095, again.OrdinalOf(IPAddr.Parse("10.0.15.255")));
        Assert.Null(again.OrdinalOf(IPAddr.Parse("10.0.16.0")));
        Assert.Null(again.OrdinalOf(IPAddr.Parse("fd00::1")));
    }

    [Fact]
    public void Counts_of_a_handle_never_fall_below_nothing()
    {
        var (a, b) = (IPPrefix.Parse("10.65.7.0/26"), IPPrefix.Parse("10.65.174.128/26"));
        var handle = IPAMHandle.Create().Add(a, 2).Add(b, 1);

        Assert.Equal("""{"block":{"10.65.174.128/26":1,"10.65.7.0/26":2},"deleted":false}""", new HandleKey("h").Written(handle));
        Assert.Equal(1, handle.Add(a, -1).CountOf(a));
        Assert.Equal(0, handle.Add(a, -5).CountOf(a));
        Assert.True(handle.Add(a, -5).Add(b, -1).IsEmpty);
        Assert.Equal(2, handle.CountOf(a));
    }

    [Fact]
    public void Times_of_allocations_are_Gos()
    {
        var times = 0;
        foreach (var (_, text, value) in GoldenStore.All())
        {
            if (DatastoreKey.Parse(text) is not BlockKey key)
                continue;
            foreach (var attribute in key.Read(value).Attributes ?? [])
            {
                var timestamp = attribute.Secondary!["timestamp"];
                Assert.True(GoTime.TryParse(timestamp, out var time));
                // .NET counts in 100 ns: what it can hold, it writes the same.
                Assert.StartsWith(GoTime.Format(time).Replace(" +0000 UTC", "", StringComparison.Ordinal), timestamp, StringComparison.Ordinal);
                Assert.True(GoTime.TryParse(GoTime.Format(time), out var again));
                Assert.Equal(time, again);
                times++;
            }
        }

        Assert.NotEqual(0, times);
        Assert.Equal("2026-11-23 12:57:43 +0000 UTC", GoTime.Format(Now));
        Assert.Equal("2026-11-23 12:57:43.5 +0000 UTC", GoTime.Format(Now.AddMilliseconds(500)));
        Assert.Equal("2026-11-23 12:57:43 +0000 UTC", GoTime.Format(Now.ToOffset(TimeSpan.FromHours(5))));
        foreach (var text in new[] { null, "", "2026-11-23 12:57:43", "2026-11-23 12:57:43 +0100 CET", "x +0000 UTC", "2026-11-23 12:57:43.123456789x +0000 UTC", "2026-11-23 12:57:43.1234567890 +0000 UTC" })
            Assert.False(GoTime.TryParse(text, out _));
    }

    private static JsonObject Small(bool free = false)
    {
        var fresh = IPAMBlock.Create(Block.Cidr, "node-a", Now);
        var used = fresh with
        {
            Allocations = [0, null, null, null],
            Unallocated = [1, 2, 3],
            Attributes = [new AllocationAttribute { HandleId = "net1.abc", Secondary = StringMap.Of(("node", "node-a")) }],
            SequenceNumberForAllocation = new Dictionary<int, ulong> { [0] = 5 },
        };
        return JsonNode.Parse(Block.Written(free ? fresh : used))!.AsObject();
    }

    private static IPAMBlock Read(Action<JsonObject> change, bool free = false)
    {
        var document = Small(free);
        change(document);
        return Block.Read(document.ToJsonString());
    }
}

using CalicoNet.Netlink.Nftables;
using CsCheck;

namespace CalicoNet.Netlink.Tests.Nftables;

/// <summary>Readers never throw: bytes that contradict themselves mark the message malformed, and the socket makes the exception.</summary>
public sealed class NftWireTests
{
    private static readonly NftTableRef s_table = NftSandbox.Table;
    private static readonly NftSet s_ranges = new(s_table, "set", NftSetKey.IPv4Address) { Flags = NftSetFlags.Interval, Comment = "ranges", Size = 7 };

    private static readonly NftRule s_rule = new(s_table, "chain",
    [
        .. NftMatch.Family(IPFamily.IPv4), .. NftMatch.SourceIn(s_ranges), .. NftMatch.InputGroup(1, 2), .. NftMatch.NoRouteBack(),
        .. NftMatch.ConnectionState(NftConnectionStates.New), new NftRange(NftData.NetworkOrder(1), NftData.NetworkOrder(2), Inverted: true),
        new NftCounter(1, 2), new NftMasquerade(NftNatFlags.FullyRandom), NftVerdict.Jump("other"),
    ])
    { Comment = "rule" };

    [Fact]
    public void What_is_written_reads_back()
    {
        Assert.Equal(s_rule.Expressions, Assert.Single(Read(Message())).Expressions);
        Assert.Equal(s_rule.Comment, Assert.Single(Read(Message())).Comment);
    }

    [Fact]
    public void Any_bytes_are_read_without_an_exception()
    {
        var intact = Message();
        Gen.Select(Gen.Int[0, intact.Length - 1], Gen.Byte).List[1, 8].Sample(
            changes =>
            {
                var bytes = intact.ToArray();
                foreach (var (offset, value) in changes)
                {
                    bytes[offset] = value;
                }

                Read(bytes);
            }, iter: 50_000);
        Gen.Byte.Array[0, 300].Sample(bytes => { Read(bytes); }, iter: 10_000);
    }

    private static byte[] Message()
    {
        using var batch = new NetlinkBatch();
        NftTableWire.Add(batch, new NftTable(s_table) { Comment = "table" }, default);
        NftChainWire.Add(batch, new NftChain(s_table, "chain") { Base = new NftBase(NftChainType.Nat, NftHook.Input, -5), Comment = "chain" }, default);
        NftSetWire.Add(batch, s_ranges, 1, default);
        NftRuleWire.Append(batch, s_rule);
        NftElementWire.Add(batch, s_ranges, [IPAddr.Parse("0.0.0.0"), IPPrefix.Parse("10.0.0.0/8"), IPPrefix.Parse("240.0.0.0/4")], default);
        return batch.Seal(1).ToArray();
    }

    private static List<NftRule> Read(byte[] datagram)
    {
        var rules = new List<NftRule>();
        var malformed = false;
        var messages = new MessageReader(datagram, ref malformed);
        while (messages.Next(out var message))
        {
            _ = NftTableWire.TryRead(message, out _);
            _ = NftChainWire.TryRead(message, out _);
            _ = NftSetWire.TryRead(message, out _);
            if (NftRuleWire.TryRead(message, out var rule))
            {
                rules.Add(rule);
            }

            if (NftElementWire.TryRead(message, out var halves))
            {
                _ = NftElementWire.TryJoin(s_ranges, halves);
            }
        }

        return rules;
    }
}

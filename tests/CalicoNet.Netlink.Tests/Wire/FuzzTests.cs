using CalicoNet.Netlink.Tests.Sockets;
using CsCheck;

namespace CalicoNet.Netlink.Tests.Wire;

/// <summary>Readers take any bytes: they never throw, never go round in circles, and take no more memory than the bytes are worth.</summary>
public sealed class FuzzTests
{
    private static readonly byte[] s_intact = Intact();

    [Fact]
    public void Random_bytes() => Gen.Byte.Array[0, 400].Sample(bytes => { Walk(bytes); }, iter: 50_000);

    [Fact]
    public void Damaged_messages() => Gen.Select(Gen.Int[0, s_intact.Length - 1], Gen.OneOf(Gen.Byte, Gen.Const((byte)0), Gen.Const((byte)255))).List[1, 10].Sample(
        changes =>
        {
            var bytes = s_intact.ToArray();
            foreach (var (offset, value) in changes)
                bytes[offset] = value;
            Walk(bytes);
        }, iter: 50_000);

    [Fact]
    public void Cut_messages()
    {
        for (var length = 0; length <= s_intact.Length; length++)
            Walk(s_intact[..length]);
    }

    [Fact]
    public void An_undamaged_datagram_is_read_to_its_end()
    {
        var (messages, rows, isMalformed) = Walk(s_intact);

        Assert.Equal((8, 6, false), (messages, rows, isMalformed));
    }

    [Fact]
    public void Offsets_of_any_kind_lead_to_some_attribute_or_to_none() => Gen.UInt.Sample(offset =>
    {
        using var batch = new NetlinkBatch();
        LinkWire.SetMtu(batch, 1, 1500);
        LinkWire.Configure(batch, 1, new LinkSettings { Alias = "x", IPv4 = [(IPv4Setting.ProxyArp, 1)] });
        batch.Seal(1);

        batch.AttributeAt(0, offset);
        batch.AttributeAt(1, offset % 200);
    });

    private static (int Messages, int Rows, bool IsMalformed) Walk(byte[] bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        int count = 0, rows = 0;
        var malformed = false;
        var messages = new MessageReader(bytes, ref malformed);
        while (messages.Next(out var message))
        {
            count++;
            rows += LinkWire.TryRead(message, out _) ? 1 : 0;
            rows += AddressWire.TryRead(message, out _) ? 1 : 0;
            rows += RouteWire.TryRead(message, out _) ? 1 : 0;
            rows += NeighborWire.TryRead(message, out _) ? 1 : 0;
            rows += NeighborWire.TryReadTable(message, out _) ? 1 : 0;
            if (message.Is(RouteMessageType.NewNamespaceId))
                NamespaceIdWire.Read(message);
            if (message.Is(RouteMessageType.NewRoute))
                RouteWire.IsCached(message);
            if (message.Is(ControlType.Error))
                NetlinkSocket.ReadError(message, null, 0);
        }

        Assert.InRange(count, 0, bytes.Length / MessageHeader.Size);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096 + (bytes.Length * 64));
        return (count, rows, malformed);
    }

    private static byte[] Intact()
    {
        using var own = NetworkStack.Open(NetNamespaceRef.Own);
        return
        [
            .. Datagram.Of(batch =>
            {
                LinkWire.AddVeth(batch, new VethSpec("cali0", "eth0") { Mtu = 1450, Group = 1, Address = LinkLayerAddress.ParseMac("ee:ee:ee:ee:ee:ee") }, own);
                AddressWire.Add(batch, new InterfaceAddress(2, IPPrefix.Parse("10.2.0.1/24")) { Peer = IPAddr.Parse("10.2.0.2"), Flags = AddressFlags.Permanent });
                RouteWire.Add(batch, new Route(IPPrefix.Parse("10.2.0.0/24"), 2) { Gateway = IPAddr.Parse("fe80::1"), Table = 1000, Metric = 1 });
                NeighborWire.Add(batch, new NeighborEntry(2, IPAddr.Parse("fe80::1"), LinkLayerAddress.ParseMac("ee:ee:ee:ee:ee:ee"), NeighborState.Stale));
            }),
            .. FakeKernel.Message(RouteMessageType.NewLink, 1, payload:
            [
                .. new byte[16],
                .. Datagram.Parse("3400 1a80  1800 0280 1400 0100 01000000 00000000 01000000 00000000  1800 0a80 0c00 0200 01000000 01000000 0500 0800 01 000000"),
            ]),
            .. FakeKernel.Message(RouteMessageType.NewNeighborTable, 1, payload: Datagram.Parse(
                "02000000  0e00 0100 6172705f636163686500 0000  0800 0200 80000000 0800 0300 00020000 0800 0400 00040000  2400 0500 48 01 1001 05000000" + new string('0', 48))),
            .. FakeKernel.Error(1, Errno.EINVAL, NetlinkFlags.None, null, FakeKernel.Text("no"), FakeKernel.Attribute(AckAttribute.Offset, [40, 0, 0, 0])),
            .. FakeKernel.Message(RouteMessageType.NewNamespaceId, 1, payload: Datagram.Parse("00000000 0800 0100 01000000")),
        ];
    }
}

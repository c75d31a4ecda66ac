using System.Buffers.Binary;
using System.Net;

namespace CalicoNet.Testing;

/// <summary>An Ethernet frame as it was seen, read as far as tests ask. Addresses are texts, as the oracles print them; what a frame lacks is null.</summary>
public sealed class Frame(byte[] bytes, bool isOutgoing)
{
    internal const ushort IPv4 = 0x0800;
    internal const ushort IPv6 = 0x86dd;
    internal const ushort Arp = 0x0806;
    internal const byte Icmp = 1;
    internal const byte Icmp6 = 58;

    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>It left through the link (else it came in).</summary>
    public bool IsOutgoing => isOutgoing;

    public string? DestinationMac => MacAt(0);

    public string? SourceMac => MacAt(6);

    public int? EtherType => NumberAt(12);

    public bool IsIPv4 => EtherType == IPv4;

    public bool IsIPv6 => EtherType == IPv6;

    public bool IsArp => EtherType == Arp;

    /// <summary>The IP source, or the protocol address an ARP sender claims.</summary>
    public string? Source => IsIPv4 ? AddressAt(26, 4) : IsIPv6 ? AddressAt(22, 16) : IsArp ? AddressAt(28, 4) : null;

    /// <summary>The IP destination, or the protocol address an ARP packet is about.</summary>
    public string? Destination => IsIPv4 ? AddressAt(30, 4) : IsIPv6 ? AddressAt(38, 16) : IsArp ? AddressAt(38, 4) : null;

    /// <summary>TTL or hop limit.</summary>
    public int? HopLimit => IsIPv4 ? ByteAt(22) : IsIPv6 ? ByteAt(21) : null;

    /// <summary>The IP protocol: 1 ICMP, 6 TCP, 17 UDP, 58 ICMPv6; of IPv6 the first next header.</summary>
    public int? Protocol => IsIPv4 ? ByteAt(23) : IsIPv6 ? ByteAt(20) : null;

    /// <summary>1 request, 2 reply.</summary>
    public int? ArpOperation => IsArp ? NumberAt(20) : null;

    public string? ArpSenderMac => IsArp ? MacAt(22) : null;

    public int? IcmpType => IcmpOffset is { } at ? ByteAt(at) : null;

    public bool IsEchoRequest => IcmpType == (IsIPv4 ? 8 : 128);

    public bool IsEchoReply => IcmpType == (IsIPv4 ? 0 : 129);

    public int? EchoIdentifier => IsEchoRequest || IsEchoReply ? NumberAt(IcmpOffset!.Value + 4) : null;

    public int? EchoSequence => IsEchoRequest || IsEchoReply ? NumberAt(IcmpOffset!.Value + 6) : null;

    private int? IcmpOffset => Protocol switch
    {
        Icmp when IsIPv4 => 14 + (bytes[14] & 0x0f) * 4,
        Icmp6 when IsIPv6 => 54,
        _ => null,
    };

    public override string ToString()
    {
        var what = EtherType switch
        {
            Arp => ArpOperation == 1 ? $"ARP who has {Destination} tell {Source}" : $"ARP {Source} is at {ArpSenderMac}",
            IPv4 or IPv6 => $"{Source} > {Destination} " + (IsEchoRequest || IsEchoReply
                ? $"echo {(IsEchoRequest ? "request" : "reply")} {EchoIdentifier}/{EchoSequence}"
                : IcmpType is { } type ? $"ICMP type {type}" : $"protocol {Protocol}"),
            var type => $"type 0x{type:x4}",
        };
        return $"{(isOutgoing ? "out" : "in ")} {SourceMac} > {DestinationMac} {what} ({bytes.Length} bytes)";
    }

    private int? ByteAt(int offset) => offset < bytes.Length ? bytes[offset] : null;

    private int? NumberAt(int offset) => offset + 2 <= bytes.Length ? BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(offset)) : null;

    private string? MacAt(int offset) =>
        offset + 6 <= bytes.Length ? string.Join(':', bytes.Skip(offset).Take(6).Select(octet => octet.ToString("x2", null))) : null;

    private string? AddressAt(int offset, int length) => offset + length <= bytes.Length ? new IPAddress(bytes.AsSpan(offset, length)).ToString() : null;
}

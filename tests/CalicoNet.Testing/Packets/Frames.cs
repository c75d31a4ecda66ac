using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;

namespace CalicoNet.Testing;

/// <summary>Builds frames, true or forged, with right lengths and checksums. Addresses are texts, as the oracles print them.</summary>
public static class Frames
{
    public const string Broadcast = "ff:ff:ff:ff:ff:ff";

    private const string NoMac = "00:00:00:00:00:00";

    /// <summary>ICMP or ICMPv6 echo request; the family is that of the addresses.</summary>
    public static byte[] Echo(
        string sourceMac, string destinationMac, string source, string destination, ushort identifier = 1, ushort sequence = 1,
        string payload = "caliconet", byte hopLimit = 64)
    {
        var from = IPAddress.Parse(source).GetAddressBytes();
        var to = IPAddress.Parse(destination).GetAddressBytes();
        if (from.Length != to.Length)
            throw new ArgumentException($"{source} and {destination} are of two families", nameof(destination));

        byte[] echo = [from.Length == 4 ? (byte)8 : (byte)128, 0, 0, 0, .. Two(identifier), .. Two(sequence), .. System.Text.Encoding.ASCII.GetBytes(payload)];
        if (from.Length == 4)
        {
            PutChecksum(echo, echo);
            return [.. Ethernet(destinationMac, sourceMac, Frame.IPv4), .. IPv4Header(from, to, echo.Length, hopLimit), .. echo];
        }
        return IcmpV6(sourceMac, destinationMac, from, to, hopLimit, echo);
    }

    /// <summary>A router's advertisement of itself as default router for half an hour (RFC 4861, 4.2), to all nodes.</summary>
    public static byte[] RouterAdvertisement(string sourceMac, string source) => IcmpV6(
        sourceMac, "33:33:00:00:00:01", IPAddress.Parse(source).GetAddressBytes(), IPAddress.Parse("ff02::1").GetAddressBytes(), hopLimit: 255,
        [134, 0, 0, 0, 64, 0, .. Two(1800), 0, 0, 0, 0, 0, 0, 0, 0]);

    private static byte[] IcmpV6(string sourceMac, string destinationMac, byte[] from, byte[] to, byte hopLimit, byte[] message)
    {
        // ICMPv6 counts a pseudo header in (RFC 8200, 8.1).
        PutChecksum(message, [.. from, .. to, 0, 0, .. Two((ushort)message.Length), 0, 0, 0, Frame.Icmp6, .. message]);
        byte[] header = [0x60, 0, 0, 0, .. Two((ushort)message.Length), Frame.Icmp6, hopLimit, .. from, .. to];
        return [.. Ethernet(destinationMac, sourceMac, Frame.IPv6), .. header, .. message];
    }

    /// <summary>Who has <paramref name="target"/>? Tell <paramref name="sender"/>.</summary>
    public static byte[] ArpRequest(string senderMac, string sender, string target, string destinationMac = Broadcast) =>
        Arp(1, senderMac, sender, NoMac, target, destinationMac);

    /// <summary><paramref name="sender"/> is at <paramref name="senderMac"/>; asked for or not.</summary>
    public static byte[] ArpReply(string senderMac, string sender, string targetMac, string target) =>
        Arp(2, senderMac, sender, targetMac, target, targetMac);

    private static byte[] Arp(ushort operation, string senderMac, string sender, string targetMac, string target, string destinationMac) =>
    [
        .. Ethernet(destinationMac, senderMac, Frame.Arp),
        .. Two(1), .. Two(Frame.IPv4), 6, 4, .. Two(operation), // Ethernet, IPv4, the lengths of their addresses
        .. Mac(senderMac), .. IPAddress.Parse(sender).GetAddressBytes(),
        .. Mac(targetMac), .. IPAddress.Parse(target).GetAddressBytes(),
    ];

    private static byte[] Ethernet(string destination, string source, ushort type) => [.. Mac(destination), .. Mac(source), .. Two(type)];

    private static byte[] IPv4Header(byte[] source, byte[] destination, int payload, byte hopLimit)
    {
        byte[] header = [0x45, 0, .. Two((ushort)(20 + payload)), 0, 0, 0x40, 0, hopLimit, Frame.Icmp, 0, 0, .. source, .. destination];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), Checksum(header));
        return header;
    }

    private static void PutChecksum(byte[] icmp, byte[] over) => BinaryPrimitives.WriteUInt16BigEndian(icmp.AsSpan(2), Checksum(over));

    /// <summary>The internet checksum (RFC 1071).</summary>
    private static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (; bytes.Length > 1; bytes = bytes[2..])
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (bytes.Length == 1)
            sum += (uint)bytes[0] << 8;
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }

    private static byte[] Mac(string text) => PhysicalAddress.Parse(text).GetAddressBytes();

    private static byte[] Two(ushort value) => [(byte)(value >> 8), (byte)value];
}

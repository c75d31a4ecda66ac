using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tmds.Linux;

namespace CalicoNet.Netlink;

/// <summary>Message types of ICMP (ICMP_*, linux/icmp.h).</summary>
internal enum IcmpType : byte
{
    EchoReply = 0,   // ICMP_ECHOREPLY
    Echo = 8,        // ICMP_ECHO
}

/// <summary>Message types of ICMPv6 (ICMPV6_*, linux/icmpv6.h).</summary>
internal enum IcmpV6Type : byte
{
    Echo = 128,        // ICMPV6_ECHO_REQUEST
    EchoReply = 129,   // ICMPV6_ECHO_REPLY
}

/// <summary>Where an entry of a socket's error queue comes from (SO_EE_ORIGIN_*, linux/errqueue.h).</summary>
internal enum ErrorOrigin : byte
{
    Local = 1,    // SO_EE_ORIGIN_LOCAL
    Icmp = 2,     // SO_EE_ORIGIN_ICMP
    IcmpV6 = 3,   // SO_EE_ORIGIN_ICMP6
}

/// <summary>struct icmphdr (linux/icmp.h) of an echo; ICMPv6 has the same. Big-endian.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EchoHeader
{
    public const int Size = 8;

    public byte Type;           // type
    public byte Code;           // code
    public ushort Checksum;     // checksum
    public ushort Identifier;   // un.echo.id
    public ushort Sequence;     // un.echo.sequence
}

/// <summary>struct sock_extended_err (linux/errqueue.h). Behind it is the address of who reported the error.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ExtendedError
{
    public Errno Error;          // ee_errno
    public ErrorOrigin Origin;   // ee_origin
    public byte Type;            // ee_type
    public byte Code;            // ee_code
    private byte _padding;       // ee_pad
    public uint Info;            // ee_info
    public uint Data;            // ee_data
}

/// <summary>What arrived beside a datagram's bytes.</summary>
internal readonly ref struct EchoAncillary
{
    /// <summary>The TTL or hop limit, or null.</summary>
    public int? TimeToLive { get; private init; }

    /// <summary>When IP got it, by the system's clock in ticks; null where the kernel did not say.</summary>
    public long? ArrivalTicks { get; private init; }

    /// <summary>The error, of an entry of the error queue.</summary>
    public ExtendedError? Error { get; private init; }

    /// <summary>Who reported the error.</summary>
    public IPAddr Offender { get; private init; }

    public static EchoAncillary Read(ReadOnlySpan<byte> control)
    {
        int? ttl = null;
        long? ticks = null;
        ExtendedError? error = null;
        IPAddr offender = default;
        var messages = new ControlReader(control);
        while (messages.Next())
        {
            if (messages.Is(LibC.SOL_IP, LibC.IP_TTL) || messages.Is(LibC.SOL_IPV6, LibC.IPV6_HOPLIMIT))
            {
                ttl = MemoryMarshal.TryRead(messages.Value, out int hops) ? hops : ttl;
            }
            else if (messages.Is(LibC.SOL_SOCKET, LibC.SCM_TIMESTAMPNS))
            {
                ticks = MemoryMarshal.TryRead(messages.Value, out Timestamp time) ? time.Ticks : ticks;
            }
            else if ((messages.Is(LibC.SOL_IP, LibC.IP_RECVERR) || messages.Is(LibC.SOL_IPV6, LibC.IPV6_RECVERR)) && MemoryMarshal.TryRead(messages.Value, out ExtendedError found))
            {
                error = found;
                offender = SocketName.Read(messages.Value[Unsafe.SizeOf<ExtendedError>()..]);
            }
        }

        return new EchoAncillary { TimeToLive = ttl, ArrivalTicks = ticks, Error = error, Offender = offender };
    }

    /// <summary>struct timespec (time.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Timestamp
    {
        private nint _seconds;       // tv_sec
        private nint _nanoseconds;   // tv_nsec

        public readonly long Ticks => unchecked(DateTime.UnixEpoch.Ticks + (_seconds * TimeSpan.TicksPerSecond) + (_nanoseconds / TimeSpan.NanosecondsPerTick));
    }
}

/// <summary>ICMP echoes as bytes.</summary>
internal static class EchoWire
{
    /// <summary>Writes the header of a request in front of the payload that is there. ICMPv6's checksum is the kernel's matter.</summary>
    public static void WriteRequest(Span<byte> packet, IPFamily family, ushort identifier, ushort sequence)
    {
        MemoryMarshal.Write(packet, new EchoHeader
        {
            Type = family == IPFamily.IPv4 ? (byte)IcmpType.Echo : (byte)IcmpV6Type.Echo,
            Identifier = BinaryPrimitives.ReverseEndianness(identifier),
            Sequence = BinaryPrimitives.ReverseEndianness(sequence),
        });
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], Checksum(packet));
    }

    /// <summary>
    /// Reads a reply. A raw IPv4 socket delivers it with its IP header (<paramref name="hasIPHeader"/>), every other one without.
    /// </summary>
    public static bool TryReadReply(ReadOnlySpan<byte> packet, IPFamily family, bool hasIPHeader, out EchoHeader header, out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        if (hasIPHeader)
        {
            const int words = 4, minimum = 20;
            var length = packet.IsEmpty ? 0 : (packet[0] & 0xf) * words;
            if (length < minimum || length > packet.Length)
            {
                return false;
            }

            packet = packet[length..];
        }

        var type = family == IPFamily.IPv4 ? (byte)IcmpType.EchoReply : (byte)IcmpV6Type.EchoReply;
        if (!TryRead(packet, out header) || header.Type != type)
        {
            return false;
        }

        payload = packet[EchoHeader.Size..];
        return true;
    }

    /// <summary>Reads the request that an ICMP error quotes, as far as it does.</summary>
    public static bool TryReadQuoted(ReadOnlySpan<byte> packet, IPFamily family, out EchoHeader header)
        => TryRead(packet, out header) && header.Type == (family == IPFamily.IPv4 ? (byte)IcmpType.Echo : (byte)IcmpV6Type.Echo);

    private static bool TryRead(ReadOnlySpan<byte> packet, out EchoHeader header)
    {
        if (!MemoryMarshal.TryRead(packet, out header))
        {
            return false;
        }

        header.Identifier = BinaryPrimitives.ReverseEndianness(header.Identifier);
        header.Sequence = BinaryPrimitives.ReverseEndianness(header.Sequence);
        return true;
    }

    /// <summary>The internet checksum (RFC 1071).</summary>
    private static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (; bytes.Length > 1; bytes = bytes[2..])
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        }

        if (bytes.Length == 1)
        {
            sum += (uint)bytes[0] << 8;
        }

        while (sum > ushort.MaxValue)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}

using System.Security.Cryptography;
using Tmds.Linux;

namespace CalicoNet.Netlink;

/// <summary>Something an echo socket got: an answer, or an ICMP error.</summary>
internal readonly record struct EchoArrival(ushort Sequence, EchoOutcome Outcome, IPAddr From)
{
    public int? TimeToLive { get; init; }
    public long? ArrivalTicks { get; init; }
    public Errno Error { get; init; }
    public byte? IcmpType { get; init; }
    public byte? IcmpCode { get; init; }
}

/// <summary>
/// A socket for ICMP echoes inside a namespace. A datagram socket needs no privilege where net.ipv4.ping_group_range lets the process's
/// group (in a new namespace it lets nobody, not even root), and the kernel then chooses the identifier and hands over our answers only. A raw
/// socket needs CAP_NET_RAW and gets every answer that comes to the namespace.
/// </summary>
internal sealed class EchoSocket : IDisposable
{
    private const int BindToInterface = 62;      // SO_BINDTOIFINDEX, asm-generic/socket.h, Linux 5.0
    private const int IcmpFilter = 1;            // ICMP_FILTER, linux/icmp.h
    private const int IcmpV6Filter = 1;          // ICMPV6_FILTER, linux/icmpv6.h
    private const int MaxSendAttempts = 8;
    private const int LongestHeader = 60;
    private const int ControlSize = 512;

    private readonly IPFamily _family;
    private readonly FileHandle _socket;
    private readonly ushort _identifier;
    private readonly bool _isRaw;
    private readonly byte[] _name;
    private readonly byte[] _packet;
    private readonly byte[] _received;

    private EchoSocket(IPAddr target, EchoOptions options, FileHandle socket, bool isRaw)
    {
        _family = target.Family;
        _socket = socket;
        _isRaw = isRaw;
        _name = SocketName.Write(target, stackalloc byte[SocketName.MaxSize]).ToArray();

        // Random bytes: on a raw socket, what returns them is an answer to us even when another program chose the same identifier.
        _packet = RandomNumberGenerator.GetBytes(EchoHeader.Size + options.PayloadSize);
        _identifier = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        _received = new byte[_packet.Length + LongestHeader];
    }

    /// <summary>For <see cref="Sys.Poll"/>: ready when there is something to <see cref="Receive"/>.</summary>
    public int Number => _socket.Number;

    /// <exception cref="NetlinkException">EPERM: neither kind of socket is allowed. EADDRNOTAVAIL: the source is not this namespace's.</exception>
    public static EchoSocket Open(NetworkStack stack, IPAddr target, EchoOptions options)
    {
        var operation = $"open an ICMP socket for {target}";
        var (family, protocol) = target.Family == IPFamily.IPv4 ? (LibC.AF_INET, LibC.IPPROTO_ICMP) : (LibC.AF_INET6, LibC.IPPROTO_ICMPV6);
        var isRaw = false;
        FileHandle socket;
        try
        {
            socket = NamespaceThread.OpenSocket(stack.Place, family, LibC.SOCK_DGRAM, protocol, operation);
        }
        catch (NetlinkException e) when (e.Errno is Errno.EACCES or Errno.EPROTONOSUPPORT)
        {
            socket = NamespaceThread.OpenSocket(stack.Place, family, LibC.SOCK_RAW, protocol, operation);
            isRaw = true;
        }

        var echo = new EchoSocket(target, options, socket, isRaw);
        try
        {
            echo.Configure(options, operation);
            return echo;
        }
        catch
        {
            echo.Dispose();
            throw;
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Sends a request.</summary>
    /// <param name="sequence">Its number.</param>
    /// <param name="arrivals">Gets what arrives meanwhile.</param>
    /// <returns>Why this host did not send it.</returns>
    public Errno Send(ushort sequence, List<EchoArrival> arrivals)
    {
        EchoWire.WriteRequest(_packet, _family, _identifier, sequence);
        Errno error;
        var attempts = 0;
        do
        {
            error = Sys.SendTo(_socket, _packet, _name);
            attempts++;
        }
        while (error != Errno.None && ReceiveErrors(arrivals) && attempts < MaxSendAttempts);   // what an ICMP error leaves on the socket fails the next call, whatever that does
        return error;
    }

    /// <summary>Takes in everything that has arrived.</summary>
    public void Receive(List<EchoArrival> arrivals)
    {
        ReceiveErrors(arrivals);
        Span<byte> name = stackalloc byte[SocketName.MaxSize], control = stackalloc byte[ControlSize];
        while (Sys.ReceiveMessage(_socket, _received, name, control, flags: 0, out var length, out var controlLength) == Errno.None)
        {
            if (EchoWire.TryReadReply(_received.AsSpan(0, length), _family, _isRaw && _family == IPFamily.IPv4, out var header, out var payload)
                && IsOurs(header) && payload.SequenceEqual(_packet.AsSpan(EchoHeader.Size)))
            {
                var ancillary = EchoAncillary.Read(control[..controlLength]);
                arrivals.Add(new EchoArrival(header.Sequence, EchoOutcome.Reply, SocketName.Read(name))
                {
                    TimeToLive = ancillary.TimeToLive,
                    ArrivalTicks = ancillary.ArrivalTicks,
                });
            }
        }

        // Ended by EAGAIN, or by an error that came this moment: then the error queue has it, and poll(2) says so.
    }

    /// <returns>Whether there was an ICMP error, ours or of another's echo.</returns>
    private bool ReceiveErrors(List<EchoArrival> arrivals)
    {
        Span<byte> name = stackalloc byte[SocketName.MaxSize], control = stackalloc byte[ControlSize];
        var any = false;
        while (Sys.ReceiveMessage(_socket, _received, name, control, LibC.MSG_ERRQUEUE, out var length, out var controlLength) == Errno.None)
        {
            var ancillary = EchoAncillary.Read(control[..controlLength]);
            if (ancillary.Error is not { Origin: ErrorOrigin.Icmp or ErrorOrigin.IcmpV6 } error)
            {
                continue;   // a local one is what sending returned
            }

            any = true;
            if (EchoWire.TryReadQuoted(_received.AsSpan(0, length), _family, out var header) && IsOurs(header)
                && SocketName.Read(name) == SocketName.Read(_name))
            {
                arrivals.Add(new EchoArrival(header.Sequence, EchoOutcome.IcmpError, ancillary.Offender)
                {
                    Error = error.Error,
                    IcmpType = error.Type,
                    IcmpCode = error.Code,
                });
            }
        }

        return any;
    }

    private bool IsOurs(in EchoHeader header) => !_isRaw || header.Identifier == _identifier;

    private void Configure(EchoOptions options, string operation)
    {
        var isV4 = _family == IPFamily.IPv4;
        _ = Sys.SetOption(_socket, LibC.SOL_SOCKET, LibC.SO_TIMESTAMPNS, 1);
        _ = isV4 ? Sys.SetOption(_socket, LibC.SOL_IP, LibC.IP_RECVTTL, 1) : Sys.SetOption(_socket, LibC.SOL_IPV6, LibC.IPV6_RECVHOPLIMIT, 1);
        _ = isV4 ? Sys.SetOption(_socket, LibC.SOL_IP, LibC.IP_RECVERR, 1) : Sys.SetOption(_socket, LibC.SOL_IPV6, LibC.IPV6_RECVERR, 1);
        if (_isRaw)
        {
            // A bit of 1 blocks a type: of all ICMP, only answers are let through.
            _ = isV4
                ? Sys.SetOption(_socket, LibC.SOL_RAW, IcmpFilter, ~(1u << (int)IcmpType.EchoReply))
                : Sys.SetOption(_socket, LibC.SOL_ICMPV6, IcmpV6Filter, IcmpV6TypeFilter.Only(IcmpV6Type.EchoReply));
        }

        if (options.InterfaceIndex != 0)
        {
            Check(Sys.SetOption(_socket, LibC.SOL_SOCKET, BindToInterface, options.InterfaceIndex), $"{operation} on interface {options.InterfaceIndex}");
        }

        if (!options.Source.IsNone)
        {
            Check(Sys.Bind(_socket, SocketName.Write(options.Source, stackalloc byte[SocketName.MaxSize])), $"{operation} from {options.Source}");
        }
    }

    private static void Check(Errno error, string operation)
    {
        if (error != Errno.None)
        {
            throw NetlinkException.ForCall(operation, error);
        }
    }

    /// <summary>struct icmp6_filter (linux/icmpv6.h): 256 bits.</summary>
    [System.Runtime.CompilerServices.InlineArray(8)]
    private struct IcmpV6TypeFilter
    {
        private uint _first;   // data

        public static IcmpV6TypeFilter Only(IcmpV6Type type)
        {
            IcmpV6TypeFilter filter = default;
            ((Span<uint>)filter).Fill(uint.MaxValue);
            filter[(int)type / 32] &= ~(1u << ((int)type % 32));
            return filter;
        }
    }
}

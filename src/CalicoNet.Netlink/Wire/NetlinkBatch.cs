using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CalicoNet.Netlink;

/// <summary>
/// Requests written one behind the other, to be sent in one datagram. Reused from flush to flush; not for use by two threads at once.
/// Encoders (<c>RouteWire.Add</c> and its like) write into it; the stack that owns it sends it.
/// </summary>
public sealed class NetlinkBatch : IDisposable
{
    /// <summary>
    /// The most requests in one flush. Exactly 256 queued answers fill a socket's default receive buffer, and the next is lost
    /// (ENOBUFS); half of that leaves room for long extended ACK texts and echoes.
    /// </summary>
    public const int MaxRequests = 128;

    /// <summary>The largest datagram a default socket sends is SO_SNDBUF - 32 = 212,960 bytes; beyond it is EMSGSIZE.</summary>
    internal const int MaxBytes = 200_000;

    private readonly List<Request> _requests = [];
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(4096);
    private Mark[] _marks = new Mark[32];
    private int _markCount;
    private int _used;

    /// <summary>How many requests wait to be sent.</summary>
    public int Count => _requests.Count;

    /// <summary>Whether a request more could overflow a flush: send first.</summary>
    public bool IsFull => _requests.Count >= MaxRequests || _used > MaxBytes - 8192;

    internal ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _used);

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        Clear();
    }

    /// <summary>Starts a request. It ends where the next begins, or where the batch is sent.</summary>
    /// <param name="type">The message type, an enum of ushort.</param>
    /// <param name="flags">Flags beside NLM_F_REQUEST.</param>
    /// <param name="operation">The operation's name in an error, for example <c>add route</c>.</param>
    /// <param name="subject">What it is done to; its text is asked for only when the request fails.</param>
    internal NetlinkRequest Begin<TType>(TType type, NetlinkFlags flags, string operation, object? subject = null)
        where TType : unmanaged, Enum
    {
        Close();
        _requests.Add(new Request(_used, operation, subject));
        Append(new MessageHeader { Type = Unsafe.BitCast<TType, ushort>(type), Flags = flags | NetlinkFlags.Request });
        return new NetlinkRequest(this);
    }

    /// <summary>Numbers the requests from <paramref name="firstSequence"/> on and asks for an answer to the last one.</summary>
    internal ReadOnlySpan<byte> Seal(uint firstSequence)
    {
        Close();
        for (var i = 0; i < _requests.Count; i++)
        {
            ref var header = ref HeaderAt(_requests[i].Offset);
            header.Sequence = firstSequence + (uint)i;
            if (i == _requests.Count - 1 && (header.Flags & NetlinkFlags.Dump) != NetlinkFlags.Dump)
            {
                header.Flags |= NetlinkFlags.Ack;
            }
        }

        return Bytes;
    }

    internal void Clear()
    {
        _requests.Clear();
        _used = 0;
        _markCount = 0;
    }

    /// <summary>The words for a request: operation and subject.</summary>
    internal string Describe(int request)
    {
        var (_, operation, subject) = _requests[request];
        return subject is null ? operation : $"{operation} {subject}";
    }

    /// <summary>The names of the attributes that lead to an offset the kernel reported, counted from the request's start.</summary>
    internal string? AttributeAt(int request, uint offset)
    {
        var target = _requests[request].Offset + (int)offset;
        List<string>? path = null;
        foreach (var mark in _marks.AsSpan(0, _markCount))
        {
            if (mark.Offset < _requests[request].Offset || mark.Offset > target)
            {
                continue;
            }

            var length = BinaryPrimitives.ReadUInt16LittleEndian(_buffer.AsSpan(mark.Offset));
            if (mark.Offset == target || target < mark.Offset + length)
            {
                var type = (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(_buffer.AsSpan(mark.Offset + 2)) & NetlinkAttribute.TypeMask);
                (path ??= []).Add(mark.Name(type));
            }
        }

        return path is null ? null : string.Join('/', path);
    }

    internal int Used => _used;

    internal void Append<T>(in T value)
        where T : unmanaged
    {
        var room = Reserve(Align.Up(Unsafe.SizeOf<T>()));
        MemoryMarshal.Write(room, value);
    }

    internal void AppendRaw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(Align.Up(bytes.Length)));

    /// <summary>An attribute's header and room for its value, padding cleared.</summary>
    internal Span<byte> Attribute<TAttribute>(TAttribute attribute, int length, ushort typeFlags = 0)
        where TAttribute : unmanaged, Enum
    {
        var total = length + 4;
        if (total > ushort.MaxValue)
        {
            throw new ArgumentException($"Attribute {attribute} is {length} bytes long; a netlink attribute holds {ushort.MaxValue - 4} at most.", nameof(length));
        }

        if (_markCount == _marks.Length)
        {
            Array.Resize(ref _marks, _markCount * 2);
        }

        _marks[_markCount++] = new Mark(_used, AttributeName<TAttribute>.Of);
        var room = Reserve(Align.Up(total));
        BinaryPrimitives.WriteUInt16LittleEndian(room, (ushort)total);
        BinaryPrimitives.WriteUInt16LittleEndian(room[2..], (ushort)(Unsafe.BitCast<TAttribute, ushort>(attribute) | typeFlags));
        return room.Slice(4, length);
    }

    /// <summary>Ends a nest: writes its length into its header.</summary>
    internal void EndNest(int offset)
    {
        var length = _used - offset;
        if (length > ushort.MaxValue)
        {
            throw new InvalidOperationException($"A nest of {length} bytes does not fit a netlink attribute ({ushort.MaxValue} bytes).");
        }

        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(offset), (ushort)length);
    }

    private void Close()
    {
        if (_requests.Count > 0)
        {
            var start = _requests[^1].Offset;
            HeaderAt(start).Length = (uint)(_used - start);
        }
    }

    private ref MessageHeader HeaderAt(int offset) => ref MemoryMarshal.AsRef<MessageHeader>(_buffer.AsSpan(offset, MessageHeader.Size));

    private Span<byte> Reserve(int length)
    {
        if (_used + length > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _used + length));
            Bytes.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        var room = _buffer.AsSpan(_used, length);
        room.Clear();
        _used += length;
        return room;
    }

    private readonly record struct Request(int Offset, string Operation, object? Subject);

    private readonly record struct Mark(int Offset, Func<ushort, string> Name);

    private static class AttributeName<TAttribute>
        where TAttribute : unmanaged, Enum
    {
        public static readonly Func<ushort, string> Of = type => Unsafe.BitCast<ushort, TAttribute>(type).ToString();
    }
}

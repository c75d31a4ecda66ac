namespace CalicoNet.Core;

/// <summary>Protocol buffers, as far as etcd's KV and Auth services need them: numbers, bytes, messages in messages. Zero and empty are left out.</summary>
internal sealed class ProtoWriter
{
    private const int LengthDelimited = 2;

    private byte[] _buffer = new byte[1024];
    private int _count;

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _count);

    public void Number(int field, long value)
    {
        if (value != 0)
        {
            Varint((uint)field << 3);
            Varint((ulong)value);
        }
    }

    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            Varint((uint)((field << 3) | LengthDelimited));
            Varint((ulong)value.Length);
            value.CopyTo(Reserve(value.Length));
        }
    }

    /// <summary>A message in this one; present even when it holds nothing.</summary>
    public void Message<T>(int field, T value, Action<ProtoWriter, T> write)
    {
        Varint((uint)((field << 3) | LengthDelimited));
        var start = _count;
        Reserve(1);
        write(this, value);
        // Its length stands before it. One byte was left for that; what needs more makes room.
        var length = _count - start - 1;
        var size = SizeOf((ulong)length);
        Reserve(size - 1);
        _buffer.AsSpan(start + 1, length).CopyTo(_buffer.AsSpan(start + size));
        var end = _count;
        _count = start;
        Varint((ulong)length);
        _count = end;
    }

    private void Varint(ulong value)
    {
        var span = Reserve(SizeOf(value));
        for (var i = 0; i < span.Length; i++, value >>= 7)
        {
            span[i] = (byte)(i == span.Length - 1 ? value : value | 0x80);
        }
    }

    private static int SizeOf(ulong value) => (63 - System.Numerics.BitOperations.LeadingZeroCount(value | 1)) / 7 + 1;

    private Span<byte> Reserve(int count)
    {
        if (_count + count > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _count + count));
        }

        _count += count;
        return _buffer.AsSpan(_count - count, count);
    }
}

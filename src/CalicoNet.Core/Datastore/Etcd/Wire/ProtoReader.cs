using System.Diagnostics.CodeAnalysis;

namespace CalicoNet.Core;

/// <summary>Walks the fields of a protocol buffers message. What is no such message ends in one exception, <see cref="InvalidDataException"/>.</summary>
internal ref struct ProtoReader(ReadOnlyMemory<byte> message)
{
    private readonly ReadOnlyMemory<byte> _message = message;
    private int _position;

    /// <summary>The field's number.</summary>
    public int Field { get; private set; }

    /// <summary>The field's value where it is a number, else 0.</summary>
    public long Number { get; private set; }

    /// <summary>The field's value where it is bytes or a message, else empty. A slice of the message: nothing is copied.</summary>
    public ReadOnlyMemory<byte> Bytes { get; private set; }

    /// <summary>Goes to the next field; false at the end.</summary>
    public bool Next()
    {
        if (_position == _message.Length)
        {
            return false;
        }

        var tag = Varint();
        Field = (int)(tag >> 3);
        Number = 0;
        Bytes = default;
        switch (tag & 7)
        {
            case 0:
                Number = (long)Varint();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                Bytes = Take(Varint());
                break;
            case 5:
                Take(4);
                break;
            default:
                Malformed();
                break;
        }

        return true;
    }

    private ReadOnlyMemory<byte> Take(ulong count)
    {
        if (count > (ulong)(_message.Length - _position))
        {
            Malformed();
        }

        _position += (int)count;
        return _message.Slice(_position - (int)count, (int)count);
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(1).Span[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        Malformed();
        return 0;
    }

    [DoesNotReturn]
    private static void Malformed() => throw new InvalidDataException("the reply is no message of etcd's");
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CalicoNet.Netlink;

/// <summary>Walks the control messages of a received datagram (struct cmsghdr, cmsg(3)). A length that leaves the buffer ends the walk.</summary>
internal ref struct ControlReader(ReadOnlySpan<byte> control)
{
    private ReadOnlySpan<byte> _rest = control;

    private int _level;
    private int _type;

    public ReadOnlySpan<byte> Value { get; private set; }

    public readonly bool Is(int level, int type) => _level == level && _type == type;

    public bool Next()
    {
        if (!MemoryMarshal.TryRead(_rest, out Header header) || header.Length < (nuint)Unsafe.SizeOf<Header>() || header.Length > (nuint)_rest.Length)
        {
            return false;
        }

        var length = (int)header.Length;
        (_level, _type) = (header.Level, header.Type);
        Value = _rest[Unsafe.SizeOf<Header>()..length];
        var next = (length + Unsafe.SizeOf<nuint>() - 1) & -Unsafe.SizeOf<nuint>();
        _rest = next < _rest.Length ? _rest[next..] : default;
        return true;
    }

    /// <summary>struct cmsghdr (sys/socket.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public nuint Length;   // cmsg_len
        public int Level;      // cmsg_level
        public int Type;       // cmsg_type
    }
}

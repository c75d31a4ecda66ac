using System.Runtime.InteropServices;

namespace CalicoNet.Netlink;

/// <summary>The settings of an interface as the kernel's array, compared by value: two readings of an unchanged link are equal.</summary>
internal readonly struct SettingValues(ReadOnlySpan<byte> bytes) : IEquatable<SettingValues>
{
    private readonly int[]? _values = MemoryMarshal.Cast<byte, int>(bytes).ToArray();

    private ReadOnlySpan<int> Values => _values;

    /// <summary>The value at an index; null where the kernel reported fewer.</summary>
    public int? At(int index) => index < Values.Length ? Values[index] : null;

    public bool Equals(SettingValues other) => Values.SequenceEqual(other.Values);

    public override bool Equals(object? obj) => obj is SettingValues other && Equals(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(MemoryMarshal.AsBytes(Values));
        return hash.ToHashCode();
    }
}

using System.Collections;

namespace CalicoNet;

/// <summary>A list of texts that is equal to one with the same texts, and whose own text parts them with commas: what a CSV file takes and gives back.</summary>
public sealed class TextList : IReadOnlyList<string>, IEquatable<TextList>
{
    private readonly string[] _items;

    internal TextList(IEnumerable<string> items) => _items = [.. items];

    /// <summary>No texts.</summary>
    public static TextList Empty { get; } = new([]);

    /// <summary>How many there are.</summary>
    public int Count => _items.Length;

    /// <summary>One of them.</summary>
    public string this[int index] => _items[index];

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The texts parted by commas.</summary>
    public override string ToString() => string.Join(", ", _items);

    /// <inheritdoc/>
    public bool Equals(TextList? other) => other is not null && _items.AsSpan().SequenceEqual(other._items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TextList);

    /// <inheritdoc/>
    public override int GetHashCode() => _items.Aggregate(0, HashCode.Combine);

    internal static TextList Of<T>(IEnumerable<T> items)
        where T : notnull
        => new(items.Select(item => item.ToString()!));
}

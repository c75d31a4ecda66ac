namespace CalicoNet.Core;

/// <summary>What was seen at a key: an entry, or nothing.</summary>
internal sealed class Seen(string key, KeyValue? entry, bool hasValue)
{
    // Calico and we write it so; what is written otherwise is read.
    private static ReadOnlySpan<byte> NoneFree => "\"unallocated\":[]"u8;

    private object? _document;

    public string Key => key;

    /// <summary>The revision of the last change; 0 where there is nothing.</summary>
    public long Revision => entry?.ModRevision ?? 0;

    public bool Exists => entry is not null;

    /// <summary>Whether the value was read too, if there is one.</summary>
    public bool HasValue => hasValue || entry is null;

    public ReadOnlyMemory<byte> Memory => entry is null ? default : entry.Value;

    public ReadOnlySpan<byte> Value => Memory.Span;

    /// <summary>Whether it is a block without a free address, told by its bytes alone: inside a string, the quotes would be escaped.</summary>
    public bool IsFullBlock => Value.IndexOf(NoneFree) >= 0;

    public static Seen Nothing(string key) => new(key, null, hasValue: true);

    /// <summary>The value as a document, null where there is none. It is read once, however often the operation is decided.</summary>
    /// <exception cref="CorruptDocumentException">It is none.</exception>
    public T? Read<T>(DatastoreKey<T> at)
        where T : Document
        => Exists ? (T)(_document ??= at.Read(Value)) : null;

    /// <summary>The value as a document, where there is one that can be read.</summary>
    public bool TryRead<T>(DatastoreKey<T> at, out T document)
        where T : Document
    {
        try
        {
            document = Read(at)!;
        }
        catch (CorruptDocumentException)
        {
            document = null!;
        }

        return document is not null;
    }
}

namespace CalicoNet.Core;

/// <summary>What was seen at a key: an entry, or nothing.</summary>
internal sealed class Seen
{
    // Calico and we write it so; what is written otherwise is read.
    private static ReadOnlySpan<byte> NoneFree => "\"unallocated\":[]"u8;

    private DatastoreKey? _parts;
    private Document? _document;
    private bool? _isFullBlock;

    /// <summary>What a read found.</summary>
    public Seen(string key, KeyValue? entry, bool hasValue)
        : this(key, entry?.Value ?? default, entry?.ModRevision ?? 0, null) => HasValue = hasValue || entry is null;

    /// <summary>What was written.</summary>
    public Seen(string key, ReadOnlyMemory<byte> value, long revision, Document? document)
    {
        Key = key;
        Memory = value;
        Revision = revision;
        HasValue = true;
        _document = document;
    }

    public string Key { get; }

    /// <summary>The key in its parts.</summary>
    public DatastoreKey Parts => _parts ??= DatastoreKey.Parse(Key);

    /// <summary>The revision of the last change; 0 where there is nothing.</summary>
    public long Revision { get; }

    public bool Exists => Revision > 0;

    /// <summary>Whether the value was read too, if there is one.</summary>
    public bool HasValue { get; }

    public ReadOnlyMemory<byte> Memory { get; }

    public ReadOnlySpan<byte> Value => Memory.Span;

    /// <summary>Whether it is a block without a free address, told by its bytes alone: inside a string, the quotes would be escaped.</summary>
    public bool IsFullBlock => _isFullBlock ??= Value.IndexOf(NoneFree) >= 0;

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

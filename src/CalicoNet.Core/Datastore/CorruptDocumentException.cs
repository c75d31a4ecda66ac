namespace CalicoNet.Core;

/// <summary>A stored document that cannot be read, or breaks what its kind promises. It is refused, never mended: whoever wrote it has to say what was meant.</summary>
public sealed class CorruptDocumentException : Exception
{
    /// <summary>Makes an exception.</summary>
    public CorruptDocumentException(DatastoreKey key, string what, Exception? inner = null)
        : base($"The document at '{key}' is corrupt: {what}.", inner)
    {
        Key = key;
        What = what;
    }

    /// <summary>Where it is.</summary>
    public DatastoreKey Key { get; }

    /// <summary>What is wrong with it.</summary>
    public string What { get; }
}

using System.Text;

namespace CalicoNet.Core;

/// <summary>A key with its value, and the three numbers that compare-and-set is done by.</summary>
/// <param name="key">The key.</param>
/// <param name="value">The value's bytes; empty where only keys were asked for.</param>
/// <param name="createRevision">The datastore's revision at which the key came to be.</param>
/// <param name="modRevision">The datastore's revision at which the value was last written.</param>
/// <param name="version">How often it was written since it came to be: 1 for a new key.</param>
public sealed class KeyValue(string key, ReadOnlyMemory<byte> value, long createRevision, long modRevision, long version)
{
    /// <summary>The key.</summary>
    public string Key => key;

    /// <summary>The value's bytes; empty where only keys were asked for.</summary>
    public ReadOnlyMemory<byte> Value => value;

    /// <summary>The value as text.</summary>
    public string Text => Encoding.UTF8.GetString(value.Span);

    /// <summary>The datastore's revision at which the key came to be.</summary>
    public long CreateRevision => createRevision;

    /// <summary>The datastore's revision at which the value was last written.</summary>
    public long ModRevision => modRevision;

    /// <summary>How often it was written since it came to be: 1 for a new key.</summary>
    public long Version => version;

    /// <summary>The key and the revision of its value.</summary>
    public override string ToString() => $"{key} @{modRevision}";
}

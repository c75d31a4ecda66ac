using System.Text.Json;
using System.Text.Json.Serialization;

namespace CalicoNet.Core;

/// <summary>
/// An object in a document. Immutable. What it does not know it keeps: a document that is read and written again has every field it had.
/// A field that is absent has Go's zero value, as in Calico, and a field with that value is not written, where Calico does not write it.
/// </summary>
public abstract record DocumentPart
{
    private protected DocumentPart()
    {
    }

    /// <summary>The fields that have no property here. Set by the serialiser alone: it cannot bind them to an init-only property.</summary>
    [JsonExtensionData, JsonInclude]
    internal IDictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>A stored document: read and written by its key, <see cref="DatastoreKey{T}"/>.</summary>
public abstract record Document : DocumentPart
{
    private protected Document()
    {
    }

    /// <summary>What is wrong with it, stored at this key; null if it keeps what its kind promises.</summary>
    internal abstract string? Fault(DatastoreKey key);
}

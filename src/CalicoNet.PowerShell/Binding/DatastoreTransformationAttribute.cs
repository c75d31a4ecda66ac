using System.Management.Automation;
using CalicoNet.Core;

namespace CalicoNet;

/// <summary>
/// Lets a datastore be given as its object, or as the text of its address: <c>sqlite:/path</c>, a path, <c>https://host:2379</c>, <c>etcd</c>.
/// Credentials for a text come from the environment.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DatastoreTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var text = Unwrap.Base(inputData) as string
            ?? (inputData is PSObject wrapped && Unwrap.IsDeserialized(wrapped, nameof(CalicoDatastore)) ? Unwrap.Text(wrapped, nameof(CalicoDatastore.Location)) : null);
        if (string.IsNullOrEmpty(text))
        {
            return inputData;
        }

        try
        {
            return new CalicoDatastore(new DatastoreConnection(Parse(engineIntrinsics.SessionState, text)) { IsOwned = true });
        }
        catch (FormatException e)
        {
            throw new ArgumentTransformationMetadataException(e.Message, e);
        }
    }

    /// <summary>Reads an address as a user types it: a path may be one of the session's, from its location or on one of its drives.</summary>
    /// <exception cref="FormatException">It is none; the message holds it.</exception>
    internal static DatastoreAddress Parse(SessionState session, string text)
    {
        var isPath = text.Contains('/') && !text.StartsWith("sqlite:", StringComparison.Ordinal) && !text.Contains("://", StringComparison.Ordinal);
        return DatastoreAddress.Parse(isPath ? session.Path.GetUnresolvedProviderPathFromPSPath(text) : text);
    }
}

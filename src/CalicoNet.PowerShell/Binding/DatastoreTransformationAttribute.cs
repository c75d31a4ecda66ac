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
        var copy = inputData is PSObject wrapped && Unwrap.IsDeserialized(wrapped, nameof(CalicoDatastore)) ? wrapped : null;
        var text = Unwrap.Base(inputData) as string ?? (copy is null ? null : Unwrap.Text(copy, nameof(CalicoDatastore.Location)));
        if (string.IsNullOrEmpty(text))
        {
            return inputData;
        }

        try
        {
            return new CalicoDatastore(new DatastoreConnection(Parse(engineIntrinsics.SessionState, text)) { IsOwned = true })
            {
                Planned = copy is not null && Unwrap.Text(copy, nameof(CalicoDatastore.Planned)) == bool.TrueString,
            };
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

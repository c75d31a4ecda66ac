using System.Management.Automation;

namespace CalicoNet.Commands;

/// <summary>
/// Closes a datastore. If it is the one that cmdlets work with unless they are given another, the environment chooses that again. Nothing
/// stored is touched.
/// </summary>
[Cmdlet(VerbsCommunications.Disconnect, "CalicoDatastore")]
public sealed class DisconnectCalicoDatastoreCommand : NetworkCommand
{
    /// <summary>The datastore. Without it the one that was connected last.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true), ValidateNotNull]
    public CalicoDatastore? InputObject { get; set; }

    private protected override void Process()
    {
        var connection = InputObject?.Connection ?? DefaultDatastore.Current;
        DefaultDatastore.Forget(connection);
        connection.Dispose();
    }
}

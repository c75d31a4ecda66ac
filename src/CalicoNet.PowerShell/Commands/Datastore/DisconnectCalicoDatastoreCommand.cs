using System.Management.Automation;

namespace CalicoNet.Commands;

/// <summary>
/// Closes a datastore. If it is the one that cmdlets work with unless they are given another, the environment chooses that again. Nothing
/// stored is touched.
/// </summary>
[Cmdlet(VerbsCommunications.Disconnect, "CalicoDatastore", DefaultParameterSetName = DefaultSet)]
public sealed class DisconnectCalicoDatastoreCommand : NetworkCommand
{
    private const string DefaultSet = "Default", ObjectSet = "InputObject";

    /// <summary>The datastore. Without it the one that was connected last.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = ObjectSet)]
    public CalicoDatastore InputObject { get; set; } = null!;

    private protected override void Process()
    {
        var connection = ParameterSetName == ObjectSet ? InputObject.Connection : DefaultDatastore.Current;
        DefaultDatastore.Forget(connection);
        connection.Dispose();
    }
}

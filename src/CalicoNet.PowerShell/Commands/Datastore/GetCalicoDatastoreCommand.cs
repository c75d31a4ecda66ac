using System.Management.Automation;

namespace CalicoNet.Commands;

/// <summary>Tells which datastore endpoint and IPAM cmdlets work with unless they are given another. Asks it nothing, and does not open it.</summary>
[Cmdlet(VerbsCommon.Get, "CalicoDatastore")]
[OutputType(typeof(CalicoDatastore))]
public sealed class GetCalicoDatastoreCommand : NetworkCommand
{
    private protected override void Process()
    {
        var current = DefaultDatastore.Current;
        WriteObject(new CalicoDatastore(current) { NodeName = current.NodeName });
    }
}

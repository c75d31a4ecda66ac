using System.Management.Automation;
using CalicoNet.Core;

namespace CalicoNet.Commands;

/// <summary>A cmdlet that works with a datastore: <c>-Datastore</c>, or the one of the whole process; as a node: <c>-NodeName</c>, or this host's name.</summary>
public abstract class DatastoreCommand : NetworkCommand
{
    private protected DatastoreCommand()
    {
    }

    /// <summary>The datastore: what Connect-CalicoDatastore gave, or its address. Without it the one that was connected last, else that of CALICONET_DATASTORE, else this machine's file.</summary>
    [Parameter, DatastoreTransformation, ValidateNotNull]
    public virtual CalicoDatastore? Datastore { get; set; }

    /// <summary>The node: a DNS name in lower case. Without it the datastore's, else CALICONET_NODENAME, else the host's name in lower case.</summary>
    [Parameter, ValidateNotNullOrEmpty, ArgumentCompleter(typeof(NodeCompleter))]
    public virtual string? NodeName { get; set; }

    /// <summary>The connection to work with.</summary>
    private protected DatastoreConnection Connection => Datastore?.Connection ?? DefaultDatastore.Current;

    /// <summary>The datastore to work with, as output objects carry it.</summary>
    private protected CalicoDatastore Source => Datastore ?? new CalicoDatastore(DefaultDatastore.Current);

    /// <summary>The datastore to work with, opened.</summary>
    /// <exception cref="DatastoreException">It cannot be opened.</exception>
    private protected Datastore Store => Connection.Open();

    /// <summary>The node to work as.</summary>
    /// <exception cref="ArgumentException">It is no name of a node.</exception>
    private protected string Node => NodeName is null ? Connection.NodeName : Core.NodeName.Check(NodeName);

    /// <summary>The datastore that an object is in, unless another is named.</summary>
    private protected CalicoDatastore SourceOf(DatastoreObject item) => Datastore ?? item.Source ?? Source;

    /// <summary>Whether the cmdlet makes things, and the datastore for them. What looks for things takes an address with nothing there for a slip.</summary>
    private protected virtual bool MakesDatastore => false;

    private protected override void Start()
    {
        if (!MakesDatastore && Datastore is { Planned: false, Connection: { IsOwned: true, Address.IsAbsent: true } named })
        {
            throw Absent(named);
        }
    }

    /// <summary>That there is no such file.</summary>
    private protected static CalicoException Absent(DatastoreConnection connection)
        => new(CalicoFault.NotFound, $"There is no datastore {connection.Address}: the file is absent. Check the path; New-CalicoIPPool or Connect-CalicoDatastore makes a new one.", connection.Address.ToString()!);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && Datastore?.Connection is { IsOwned: true } owned)
        {
            owned.Park();   // objects that came of it may open it again
        }

        base.Dispose(disposing);
    }
}

namespace CalicoNet;

/// <summary>A datastore that cmdlets work with, as <c>-Datastore</c> takes it.</summary>
public sealed record CalicoDatastore : OutputObject
{
    internal CalicoDatastore(DatastoreConnection connection) => Connection = connection;

    /// <summary>Where it is: <c>sqlite:</c> and a path, or the endpoints of etcd. Nothing of the credentials.</summary>
    public string Location => Connection.Address.ToString()!;

    /// <summary>SQLite or etcd.</summary>
    public string Kind => Connection.Address is Core.SqliteAddress ? "SQLite" : "etcd";

    /// <summary>The name of this host in it.</summary>
    public string NodeName { get; internal init; } = "";

    /// <summary>The user in it; empty where there is none.</summary>
    public string UserName => (Connection.Address as Core.EtcdAddress)?.UserName ?? "";

    /// <summary>The longest an operation takes, in seconds.</summary>
    public double TimeoutSeconds => Connection.Address.Timeout.TotalSeconds;

    /// <summary>Open, NotOpened (the first use opens it) or Closed.</summary>
    public string Status => Connection.Status;

    internal DatastoreConnection Connection { get; }

    /// <summary>Whether it is the same datastore, by the same name of this host: however often it was opened.</summary>
    public bool Equals(CalicoDatastore? other) => other is not null && (Location, NodeName, Planned) == (other.Location, other.NodeName, other.Planned);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Location, NodeName);

    /// <summary>Where it is.</summary>
    public override string ToString() => Location;
}

namespace CalicoNet;

/// <summary>What every object of a datastore has in common.</summary>
public abstract record DatastoreObject : OutputObject
{
    private protected DatastoreObject()
    {
    }

    /// <summary>The datastore it is in: <c>sqlite:</c> and a path, or the endpoints of etcd.</summary>
    public string Datastore => Source?.Location ?? "";

    /// <summary>The datastore itself, so that what is done to the object is done where it is. No property that a text could carry: it is lost on the way through CSV or a job.</summary>
    internal CalicoDatastore? Source { get; init; }
}

namespace CalicoNet.Core;

/// <summary>The datastore of one machine: a file, which many processes may use at once.</summary>
/// <param name="Path">The file's absolute path. Beside it SQLite keeps <c>-wal</c> and <c>-shm</c>, which belong to it.</param>
public sealed record SqliteAddress(string Path) : DatastoreAddress
{
    /// <inheritdoc/>
    public override bool IsPresent => File.Exists(Path);

    /// <inheritdoc/>
    public override Datastore Open() => new SqliteDatastore(this);

    /// <summary><c>sqlite:</c> and the path.</summary>
    public override string ToString() => $"sqlite:{Path}";
}

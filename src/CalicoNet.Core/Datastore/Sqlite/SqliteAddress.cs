using Microsoft.Data.Sqlite;

namespace CalicoNet.Core;

/// <summary>The datastore of one machine: a file, which many processes may use at once.</summary>
/// <param name="Path">The file's absolute path. Beside it SQLite keeps <c>-wal</c> and <c>-shm</c>, which belong to it.</param>
public sealed record SqliteAddress(string Path) : DatastoreAddress
{
    /// <inheritdoc/>
    public override bool IsPresent => File.Exists(Path);

    /// <inheritdoc/>
    public override bool IsAbsent
    {
        get
        {
            try
            {
                _ = File.GetAttributes(Path);   // File.Exists says no where it may not look, too
                return false;
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                return true;
            }
            catch (UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    /// <inheritdoc/>
    public override Datastore Open() => new SqliteDatastore(this);

    /// <inheritdoc/>
    public override Datastore OpenAsItIs() => IsAbsent ? new UnmadeDatastore(this) : Open();

    /// <summary>Empties the write-ahead log into the file: whoever moves the one may leave the other behind.</summary>
    internal override void Settle()
    {
        try
        {
            using var session = new SqliteSession(Path, Timeout);
            session.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteException e)
        {
            throw new DatastoreException(DatastoreFault.Unavailable, ToString(),
                $"{Path} has all that was written, a part of it in {Path}-wal, which could not be written back ({e.Message}). Keep the two together.", e);
        }
    }

    /// <summary><c>sqlite:</c> and the path.</summary>
    public override string ToString() => $"sqlite:{Path}";
}

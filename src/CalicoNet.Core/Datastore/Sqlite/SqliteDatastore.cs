using System.Diagnostics;
using System.Text;
using SQLitePCL;

namespace CalicoNet.Core;

/// <summary>
/// The datastore of one machine: one table and a revision in an SQLite file with a write-ahead log. Readers never wait; writers wait for
/// each other, whatever process they are in, at most for the deadline.
/// </summary>
internal sealed class SqliteDatastore : Datastore
{
    // EROFS, which .NET has no exception of its own for.
    private const int ReadOnlyFileSystem = 30;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // The columns in the order of Entry.
    private const string Keys = "SELECT key, create_revision, mod_revision, version FROM entries WHERE ";
    private const string Entries = "SELECT key, create_revision, mod_revision, version, value FROM entries WHERE ";

    // What each kind of range is in SQL: ?1 the start, ?2 the end.
    private const string IsKey = "key = ?1";
    private const string IsBetween = "key >= ?1 AND key < ?2";
    private const string IsFrom = "key >= ?1";

    private readonly string _path;
    private readonly IReadOnlyList<string> _steps;
    // The version is looked at anew each time: another process may have migrated the file since it was opened.
    private const string Revision = "SELECT revision, user_version FROM store, pragma_user_version";

    private readonly SemaphoreSlim _gate = new(1, 1);
    private SqliteConnection? _connection;
    private bool _disposed;

    public SqliteDatastore(SqliteAddress address)
        : this(address, SqliteSchema.Steps)
    {
    }

    /// <summary>Opens a file by the schema of another version, older or newer: for tests.</summary>
    internal SqliteDatastore(SqliteAddress address, IReadOnlyList<string> steps)
        : base(address)
    {
        _path = address.Path;
        _steps = steps;
        MakeFile();
        _ = Guard(_ => 0, CancellationToken.None);
    }

    private protected override TransactionResult Commit(Transaction transaction, CancellationToken cancellation)
        => Guard(connection => Commit(connection, transaction), cancellation);

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
        {
            return;
        }

        _gate.Wait();
        _disposed = true;
        _connection?.Dispose();
        _connection = null;
        _gate.Release();
    }

    private TransactionResult Commit(SqliteConnection connection, Transaction transaction)
    {
        // A writer takes the lock first: what it compares with cannot change under it, and it never has to give up half way.
        connection.Run(transaction.IsReadOnly ? "BEGIN" : "BEGIN IMMEDIATE");
        var revision = CurrentRevision(connection);
        var succeeded = transaction.Compares.All(compare => Holds(connection, compare));
        var next = revision;
        var reads = new List<RangeResult>();
        foreach (var operation in succeeded ? transaction.Then : transaction.Otherwise)
        {
            switch (operation)
            {
                case PutKey put:
                    next = revision + 1;
                    Put(connection, put, next);
                    break;
                case DeleteKeys delete when Delete(connection, delete) > 0:
                    next = revision + 1;
                    break;
                case ReadKeys read:
                    reads.Add(Read(connection, read));
                    break;
            }
        }

        if (next != revision)
        {
            using var update = connection.Statement("UPDATE store SET revision = ?1").Bind(1, next);
            update.Run();
        }

        connection.Run("COMMIT");
        return new TransactionResult(succeeded, next, [.. reads.Select(read => read with { Revision = next })]);
    }

    private long CurrentRevision(SqliteConnection connection)
    {
        using var statement = connection.Statement(Revision);
        statement.Step();
        return statement.Number(1) == _steps.Count ? statement.Number(0) : throw Newer(statement.Number(1));
    }

    private static bool Holds(SqliteConnection connection, KeyComparison compare)
    {
        using var statement = connection.Statement("SELECT mod_revision, version FROM entries WHERE key = ?1").Bind(1, KeyRange.Bytes(compare.Key));
        return compare.Value == (statement.Step() ? statement.Number(compare.Target == KeyComparisonTarget.Version ? 1 : 0) : 0);
    }

    private static void Put(SqliteConnection connection, PutKey put, long revision)
    {
        const string sql = """
            INSERT INTO entries (key, create_revision, mod_revision, version, value) VALUES (?1, ?2, ?2, 1, ?3)
            ON CONFLICT (key) DO UPDATE SET mod_revision = ?2, version = version + 1, value = ?3
            """;
        using var statement = connection.Statement(sql).Bind(1, KeyRange.Bytes(put.Key)).Bind(2, revision).BindBlob(3, put.Value.Span);
        statement.Run();
    }

    private static int Delete(SqliteConnection connection, DeleteKeys delete)
    {
        using var statement = Statement(connection, "DELETE FROM entries WHERE ", "", delete.Range);
        return statement.Run();
    }

    private static RangeResult Read(SqliteConnection connection, ReadKeys read)
    {
        // One more than asked for tells whether there is more; none asked for is SQLite's "no limit", -1.
        using var statement = Statement(connection, read.KeysOnly ? Keys : Entries, " ORDER BY key LIMIT ?3", read.Range)
            .Bind(3, read.Limit == 0 ? -1 : read.Limit + 1L);
        var entries = new List<KeyValue>();
        while (statement.Step())
        {
            if (read.Limit > 0 && entries.Count == read.Limit)
            {
                return new RangeResult(entries, 0, More: true);
            }

            entries.Add(Entry(statement, read.KeysOnly));
        }

        return new RangeResult(entries, 0, More: false);
    }

    private static SqliteStatement Statement(SqliteConnection connection, string before, string after, KeyRange range)
    {
        var (start, end) = range.Bounds();
        var condition = range.Kind == KeyRangeKind.Key ? IsKey : end is null ? IsFrom : IsBetween;
        var statement = connection.Statement(before + condition + after).Bind(1, start);
        return end is null ? statement : statement.Bind(2, end);
    }

    private static KeyValue Entry(SqliteStatement row, bool keysOnly)
        => new(Encoding.UTF8.GetString(row.Bytes(0)), keysOnly ? default : row.Bytes(4).ToArray(), row.Number(1), row.Number(2), row.Number(3));

    /// <summary>
    /// Runs something on the connection, alone. What finds a lock of another process is undone and tried again, until the deadline; SQLite's
    /// own busy handler could neither be cancelled, nor would it wake in less than the next step of its fixed series.
    /// </summary>
    private T Guard<T>(Func<SqliteConnection, T> work, CancellationToken cancellation)
    {
        var begun = Stopwatch.GetTimestamp();
        if (!_gate.Wait(Timeout, cancellation))
        {
            throw Locked(null);
        }

        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            for (var attempt = 0; ; attempt++)
            {
                try
                {
                    return work(_connection ??= Connect());
                }
                catch (SqliteException e) when (e.IsBusy)
                {
                    Undo();
                    if (Stopwatch.GetElapsedTime(begun) >= Timeout)
                    {
                        throw Locked(e);
                    }
                }
                catch (SqliteException e)
                {
                    Undo();
                    throw Fault(e);
                }
                catch
                {
                    Undo();
                    throw;
                }

                // A lock sends no event. Uneven naps, so that those who wait do not wake together; short, because a transaction is.
                if (cancellation.WaitHandle.WaitOne(Random.Shared.Next(1, 2 << Math.Min(attempt, 4))))
                {
                    cancellation.ThrowIfCancellationRequested();
                }
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private void Undo()
    {
        if (_connection is { InTransaction: true } connection)
        {
            try
            {
                connection.Run("ROLLBACK");
            }
            catch (SqliteException)
            {
                // A connection that cannot even roll back is closed, which does it.
                connection.Dispose();
                _connection = null;
            }
        }
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(_path);
        try
        {
            Prepare(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Prepare(SqliteConnection connection)
    {
        // Looked at before anything is changed: a newer version's file, or another program's, stays as it is.
        var version = Version(connection);
        connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
        if (version < _steps.Count)
        {
            connection.Execute("BEGIN IMMEDIATE");
            for (version = Version(connection); version < _steps.Count; version++)
            {
                connection.Execute(_steps[version]);
            }

            connection.Execute($"PRAGMA application_id = {SqliteSchema.ApplicationId}; PRAGMA user_version = {_steps.Count}; COMMIT");
        }
    }

    private int Version(SqliteConnection connection)
    {
        // One statement, so that it sees one moment: another process may be making the schema.
        using var statement = connection.Statement("SELECT user_version, application_id, (SELECT count(*) FROM sqlite_schema) FROM pragma_user_version, pragma_application_id");
        statement.Step();
        var (version, application, isEmpty) = ((int)statement.Number(0), statement.Number(1), statement.Number(2) == 0);
        if (application != SqliteSchema.ApplicationId && !(isEmpty && version == 0 && application == 0))
        {
            throw new DatastoreException(DatastoreFault.Corrupt, Address.ToString(),
                $"{_path} is an SQLite file of another program, not a datastore of CalicoNet. Choose another path.");
        }

        return version <= _steps.Count ? version : throw Newer(version);
    }

    /// <summary>
    /// Makes the file if it is absent: under another name, and closed before it gets its own. To close a file that SQLite has open elsewhere in
    /// this process would drop the locks SQLite holds on it (POSIX has them per process and file).
    /// </summary>
    private void MakeFile()
    {
        if (File.Exists(_path))
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!, OwnerOnly | UnixFileMode.UserExecute);
            var made = $"{_path}.{Guid.NewGuid():N}";
            // SQLite gives -wal and -shm the file's own mode.
            new FileStream(made, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }).Dispose();
            try
            {
                File.Move(made, _path);
            }
            catch (IOException) when (File.Exists(_path))
            {
                // Somebody else was faster: it is his.
            }
            finally
            {
                File.Delete(made);
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw Refused(e);
        }
        catch (IOException e)
        {
            throw e.HResult == ReadOnlyFileSystem ? Refused(e) : Unavailable(e);
        }
    }

    private DatastoreException Fault(SqliteException e) => e.Code switch
    {
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_FORMAT or raw.SQLITE_MISMATCH => new DatastoreException(DatastoreFault.Corrupt, Address.ToString(),
            $"{_path} is damaged, or no SQLite file ({e.Message}). Restore it from a backup, or move it away with its -wal and -shm to begin anew.", e),
        raw.SQLITE_PERM or raw.SQLITE_READONLY or raw.SQLITE_AUTH or raw.SQLITE_CANTOPEN => Refused(e),
        _ => Unavailable(e),
    };

    private DatastoreException Newer(long version) => new(DatastoreFault.NewerSchema, Address.ToString(),
        $"{_path} was written by a newer version of CalicoNet (schema {version}; this one knows {_steps.Count}). Nothing was changed. Update this installation.");

    private DatastoreException Refused(Exception e) => new(DatastoreFault.Refused, Address.ToString(),
        $"{_path} cannot be opened for writing by this user ({e.Message}). Run as root, or choose a file of your own with {DatastoreAddress.Variable}.", e);

    private DatastoreException Unavailable(Exception e) => new(DatastoreFault.Unavailable, Address.ToString(),
        $"{_path} cannot be used ({e.Message}). Check the file system it is on.", e);

    private DatastoreException Locked(Exception? e) => new(DatastoreFault.Locked, Address.ToString(),
        $"{_path} is locked: for {Timeout.TotalSeconds:0.###} s another process was writing. Nothing was changed. Try again; if it stays so, `fuser {_path}` shows who has it open.", e);
}

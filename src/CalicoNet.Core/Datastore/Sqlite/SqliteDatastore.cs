using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

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
    private const string Entries = "SELECT key, create_revision, mod_revision, version, value, length FROM entries WHERE ";

    // What each kind of range is in SQL. The end of a prefix is no UTF-8, and so no string.
    private const string IsKey = "key = CAST($start AS TEXT)";
    private const string IsBetween = "key >= CAST($start AS TEXT) AND key < CAST($end AS TEXT)";
    private const string IsFrom = "key >= CAST($start AS TEXT)";

    private readonly string _path;
    private readonly IReadOnlyList<string> _steps;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly SqliteCheckpoints _checkpoints;
    private SqliteSession? _session;
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
        _checkpoints = new SqliteCheckpoints(_path, Timeout);
        _ = Guard(_ => 0, CancellationToken.None);
    }

    private protected override TransactionResult Commit(Transaction transaction, CancellationToken cancellation)
        => Guard(session => Commit(session, transaction), cancellation);

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
        {
            return;
        }

        _gate.Wait();
        _disposed = true;
        _checkpoints.Dispose();
        _session?.Dispose();
        _session = null;
        _gate.Release();
    }

    private TransactionResult Commit(SqliteSession session, Transaction transaction)
    {
        session.Begin(writes: !transaction.IsReadOnly);
        var revision = CurrentRevision(session);
        var succeeded = Hold(session, [.. transaction.Compares.Where(compare => compare.KnownAt != revision)]);
        var next = revision;
        var reads = new List<RangeResult>();
        foreach (var operation in succeeded ? transaction.Then : transaction.Otherwise)
        {
            switch (operation)
            {
                case PutKey put:
                    next = revision + 1;
                    Put(session, put, next);
                    break;
                case DeleteKeys delete when Delete(session, delete) > 0:
                    next = revision + 1;
                    break;
                case ReadKeys read:
                    reads.Add(Read(session, read));
                    break;
            }
        }

        if (next != revision)
        {
            session.Command("UPDATE store SET revision = $revision", ("$revision", next)).ExecuteNonQuery();
        }

        session.Command("COMMIT").ExecuteNonQuery();
        _checkpoints.AfterCommit(session);
        return new TransactionResult(succeeded, next, [.. reads.Select(read => read with { Revision = next })]);
    }

    private long CurrentRevision(SqliteSession session)
    {
        // Looked at each time: another process may have migrated the file since it was opened.
        var version = session.Number("PRAGMA user_version");
        return version == _steps.Count ? session.Number("SELECT revision FROM store") : throw Newer(version);
    }

    /// <summary>Whether comparisons hold, all by one statement: in the order of their kinds, so that there are few different ones.</summary>
    private static bool Hold(SqliteSession session, IReadOnlyList<KeyComparison> compares)
    {
        if (compares.Count == 0)
        {
            return true;
        }

        var sql = new StringBuilder("SELECT ");
        var parameters = new List<(string, object)>(3 * compares.Count);
        foreach (var compare in compares.OrderBy(compare => (compare.Target, compare.Range.Kind)))
        {
            var (start, end) = compare.Range.Bounds();
            var number = compare.Target switch
            {
                KeyComparisonTarget.Version => "version",
                KeyComparisonTarget.ModRevision => "mod_revision",
                _ => "max(mod_revision)",
            };
            sql.Append(parameters.Count == 0 ? "" : " AND ").Append("ifnull((SELECT ").Append(number).Append(" FROM entries WHERE key ")
                .Append(compare.Range.Kind == KeyRangeKind.Key ? "=" : ">=").Append(" CAST(").Append(Next(start)).Append(" AS TEXT)");
            if (end is not null)
            {
                sql.Append(" AND key < CAST(").Append(Next(end)).Append(" AS TEXT)");
            }

            sql.Append("), 0) ").Append(compare.Target == KeyComparisonTarget.NewestModRevision ? "<= " : "= ").Append(Next(compare.Value));
        }

        return session.Command(sql.ToString(), [.. parameters]).ExecuteScalar() is 1L;

        string Next(object value)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"${parameters.Count}");
            parameters.Add((name, value));
            return name;
        }
    }

    private static void Put(SqliteSession session, PutKey put, long revision)
    {
        const string sql = """
            INSERT INTO entries (key, create_revision, mod_revision, version, value, length) VALUES (CAST($key AS TEXT), $revision, $revision, 1, $value, $length)
            ON CONFLICT (key) DO UPDATE SET mod_revision = $revision, version = version + 1, value = $value, length = $length
            """;
        var value = Padded(put.Value);
        var length = value.Length == put.Value.Length ? (object)DBNull.Value : put.Value.Length;
        session.Command(sql, ("$key", KeyRange.Bytes(put.Key)), ("$revision", revision), ("$value", value), ("$length", length)).ExecuteNonQuery();
    }

    /// <summary>
    /// A long value, a block's, in a size that it keeps while it grows a little: SQLite writes a row of the same size over the old one, and takes
    /// two pages more where it is another size.
    /// </summary>
    private static byte[] Padded(ReadOnlyMemory<byte> value)
    {
        const int isLong = 2048, step = 1024;
        if (value.Length < isLong || value.Length % step == 0)
        {
            return MemoryMarshal.TryGetArray(value, out var whole) && whole.Offset == 0 && whole.Count == whole.Array!.Length ? whole.Array : value.ToArray();
        }

        var padded = new byte[(value.Length / step + 1) * step];
        value.CopyTo(padded);
        return padded;
    }

    private static int Delete(SqliteSession session, DeleteKeys delete) => Command(session, "DELETE FROM entries WHERE ", "", delete.Range).ExecuteNonQuery();

    private static RangeResult Read(SqliteSession session, ReadKeys read)
    {
        var command = Command(session, read.KeysOnly ? Keys : Entries, " ORDER BY key LIMIT $limit", read.Range);
        // One more than asked for tells whether there is more; none asked for is SQLite's "no limit", -1.
        command.Parameters.AddWithValue("$limit", read.Limit == 0 ? -1 : read.Limit + 1L);
        using var row = command.ExecuteReader();
        var entries = new List<KeyValue>();
        while (row.Read())
        {
            if (read.Limit > 0 && entries.Count == read.Limit)
            {
                return new RangeResult(entries, 0, More: true);
            }

            entries.Add(Entry(row, read.KeysOnly));
        }

        return new RangeResult(entries, 0, More: false);
    }

    private static SqliteCommand Command(SqliteSession session, string before, string after, KeyRange range)
    {
        var (start, end) = range.Bounds();
        return range.Kind == KeyRangeKind.Key ? session.Command(before + IsKey + after, ("$start", start))
            : end is null ? session.Command(before + IsFrom + after, ("$start", start))
            : session.Command(before + IsBetween + after, ("$start", start), ("$end", end));
    }

    private static KeyValue Entry(SqliteDataReader row, bool keysOnly)
    {
        var value = keysOnly ? default : row.GetFieldValue<byte[]>(4).AsMemory();
        return new(Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(0)), keysOnly || row.IsDBNull(5) ? value : value[..row.GetInt32(5)], row.GetInt64(1), row.GetInt64(2), row.GetInt64(3));
    }

    /// <summary>
    /// Runs something in the session, alone. What finds a lock of another process is undone and tried again, until the deadline.
    /// </summary>
    private T Guard<T>(Func<SqliteSession, T> work, CancellationToken cancellation)
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
                    LeaveWhatIsGone();
                    return work(_session ??= Connect());
                }
                catch (SqliteException e) when (IsBusy(e))
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
        if (_session is { InTransaction: true } session)
        {
            try
            {
                session.Command("ROLLBACK").ExecuteNonQuery();
            }
            catch (SqliteException)
            {
                // A connection that cannot even roll back is closed, which does it.
                session.Dispose();
                _session = null;
            }
        }
    }

    /// <summary>A file that was removed stays open, and would take in what nobody finds again.</summary>
    private void LeaveWhatIsGone()
    {
        if (_session is not null && !File.Exists(_path))
        {
            _session.Dispose();
            _session = null;
            throw new DatastoreException(DatastoreFault.Unavailable, Address.ToString(),
                $"{_path} was removed while it was in use. Nothing was changed. Put it back from a backup, or try again to begin anew.");
        }
    }

    private SqliteSession Connect()
    {
        MakeFile();
        var session = new SqliteSession(_path, Timeout);
        try
        {
            Prepare(session);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private void Prepare(SqliteSession session)
    {
        // Looked at before anything is changed: a newer version's file, or another program's, stays as it is.
        var version = Version(session);
        session.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
        if (version < _steps.Count)
        {
            session.Begin(writes: true);
            for (version = Version(session); version < _steps.Count; version++)
            {
                session.Execute(_steps[version]);
            }

            session.Execute($"PRAGMA application_id = {SqliteSchema.ApplicationId}; PRAGMA user_version = {_steps.Count}; COMMIT");
        }
    }

    private int Version(SqliteSession session)
    {
        // One statement, so that it sees one moment: another process may be making the schema.
        using var row = session.Command("SELECT user_version, application_id, (SELECT count(*) FROM sqlite_schema) FROM pragma_user_version, pragma_application_id").ExecuteReader();
        row.Read();
        var (version, application, isEmpty) = (row.GetInt32(0), row.GetInt64(1), row.GetInt64(2) == 0);
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

        if (Directory.Exists(_path))
        {
            throw new DatastoreException(DatastoreFault.Unavailable, Address.ToString(), $"{_path} is a folder. Give the path of a file in it.");
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

    /// <summary>Whether others hold a lock: trying again is all there is to do. SQLITE_PROTOCOL is a lost race for the WAL's own locks.</summary>
    private static bool IsBusy(SqliteException e) => e.SqliteErrorCode is SQLITE_BUSY or SQLITE_LOCKED or SQLITE_PROTOCOL;

    private DatastoreException Fault(SqliteException e) => e.SqliteErrorCode switch
    {
        SQLITE_CORRUPT or SQLITE_NOTADB or SQLITE_FORMAT or SQLITE_MISMATCH => new DatastoreException(DatastoreFault.Corrupt, Address.ToString(),
            $"{_path} is damaged, or no SQLite file ({e.Message}). Restore it from a backup, or move it away with its -wal and -shm to begin anew.", e),
        SQLITE_PERM or SQLITE_READONLY or SQLITE_AUTH or SQLITE_CANTOPEN => Refused(e),
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

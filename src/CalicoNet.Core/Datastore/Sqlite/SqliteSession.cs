using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CalicoNet.Core;

/// <summary>A connection with its prepared commands, and the things that Microsoft.Data.Sqlite leaves to SQLite's own interface.</summary>
internal sealed class SqliteSession : IDisposable
{
    // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE: a process that ends leaves the write-ahead log to the next one.
    private const int NoCheckpointOnClose = 1006;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    /// <summary>Opens a file that is there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="timeout">The longest a statement waits for another process's lock; in whole seconds, rounded up.</param>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public SqliteSession(string path, TimeSpan timeout)
    {
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            DefaultTimeout = (int)Math.Ceiling(timeout.TotalSeconds),
            // A pool would keep the file open when its last user has closed it.
            Pooling = false,
        };
        _connection = new SqliteConnection(text.ConnectionString);
        try
        {
            _connection.Open();
            _ = raw.sqlite3_db_config(_connection.Handle, NoCheckpointOnClose, 1, out _);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>The pages this session has written to the write-ahead log since <see cref="ForgetPagesWritten"/>.</summary>
    public int PagesWritten => CountPagesWritten(forget: false);

    /// <summary>Begins to count them anew.</summary>
    public void ForgetPagesWritten() => CountPagesWritten(forget: true);

    /// <summary>From how many pages in the log on a commit of this session writes them back, and waits for the disk.</summary>
    public void CheckpointAfter(int pages) => _ = raw.sqlite3_wal_autocheckpoint(_connection.Handle, pages);

    /// <summary>Writes back what is in the log, but for what somebody still reads in the file.</summary>
    public void Checkpoint() => Execute("PRAGMA wal_checkpoint(PASSIVE)");

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_connection.Handle) == 0;

    /// <summary>
    /// Begins a transaction, or says at once that another process writes: <c>BeginTransaction</c> waits for that in naps of 150 ms which nothing
    /// ends, and a transaction takes one.
    /// </summary>
    /// <param name="writes">Whether it writes. Who writes takes the lock first: what it compares with cannot change under it.</param>
    /// <exception cref="SqliteException">SQLITE_BUSY, or it cannot begin.</exception>
    public void Begin(bool writes)
        => SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(_connection.Handle, writes ? "BEGIN IMMEDIATE" : "BEGIN"), _connection.Handle);

    /// <summary>Runs statements that are run once, without results.</summary>
    public void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>A command, prepared once. A parameter whose value is bytes is a BLOB: <c>CAST($key AS TEXT)</c> makes it the text whose UTF-8 they are.</summary>
    public SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            _commands.Add(sql, command);
        }

        command.Parameters.Clear();
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }

    /// <summary>Runs a statement whose one result is a number.</summary>
    public long Number(string sql) => (long)Command(sql).ExecuteScalar()!;

    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    private int CountPagesWritten(bool forget)
    {
        _ = raw.sqlite3_db_status(_connection.Handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, forget ? 1 : 0);
        return pages;
    }
}

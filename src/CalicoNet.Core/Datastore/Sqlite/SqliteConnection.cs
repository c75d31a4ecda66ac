using SQLitePCL;

namespace CalicoNet.Core;

/// <summary>A refusal of SQLite's: its extended result code and its words.</summary>
internal sealed class SqliteException(int code, string message) : Exception(message)
{
    /// <summary>The result code without its extension: SQLITE_BUSY, SQLITE_CORRUPT...</summary>
    public int Code => code & 0xff;

    /// <summary>Whether others hold a lock: trying again is all there is to do. SQLITE_PROTOCOL is a lost race for the WAL's own locks.</summary>
    public bool IsBusy => Code is raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_PROTOCOL;
}

/// <summary>
/// A connection and its prepared statements: SQLite's C interface, by SQLitePCLRaw. Not by Microsoft.Data.Sqlite, which is a layer on that:
/// compiled ahead of time it costs 0.9 MB and 3 ms of a process's start, and waits for a lock in deaf naps of 150 ms.
/// </summary>
internal sealed class SqliteConnection : IDisposable
{
    // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE: a process that ends leaves the write-ahead log to the next one.
    private const int NoCheckpointOnClose = 1006;

    private readonly sqlite3 _handle;
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);

    static SqliteConnection() => Batteries_V2.Init();

    public SqliteConnection(string path)
    {
        var code = raw.sqlite3_open_v2(path, out _handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX, null);
        if (code != raw.SQLITE_OK)
        {
            var fault = new SqliteException(code, raw.sqlite3_errstr(code).utf8_to_string());
            _handle.Dispose();
            throw fault;
        }

        _ = raw.sqlite3_extended_result_codes(_handle, 1);
        _ = raw.sqlite3_db_config(_handle, NoCheckpointOnClose, 1, out _);
    }

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>Runs statements that are run once, without results.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql));

    /// <summary>A statement, prepared once and ready to be bound.</summary>
    public SqliteStatement Statement(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            Check(raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var prepared));
            _statements.Add(sql, statement = new SqliteStatement(this, prepared));
        }

        return statement;
    }

    /// <summary>Runs a statement whose one result is a number.</summary>
    public long Number(string sql)
    {
        using var statement = Statement(sql);
        return statement.Step() ? statement.Number(0) : 0;
    }

    /// <summary>Runs a statement whose results nobody needs; how many rows it changed.</summary>
    public int Run(string sql)
    {
        using var statement = Statement(sql);
        return statement.Run();
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Finish();
        }

        _handle.Dispose();
    }

    internal int Changes => raw.sqlite3_changes(_handle);

    internal void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw new SqliteException(raw.sqlite3_extended_errcode(_handle), raw.sqlite3_errmsg(_handle).utf8_to_string());
        }
    }
}

/// <summary>A prepared statement; disposing it makes it ready for its next use.</summary>
internal sealed class SqliteStatement(SqliteConnection connection, sqlite3_stmt handle) : IDisposable
{
    /// <summary>Binds a text by its UTF-8 bytes, at a position that counts from 1.</summary>
    public SqliteStatement Bind(int position, ReadOnlySpan<byte> text)
    {
        connection.Check(raw.sqlite3_bind_text(handle, position, text));
        return this;
    }

    public SqliteStatement BindBlob(int position, ReadOnlySpan<byte> bytes)
    {
        connection.Check(bytes.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, position, 0) : raw.sqlite3_bind_blob(handle, position, bytes));
        return this;
    }

    public SqliteStatement Bind(int position, long number)
    {
        connection.Check(raw.sqlite3_bind_int64(handle, position, number));
        return this;
    }

    /// <summary>Goes to the next row; false beyond the last.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        connection.Check(code);
        return code == raw.SQLITE_ROW;
    }

    /// <summary>Runs it; how many rows it changed.</summary>
    public int Run()
    {
        while (Step())
        {
        }

        return connection.Changes;
    }

    /// <summary>A column of the row, counted from 0, valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(handle, column);

    public long Number(int column) => raw.sqlite3_column_int64(handle, column);

    public void Dispose()
    {
        _ = raw.sqlite3_reset(handle); // repeats the error of the last step
        _ = raw.sqlite3_clear_bindings(handle);
    }

    internal void Finish() => handle.Dispose();
}

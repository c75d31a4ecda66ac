using SQLitePCL;

Batteries_V2.Init();
Check(raw.sqlite3_open_v2(args[0], out var database, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, null));
Check(raw.sqlite3_exec(database, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE IF NOT EXISTS entries (key TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, value BLOB NOT NULL)"));
Check(raw.sqlite3_exec(database, "BEGIN IMMEDIATE"));
using (var insert = Statement("INSERT INTO entries (key, version, value) VALUES (?1, 1, ?2) ON CONFLICT (key) DO UPDATE SET version = version + 1, value = ?2"))
{
    Check(raw.sqlite3_bind_blob(insert, 2, "x"u8));
    Check(raw.sqlite3_step(insert));
}

using (var select = Statement("SELECT key, version, value FROM entries WHERE key = ?1"))
{
    Check(raw.sqlite3_step(select));
    if (raw.sqlite3_column_int64(select, 1) == 0)
    {
        return 1;
    }
}

Check(raw.sqlite3_exec(database, "COMMIT"));
database.Dispose();
return 0;

sqlite3_stmt Statement(string sql)
{
    Check(raw.sqlite3_prepare_v2(database, sql, out var statement));
    Check(raw.sqlite3_bind_text(statement, 1, "/measured"u8));
    return statement;
}

static void Check(int code)
{
    if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
    {
        throw new InvalidOperationException(raw.sqlite3_errstr(code).utf8_to_string());
    }
}

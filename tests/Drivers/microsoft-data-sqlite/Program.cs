using System.Text;
using Microsoft.Data.Sqlite;

using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = args[0], Pooling = false }.ConnectionString);
connection.Open();
var key = Encoding.UTF8.GetBytes("/measured");
Run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE IF NOT EXISTS entries (key TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, value BLOB NOT NULL)");
Run("BEGIN IMMEDIATE");
Run("INSERT INTO entries (key, version, value) VALUES (CAST($key AS TEXT), 1, $value) ON CONFLICT (key) DO UPDATE SET version = version + 1, value = $value", ("$key", key), ("$value", "x"u8.ToArray()));
using var select = Command("SELECT key, version, value FROM entries WHERE key = CAST($key AS TEXT)", ("$key", key));
using (var row = select.ExecuteReader())
{
    if (!row.Read() || row.GetInt64(1) == 0)
    {
        return 1;
    }
}

Run("COMMIT");
return 0;

void Run(string sql, params (string Name, object Value)[] parameters)
{
    using var command = Command(sql, parameters);
    command.ExecuteNonQuery();
}

SqliteCommand Command(string sql, params (string Name, object Value)[] parameters)
{
    var command = connection.CreateCommand();
    command.CommandText = sql;
    foreach (var (name, value) in parameters)
    {
        command.Parameters.AddWithValue(name, value);
    }

    return command;
}

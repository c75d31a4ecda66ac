using Microsoft.Data.Sqlite;

namespace CalicoNet.Core;

/// <summary>
/// Writes the write-ahead log back into the file while its writer goes on. A commit that does it itself waits until the disk has all of the log:
/// of many small transactions that is half the time.
/// </summary>
internal sealed class SqliteCheckpoints(string path, TimeSpan timeout) : IDisposable
{
    /// <summary>The pages a writer writes before they are written back.</summary>
    private const int Often = 500;

    /// <summary>
    /// The pages in the log from which on a commit writes them back itself after all. The log begins anew only where all of it is written back,
    /// which it never is while somebody goes on writing. Most of it has been written back by then.
    /// </summary>
    private const int Seldom = 8000;

    private Task _running = Task.CompletedTask;

    /// <summary>Begins to write back where a session has written enough. Never waits.</summary>
    public void AfterCommit(SqliteSession session)
    {
        if (session.PagesWritten < Often || !_running.IsCompleted)
        {
            return;
        }

        session.ForgetPagesWritten();
        session.CheckpointAfter(Seldom);
        _running = Task.Run(WriteBack);
    }

    /// <summary>Waits for what is being written back.</summary>
    public void Dispose() => _running.Wait();

    private void WriteBack()
    {
        try
        {
            using var session = new SqliteSession(path, timeout);
            session.Checkpoint();
        }
        catch (SqliteException)
        {
            // The log stays as it is: the next time does it, or a commit, which says what is wrong.
        }
    }
}

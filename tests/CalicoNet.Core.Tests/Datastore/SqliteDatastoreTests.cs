using CalicoNet.Testing;
using static CalicoNet.Core.KeyOperation;

namespace CalicoNet.Core.Tests;

public sealed class SqliteDatastoreTests : DatastoreContract
{
    private readonly TempDirectory _folder = new();

    private protected override int Samples => 1000;

    private string PathOf(string name) => _folder.File(name);

    private protected override Datastore Open(TimeSpan? timeout = null) => OpenAt("store.db", timeout);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _folder.Dispose();
    }

    private Datastore OpenAt(string name, TimeSpan? timeout = null)
        => (new SqliteAddress(PathOf(name)) with { Timeout = timeout ?? TimeSpan.FromSeconds(30) }).Open();

    private DatastoreException Fails(DatastoreFault fault, string name)
    {
        var error = Assert.Throws<DatastoreException>(() =>
        {
            using var store = OpenAt(name, TimeSpan.FromMilliseconds(200));
            store.Range(KeyRange.Prefix(""));
        });
        Assert.Equal(fault, error.Fault);
        Assert.Contains(PathOf(name.Split('/')[0]), error.Message, StringComparison.Ordinal);
        return error;
    }

    [Fact]
    public void What_was_written_outlives_the_process_that_wrote_it()
    {
        using (var store = OpenAt("kept.db"))
        {
            store.Transact([], [Put("/a", "one")], []);
        }

        using var again = OpenAt("kept.db");
        Assert.Equal(("one", 2L), (again.Range("/a").Entry!.Text, again.Range("/a").Revision));
    }

    [Fact]
    public void Closing_leaves_the_write_ahead_log_to_the_next_one()
    {
        using (var store = OpenAt("log.db"))
        {
            store.Transact([], [Put("/a", "one")], []);
        }

        Assert.True(new FileInfo(PathOf("log.db-wal")).Length > 0);
    }

    [Fact]
    public void The_log_is_written_back_while_its_writer_goes_on()
    {
        const int page = 4096, pagesOfAPut = 100;
        using (var store = OpenAt("busy.db"))
        {
            // 600 pages: a commit would write them back itself from 1,000 on only.
            for (var i = 0; i < 6; i++)
                store.Transact([], [.. Enumerable.Range(0, pagesOfAPut).Select(n => (KeyOperation)Put($"/{i}/{n}", new byte[page - 600]))], []);
        }

        Assert.InRange(new FileInfo(PathOf("busy.db")).Length, 4 * pagesOfAPut * page, long.MaxValue);
    }

    [Fact]
    public void Only_the_owner_may_read_what_is_made()
    {
        using var store = OpenAt("new/folders/store.db");
        store.Transact([], [Put("/a", "one")], []);

        const UnixFileMode file = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.All(new[] { "", "-wal", "-shm" }, suffix => Assert.Equal(file, File.GetUnixFileMode(PathOf("new/folders/store.db" + suffix))));
        Assert.Equal(file | UnixFileMode.UserExecute, File.GetUnixFileMode(PathOf("new/folders")));
        Assert.Equal(["store.db", "store.db-shm", "store.db-wal"], Directory.EnumerateFiles(PathOf("new/folders")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Many_threads_that_open_what_is_absent_find_one_datastore()
    {
        for (var round = 0; round < 10; round++)
        {
            var revisions = Parallel(8, thread =>
            {
                using var own = OpenAt($"raced{round}.db");
                return own.Transact([], [Put($"/{thread}", "x")], []).Revision;
            });

            Assert.Equal(Enumerable.Range(2, 8).Select(i => (long)i), revisions.Order());
        }
    }

    [Fact]
    public void An_older_schema_is_migrated_and_keeps_what_it_holds()
    {
        string[] newer = [.. SqliteSchema.Steps, "ALTER TABLE entries ADD COLUMN note TEXT", "UPDATE entries SET note = 'migrated'"];
        long seen;
        using (var store = OpenAt("older.db"))
        {
            seen = store.Transact([], [Put("/a", "one")], []).Revision;
        }

        using (var migrated = new SqliteDatastore(new SqliteAddress(PathOf("older.db")), newer))
        {
            Assert.Equal((seen, "one"), (migrated.Range("/a").Entry!.ModRevision, migrated.Range("/a").Entry!.Text));
            Assert.True(migrated.Transact([KeyComparison.ModRevision("/a", seen)], [Put("/a", "two")], []).Succeeded);
        }

        using var session = new SqliteSession(PathOf("older.db"), TimeSpan.FromSeconds(30));
        Assert.Equal(newer.Length, session.Number("PRAGMA user_version"));
        Assert.Equal(1, session.Number("SELECT count(*) FROM entries WHERE note = 'migrated'"));
    }

    [Fact]
    public void A_file_of_the_first_version_keeps_what_it_holds()
    {
        var value = new byte[3000];
        new SqliteDatastore(new SqliteAddress(PathOf("first.db")), [SqliteSchema.Steps[0]]).Dispose();
        using (var session = new SqliteSession(PathOf("first.db"), TimeSpan.FromSeconds(30)))
            session.Execute($"INSERT INTO entries (key, create_revision, mod_revision, version, value) VALUES ('/a', 2, 5, 3, zeroblob({value.Length})); UPDATE store SET revision = 5");

        using var store = OpenAt("first.db");

        var entry = store.Range("/a").Entry!;
        Assert.Equal((2, 5, 3), (entry.CreateRevision, entry.ModRevision, entry.Version));
        Assert.Equal(value, entry.Value.ToArray());
    }

    [Fact]
    public void Of_many_that_find_an_older_schema_one_migrates()
    {
        OpenAt("older.db").Dispose();
        string[] newer = [.. SqliteSchema.Steps, "CREATE TABLE once (x)"];

        Parallel(8, _ =>
        {
            using var store = new SqliteDatastore(new SqliteAddress(PathOf("older.db")), newer);
            return store.Range("/a").Revision;
        });
    }

    [Fact]
    public void A_migration_that_fails_changes_nothing()
    {
        OpenAt("older.db").Dispose();
        string[] broken = [.. SqliteSchema.Steps, "CREATE TABLE fine (x)", "CREATE TABLE entries (x)"];

        Assert.Throws<DatastoreException>(() => new SqliteDatastore(new SqliteAddress(PathOf("older.db")), broken));

        using var store = OpenAt("older.db");
        Assert.Equal(1, store.Range("/a").Revision);
        using var session = new SqliteSession(PathOf("older.db"), TimeSpan.FromSeconds(30));
        Assert.Equal(0, session.Number("SELECT count(*) FROM sqlite_schema WHERE name = 'fine'"));
    }

    [Fact]
    public void An_empty_file_becomes_a_datastore()
    {
        File.WriteAllBytes(PathOf("empty.db"), []);

        using var store = OpenAt("empty.db");

        Assert.Equal(2, store.Transact([], [Put("/a", "one")], []).Revision);
    }

    [Fact]
    public void A_newer_schema_is_refused_and_nothing_in_it_is_touched()
    {
        new SqliteDatastore(new SqliteAddress(PathOf("newer.db")), [.. SqliteSchema.Steps, "CREATE TABLE future (x)"]).Dispose();
        Checkpoint("newer.db");
        var before = File.ReadAllBytes(PathOf("newer.db"));

        var error = Fails(DatastoreFault.NewerSchema, "newer.db");

        Assert.Contains($"schema {SqliteSchema.Steps.Count + 1}", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(PathOf("newer.db")));
    }

    [Fact]
    public void A_schema_that_becomes_newer_while_it_is_open_is_refused()
    {
        using var store = OpenAt("shared.db");
        new SqliteDatastore(new SqliteAddress(PathOf("shared.db")), [.. SqliteSchema.Steps, "CREATE TABLE future (x)"]).Dispose();

        Assert.Equal(DatastoreFault.NewerSchema, Assert.Throws<DatastoreException>(() => store.Range("/a")).Fault);
        Assert.Equal(DatastoreFault.NewerSchema, Assert.Throws<DatastoreException>(() => store.Transact([], [Put("/a", "x")], [])).Fault);
    }

    [Theory]
    [InlineData("CREATE TABLE theirs (x)")]
    [InlineData("CREATE TABLE theirs (x); PRAGMA user_version = 1")]
    [InlineData("PRAGMA application_id = 7")]
    public void Another_programs_file_is_refused_and_nothing_in_it_is_touched(string sql)
    {
        File.WriteAllBytes(PathOf("theirs.db"), []);
        using (var session = new SqliteSession(PathOf("theirs.db"), TimeSpan.FromSeconds(30)))
        {
            session.Execute(sql);
        }

        var before = File.ReadAllBytes(PathOf("theirs.db"));

        Fails(DatastoreFault.Corrupt, "theirs.db");

        Assert.Equal(before, File.ReadAllBytes(PathOf("theirs.db")));
        Assert.False(File.Exists(PathOf("theirs.db-wal")));
    }

    [Fact]
    public void A_file_that_is_no_database_is_corrupt()
    {
        File.WriteAllText(PathOf("text.db"), string.Concat(Enumerable.Repeat("this is a text, and no database. ", 100)));

        Assert.Contains("backup", Fails(DatastoreFault.Corrupt, "text.db").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_page_is_corrupt()
    {
        using (var store = OpenAt("damaged.db"))
        {
            store.Transact([], [.. Enumerable.Range(0, 100).Select(i => Put($"/{i}", new string('x', 500)))], []);
        }

        Checkpoint("damaged.db");
        var bytes = File.ReadAllBytes(PathOf("damaged.db"));
        bytes.AsSpan(4096).Fill(0xff); // the header and the schema stay whole
        File.WriteAllBytes(PathOf("damaged.db"), bytes);

        Fails(DatastoreFault.Corrupt, "damaged.db");
    }

    [Fact]
    public void A_writer_that_finds_the_lock_taken_for_too_long_says_so_and_readers_go_on()
    {
        using var store = OpenAt("locked.db", TimeSpan.FromMilliseconds(200));
        store.Transact([], [Put("/a", "one")], []);
        using var other = new SqliteSession(PathOf("locked.db"), TimeSpan.FromSeconds(30));
        other.Execute("BEGIN IMMEDIATE");

        var error = Assert.Throws<DatastoreException>(() => store.Transact([], [Put("/a", "two")], []));

        Assert.Equal(DatastoreFault.Locked, error.Fault);
        Assert.Contains(PathOf("locked.db"), error.Message, StringComparison.Ordinal);
        Assert.Equal("one", store.Range("/a").Entry!.Text);
        other.Execute("ROLLBACK");
        Assert.True(store.Transact([KeyComparison.Version("/a", 1)], [Put("/a", "three")], []).Succeeded);
    }

    [Fact]
    public async Task A_writer_that_waits_for_the_lock_gets_it_when_it_is_free()
    {
        using var store = OpenAt("locked.db");
        using var other = new SqliteSession(PathOf("locked.db"), TimeSpan.FromSeconds(30));
        other.Execute("BEGIN IMMEDIATE");
        var waiting = Task.Run(() => store.Transact([], [Put("/a", "one")], []));

        other.Execute("COMMIT");

        Assert.True((await waiting).Succeeded);
    }

    [Fact]
    public async Task Waiting_for_the_lock_can_be_cancelled()
    {
        using var store = OpenAt("locked.db", TimeSpan.FromMinutes(10));
        using var other = new SqliteSession(PathOf("locked.db"), TimeSpan.FromSeconds(30));
        other.Execute("BEGIN IMMEDIATE");
        using var cancellation = new CancellationTokenSource();
        var waiting = Task.Run(() => store.Transact([], [Put("/a", "one")], [], cancellation.Token));

        cancellation.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        other.Execute("ROLLBACK");
        Assert.Null(store.Range("/a").Entry);
    }

    [Theory]
    [InlineData("a file of root's", "store.db")]
    [InlineData("a file in a folder of root's", "open.db")]
    [InlineData("a new file in a folder of root's", "new.db")]
    [InlineData("a new folder", "new/store.db")]
    public void Without_rights_it_is_refused(string what, string name)
    {
        Requires.Root();
        Requires.Tool("setpriv", "util-linux");
        OpenAt("store.db").Dispose();
        OpenAt("open.db").Dispose();
        File.Delete(PathOf("open.db-wal"));
        File.Delete(PathOf("open.db-shm"));
        File.SetUnixFileMode(PathOf("open.db"), (UnixFileMode)0b110_110_110);
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        string[] nobody = ["--reuid", "65534", "--clear-groups", "--"];
        if (!Exec.Try("setpriv", [.. nobody, "test", "-r", Program]).Succeeded)
        {
            throw new SkipException("an unprivileged user cannot read what was built here");
        }

        AssertRefused(Exec.Try("setpriv", [.. nobody, "env", "HOME=/nonexistent", ProcessRunner.DotnetHost, "exec", Program, "datastore", PathOf(name), "/a", "1"]), what, name);
    }

    [Theory]
    [InlineData("store.db")]
    [InlineData("new.db")]
    public void On_a_file_system_that_is_read_only_it_is_refused(string name)
    {
        Requires.Root();
        OpenAt("store.db").Dispose();

        var result = Exec.Try("unshare", "--mount", "sh", "-c", "mount --bind \"$1\" \"$1\" && mount -o remount,ro,bind \"$1\" && shift && exec \"$@\"", "sh",
            _folder.Path, ProcessRunner.DotnetHost, "exec", Program, "datastore", PathOf(name), "/a", "1");

        AssertRefused(result, "read-only", name);
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "CalicoNet.NativeSmoke.dll");

    private void AssertRefused(ExecResult result, string what, string name)
    {
        Assert.False(result.Succeeded, what);
        Assert.Contains($"{PathOf(name)} cannot be opened for writing by this user", result.Error, StringComparison.Ordinal);
        Assert.Equal(["open.db", "store.db"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(path => Path.GetFileName(path)!).Where(file => !file.Contains('-', StringComparison.Ordinal)).Union(["open.db"]).Order());
    }

    [Fact]
    public void A_file_that_is_removed_while_it_is_in_use_is_missed_and_then_begun_anew()
    {
        using var store = OpenAt("gone.db");
        store.Transact([], [Put("/a", "one")], []);
        Array.ForEach(Directory.GetFiles(_folder.Path, "gone.db*"), File.Delete);

        var error = Assert.Throws<DatastoreException>(() => store.Transact([], [Put("/b", "two")], []));
        store.Transact([], [Put("/c", "three")], []);

        Assert.Equal(DatastoreFault.Unavailable, error.Fault);
        Assert.Contains($"{PathOf("gone.db")} was removed", error.Message, StringComparison.Ordinal);
        using var other = OpenAt("gone.db");
        Assert.Equal(["/c"], other.Range(KeyRange.Prefix("/")).Entries.Select(entry => entry.Key));
    }

    [Fact]
    public void A_folder_is_no_file()
    {
        Directory.CreateDirectory(PathOf("folder"));

        Assert.Contains("is a folder", Fails(DatastoreFault.Unavailable, "folder").Message, StringComparison.Ordinal);

        Assert.Equal([PathOf("folder")], Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_path_below_a_file_names_the_file_system()
    {
        File.WriteAllText(PathOf("file"), "");

        Fails(DatastoreFault.Unavailable, "file/store.db");
    }

    private void Checkpoint(string name)
    {
        using var session = new SqliteSession(PathOf(name), TimeSpan.FromSeconds(30));
        Assert.Equal(0, session.Number("PRAGMA wal_checkpoint(TRUNCATE)"));
    }
}

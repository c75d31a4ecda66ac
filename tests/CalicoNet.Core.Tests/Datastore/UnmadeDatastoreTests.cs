using CalicoNet.Testing;
using static CalicoNet.Core.KeyOperation;

namespace CalicoNet.Core.Tests;

/// <summary>A datastore that is used as it is, before there is one.</summary>
public sealed class UnmadeDatastoreTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    private SqliteAddress Address => new(_folder.File("store.db"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_only_looks_finds_what_a_new_one_would_and_makes_nothing()
    {
        IReadOnlyList<KeyComparison>[] all =
        [
            [], [KeyComparison.Absent("/a")], [KeyComparison.Version("/a", 1)], [KeyComparison.ModRevision("/a", 1)], [KeyComparison.NoneIn(KeyRange.Prefix("/"))],
            [KeyComparison.NotWritten(KeyRange.Prefix("/"), 7)], [KeyComparison.Absent("/a"), KeyComparison.Version("/a", 1)],
        ];
        using var made = (Address with { Path = _folder.File("made.db") }).Open();
        using var store = Address.OpenAsItIs();

        foreach (var compares in all)
        {
            var (expected, actual) = (Look(made, compares), Look(store, compares));
            Assert.Equal((expected.Succeeded, expected.Revision), (actual.Succeeded, actual.Revision));
            Assert.Equal(expected.Reads.Select(read => (read.Entries.Count, read.Revision, read.More)), actual.Reads.Select(read => (read.Entries.Count, read.Revision, read.More)));
        }

        Assert.Equal([], Directory.GetFiles(_folder.Path, "store.db*"));

        static TransactionResult Look(Datastore datastore, IReadOnlyList<KeyComparison> compares) => datastore.Transact(compares, [Read(KeyRange.Key("/a")), Read(KeyRange.Prefix("/"))], [Read(KeyRange.Key("/b"))]);
    }

    [Fact]
    public void The_first_change_makes_it()
    {
        using (var store = Address.OpenAsItIs())
        {
            var seen = store.Range(KeyRange.Key("/a"));
            Assert.True(store.Transact([KeyComparison.Unchanged("/a", seen.Entry)], [Put("/a", "one")], []).Succeeded);
            Assert.Equal("one", store.Range(KeyRange.Key("/a")).Entry?.Text);
        }

        using var again = Address.OpenAsItIs();
        Assert.Equal("one", again.Range(KeyRange.Key("/a")).Entry?.Text);
    }

    [Fact]
    public void What_another_makes_meanwhile_is_seen()
    {
        using var store = Address.OpenAsItIs();
        Assert.Null(store.Range(KeyRange.Key("/a")).Entry);
        using var other = Address.Open();
        other.Transact([], [Put("/a", "other")], []);

        Assert.Equal("other", store.Range(KeyRange.Key("/a")).Entry?.Text);
        Assert.False(store.Transact([KeyComparison.Absent("/a")], [Put("/a", "mine")], []).Succeeded);
    }

    [Fact]
    public void What_is_closed_stays_closed()
    {
        var store = Address.OpenAsItIs();
        store.Dispose();

        Assert.Throws<ObjectDisposedException>(() => store.Transact([], [Put("/a", "one")], []));
        Assert.False(Address.IsPresent);
    }
}

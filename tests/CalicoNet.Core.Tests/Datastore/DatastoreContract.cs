using CalicoNet.Testing;
using CsCheck;
using static CalicoNet.Core.KeyOperation;

namespace CalicoNet.Core.Tests;

/// <summary>What every datastore does: the same tests for each driver. A test has keys of its own, so that it may share a server.</summary>
public abstract class DatastoreContract : IDisposable
{
    private readonly Lazy<Datastore> _store;

    private protected DatastoreContract() => _store = new(() => Open());

    private protected string Root { get; } = $"/test/{Guid.NewGuid():N}/";

    private protected Datastore Store => _store.Value;

    /// <summary>One more connection to the same datastore.</summary>
    private protected abstract Datastore Open(TimeSpan? timeout = null);

    /// <summary>How many random sequences are tried.</summary>
    private protected abstract int Samples { get; }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (_store.IsValueCreated)
        {
            _store.Value.Dispose();
        }
    }

    private protected string Key(string name) => Root + name;

    private protected KeyValue? Get(string name) => Store.Range(Key(name)).Entry;

    private protected long Write(string name, string value) => Store.Transact([], [Put(Key(name), value)], []).Revision;

    private protected IEnumerable<string> Names(RangeResult result) => result.Entries.Select(entry => entry.Key[Root.Length..]);

    [Fact]
    public void What_was_written_is_read_with_its_revisions()
    {
        var before = Store.Range(Key("a"));
        Assert.Null(before.Entry);

        var first = Write("a", "one");
        var second = Write("a", "two");

        Assert.Equal([before.Revision + 1, before.Revision + 2], [first, second]);
        var read = Store.Range(Key("a"));
        Assert.Equal(second, read.Revision);
        Assert.Equal((Key("a"), "two", first, second, 2L), (read.Entry!.Key, read.Entry.Text, read.Entry.CreateRevision, read.Entry.ModRevision, read.Entry.Version));
    }

    [Fact]
    public void A_key_that_comes_again_begins_anew()
    {
        Write("a", "one");
        Write("a", "two");
        Store.Transact([], [Delete(Key("a"))], []);
        Assert.Null(Get("a"));

        var revision = Write("a", "three");

        var entry = Get("a")!;
        Assert.Equal((revision, revision, 1L), (entry.CreateRevision, entry.ModRevision, entry.Version));
    }

    [Fact]
    public void Every_byte_and_an_empty_value_come_back()
    {
        var bytes = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        Store.Transact([], [Put(Key("bytes"), bytes), Put(Key("empty"), ReadOnlyMemory<byte>.Empty)], []);

        Assert.Equal(bytes, Get("bytes")!.Value.ToArray());
        Assert.True(Get("empty")!.Value.IsEmpty);
        Assert.Equal("", Get("empty")!.Text);
    }

    [Fact]
    public void Ranges_are_in_the_order_of_bytes_and_hold_what_they_say()
    {
        // U+FFFD sorts before U+10000 in UTF-8, behind its surrogates in UTF-16; 0x7f and 0x10ffff are the ends of prefixes that cannot just count up.
        string[] names = ["a", "a\0b", "a/", "a/b", "a/b\r", "a/c", "a0", "b", "b\u007f", "b\u007fx", "b\u0080", "b\ufffd", "b\U00010000", "b\U0010ffff", "b\U0010ffffz", "c"];
        Store.Transact([], [.. names.Reverse().Select(name => Put(Key(name), name))], []);

        Assert.Equal(names, Names(Store.Range(KeyRange.Prefix(Root))));
        Assert.Equal(["a/", "a/b", "a/b\r", "a/c"], Names(Store.Range(KeyRange.Prefix(Key("a/")))));
        Assert.Equal(["b\u007f", "b\u007fx"], Names(Store.Range(KeyRange.Prefix(Key("b\u007f")))));
        Assert.Equal(["b\U0010ffff", "b\U0010ffffz"], Names(Store.Range(KeyRange.Prefix(Key("b\U0010ffff")))));
        Assert.Equal(["a/b"], Names(Store.Range(Key("a/b"))));
        Assert.Equal(["a/c", "a0"], Names(Store.Range(KeyRange.Between(Key("a/c"), Key("b")))));
        Assert.Empty(Store.Range(KeyRange.Between(Key("b"), Key("a"))).Entries);
        Assert.Equal("c", Names(Store.Range(KeyRange.Between(Key("c"), null), limit: 1)).Single());
        Assert.Contains(Key("c"), Store.Range(KeyRange.Prefix("")).Entries.Select(entry => entry.Key));
        Assert.Empty(Store.Range(KeyRange.Prefix(Key("d"))).Entries);
    }

    [Fact]
    public void A_limit_gives_the_first_ones_and_says_that_there_are_more()
    {
        Store.Transact([], [.. "edcba".Select(name => Put(Key(name.ToString()), "x"))], []);
        var all = KeyRange.Prefix(Root);

        Assert.Equal((2, true), (Store.Range(all, limit: 2).Entries.Count, Store.Range(all, limit: 2).More));
        Assert.Equal(["a", "b"], Names(Store.Range(all, limit: 2)));
        Assert.Equal((5, false), (Store.Range(all, limit: 5).Entries.Count, Store.Range(all, limit: 5).More));
        Assert.False(Store.Range(all).More);
        Assert.Equal(["c", "d"], Names(Store.Range(KeyRange.Between(Key("b") + "\0", Key("e")), limit: 2)));
    }

    [Fact]
    public void Keys_only_leaves_out_the_values_and_nothing_else()
    {
        Write("a", "one");
        var revision = Write("a", "two");

        var entry = Assert.Single(Store.Range(KeyRange.Prefix(Root), keysOnly: true).Entries);

        Assert.True(entry.Value.IsEmpty);
        Assert.Equal((Key("a"), revision, 2L), (entry.Key, entry.ModRevision, entry.Version));
    }

    [Fact]
    public void A_transaction_does_one_branch_whole_and_reads_in_it()
    {
        var seen = Write("a", "one");
        var compares = new[] { KeyComparison.ModRevision(Key("a"), seen), KeyComparison.Absent(Key("b")) };
        KeyOperation[] then = [Put(Key("a"), "two"), Put(Key("b"), "new"), Read(KeyRange.Prefix(Root))];
        KeyOperation[] otherwise = [Read(Key("a")), Read(Key("c")), Put(Key("lost"), "yes")];

        var won = Store.Transact(compares, then, otherwise);
        var lost = Store.Transact(compares, then, otherwise);

        Assert.True(won.Succeeded);
        Assert.Equal(seen + 1, won.Revision);
        Assert.Equal(["two", "new"], Assert.Single(won.Reads).Entries.Select(entry => entry.Text));
        Assert.All(won.Reads[0].Entries, entry => Assert.Equal(won.Revision, entry.ModRevision));
        Assert.False(lost.Succeeded);
        Assert.Equal(won.Revision + 1, lost.Revision);
        Assert.Equal(2, lost.Reads.Count);
        Assert.Equal("two", lost.Reads[0].Entry!.Text);
        Assert.Null(lost.Reads[1].Entry);
        Assert.Equal(["a", "b", "lost"], Names(Store.Range(KeyRange.Prefix(Root))));
    }

    [Fact]
    public void Reads_of_a_transaction_see_what_was_written_before_them_in_it()
    {
        Write("a", "old");

        var result = Store.Transact([], [Read(Key("a")), Put(Key("a"), "new"), Read(Key("a")), Delete(Key("b")), Put(Key("c"), "c"), Read(KeyRange.Prefix(Root))], []);

        Assert.Equal("old", result.Reads[0].Entry!.Text);
        Assert.Equal(("new", result.Revision), (result.Reads[1].Entry!.Text, result.Reads[1].Entry!.ModRevision));
        Assert.Equal(["a", "c"], Names(result.Reads[2]));
        Assert.All(result.Reads, read => Assert.Equal(result.Revision, read.Revision));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void A_version_is_compared(long version, bool holds)
    {
        Write("a", "one");
        Write("a", "two");

        Assert.Equal(holds, Store.Transact([KeyComparison.Version(Key("a"), version)], [], []).Succeeded);
        Assert.Equal(version == 0, Store.Transact([KeyComparison.Version(Key("absent"), version)], [], []).Succeeded);
        Assert.Equal(version == 0, Store.Transact([KeyComparison.ModRevision(Key("absent"), version)], [], []).Succeeded);
    }

    [Fact]
    public void Unchanged_holds_for_what_is_as_it_was_read()
    {
        Assert.True(Store.Transact([KeyComparison.Unchanged(Key("a"), Get("a"))], [Put(Key("a"), "one")], []).Succeeded);
        var seen = Get("a");
        Assert.True(Store.Transact([KeyComparison.Unchanged(Key("a"), seen)], [Put(Key("a"), "two")], []).Succeeded);
        Assert.False(Store.Transact([KeyComparison.Unchanged(Key("a"), seen)], [Put(Key("a"), "three")], []).Succeeded);
    }

    [Fact]
    public void A_value_of_any_length_is_read_as_it_was_written_and_as_it_was_overwritten()
    {
        var random = new Random(1);
        foreach (var length in (int[])[0, 1, 2047, 2048, 2049, 3071, 3072, 3073, 3080, 3090, 10_000, 10_001, 100_000, 5000, 3, 0])
        {
            var value = new byte[length];
            random.NextBytes(value);
            value.AsSpan(length * 9 / 10).Clear();   // zeros at its end are the value's
            Store.Transact([], [KeyOperation.Put(Key("a"), value)], []);

            Assert.Equal(value, Get("a")!.Value.ToArray());
            Assert.Equal(value, Store.Range(KeyRange.Prefix(Root)).Entry!.Value.ToArray());
        }
    }

    [Fact]
    public void A_range_is_compared_by_what_was_written_last_in_it()
    {
        bool Holds(KeyComparison compare) => Store.Transact([compare], [], []).Succeeded;
        var all = KeyRange.Prefix(Root);
        Assert.True(Holds(KeyComparison.NoneIn(all)));
        var first = Write("a", "one");
        var second = Write("b", "two");

        Assert.False(Holds(KeyComparison.NoneIn(all)));
        Assert.True(Holds(KeyComparison.NoneIn(KeyRange.Between(Key("a0"), Key("b")))));
        Assert.True(Holds(KeyComparison.NotWritten(all, second)));
        Assert.False(Holds(KeyComparison.NotWritten(all, first)));
        Assert.True(Holds(KeyComparison.NotWritten(KeyRange.Between(Key("a"), Key("b")), first)));
        Assert.False(Holds(KeyComparison.NotWritten(KeyRange.Between(Key("a"), null), first)));
        Assert.True(Holds(KeyComparison.NotWritten(KeyRange.Key(Key("a")), first)));

        // What is gone does not show.
        Store.Transact([], [Delete(Key("b"))], []);
        Assert.True(Holds(KeyComparison.NotWritten(all, first)));
    }

    [Fact]
    public void What_was_known_to_hold_does_not_hold_when_it_was_written_since()
    {
        var first = Write("a", "one");
        var known = KeyComparison.ModRevision(Key("a"), first) with { KnownAt = first };
        Assert.True(Store.Transact([known, KeyComparison.Absent(Key("b"))], [], []).Succeeded);
        Assert.False(Store.Transact([known, KeyComparison.Absent(Key("a"))], [], []).Succeeded);

        // Something else was written since, then that itself.
        var second = Write("b", "two");
        Assert.True(Store.Transact([known, KeyComparison.ModRevision(Key("b"), second) with { KnownAt = second }], [], []).Succeeded);
        Assert.False(Store.Transact([known with { KnownAt = second }, KeyComparison.ModRevision(Key("b"), first) with { KnownAt = first }], [], []).Succeeded);
        Write("a", "three");
        Assert.False(Store.Transact([known], [], []).Succeeded);
    }

    [Fact]
    public void What_changes_nothing_leaves_the_revision()
    {
        var revision = Write("a", "one");

        Assert.Equal(revision, Store.Transact([], [], []).Revision);
        Assert.Equal(revision, Store.Transact([], [Delete(Key("absent")), Delete(KeyRange.Prefix(Key("absent")))], []).Revision);
        Assert.Equal(revision, Store.Transact([], [Read(Key("a"))], []).Revision);
        Assert.Equal(revision, Store.Range(Key("a")).Revision);
        Assert.Equal(revision + 1, Store.Transact([], [Delete(Key("a"))], []).Revision);
    }

    [Fact]
    public void A_prefix_is_deleted_whole_and_nothing_beside_it()
    {
        Store.Transact([], [Put(Key("a"), "x"), Put(Key("a/1"), "x"), Put(Key("a/2"), "x"), Put(Key("b"), "x")], []);

        Store.Transact([], [Delete(KeyRange.Prefix(Key("a/")))], []);

        Assert.Equal(["a", "b"], Names(Store.Range(KeyRange.Prefix(Root))));
    }

    [Fact]
    public void A_key_written_twice_in_one_branch_is_refused_and_in_both_branches_is_not()
    {
        KeyOperation[][] twice =
        [
            [Put(Key("a"), "one"), Put(Key("a"), "two")],
            [Put(Key("a"), "one"), Delete(Key("a"))],
            [Delete(KeyRange.Prefix(Root)), Put(Key("a"), "one")],
            [Delete(KeyRange.Between(Key("a"), Key("b"))), Put(Key("a"), "one")],
        ];

        Assert.All(twice, operations =>
        {
            Assert.Contains(Key("a"), Assert.Throws<ArgumentException>(() => Store.Transact([], operations, [])).Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => Store.Transact([], [], operations));
        });
        Assert.Empty(Store.Range(KeyRange.Prefix(Root)).Entries);
        Store.Transact([KeyComparison.Absent(Key("a"))], [Put(Key("a"), "one")], [Put(Key("a"), "two")]);
        Assert.Equal("one", Get("a")!.Text);
        Assert.Equal("two", Store.Transact([], [Delete(Key("b")), Delete(KeyRange.Prefix(Key("b"))), Put(Key("a"), "two"), Read(Key("a"))], []).Reads[0].Entry!.Text);
    }

    [Fact]
    public void As_many_operations_as_etcd_takes_are_taken_and_one_more_is_refused()
    {
        KeyOperation[] Puts(int count) => [.. Enumerable.Range(0, count).Select(i => Put(Key($"{i}"), "x"))];
        KeyComparison[] Compares(int count) => [.. Enumerable.Range(0, count).Select(i => KeyComparison.Absent(Key($"other{i}")))];

        Assert.True(Store.Transact(Compares(128), Puts(128), Puts(128)).Succeeded);

        foreach (var refused in new Action[] { () => Store.Transact([], Puts(129), []), () => Store.Transact([], [], Puts(129)), () => Store.Transact(Compares(129), [], []) })
        {
            var fault = Assert.Throws<DatastoreException>(refused);
            Assert.Equal(DatastoreFault.TooLarge, fault.Fault);
            Assert.Contains("129", fault.Message, StringComparison.Ordinal);
        }

        Assert.Equal(128, Store.Range(KeyRange.Prefix(Root)).Entries.Count);
    }

    [Fact]
    public void As_many_bytes_as_etcd_takes_are_taken_and_more_are_refused()
    {
        var large = new byte[(3 * 512 * 1024) - 200];
        Random.Shared.NextBytes(large);

        Store.Transact([], [Put(Key("large"), large)], []);
        var fault = Assert.Throws<DatastoreException>(() => Store.Transact([], [Put(Key("larger"), new byte[large.Length / 2]), Put(Key("largest"), large)], []));

        Assert.Equal(DatastoreFault.TooLarge, fault.Fault);
        Assert.Contains(Key("largest"), fault.Message, StringComparison.Ordinal);
        Assert.Equal(large, Get("large")!.Value.ToArray());
        Assert.Null(Get("larger"));
    }

    [Fact]
    public void Many_operations_that_just_fit_are_taken()
    {
        // Their encoding, not only their values, has to fit: nothing that passes our check is too large for etcd.
        var each = (3 * 512 * 1024 / 128) - 48 - Key("000").Length;
        Store.Transact([], [.. Enumerable.Range(100, 128).Select(i => Put(Key($"{i}"), new byte[each]))], []);

        Assert.Equal(128, Store.Range(KeyRange.Prefix(Root), keysOnly: true).Entries.Count);
    }

    [Fact]
    public void More_than_a_request_may_hold_is_read_at_once()
    {
        for (var i = 0; i < 6; i++)
        {
            Write($"{i}", new string((char)('a' + i), 1024 * 1024));
        }

        Assert.Equal("abcdef", string.Concat(Store.Range(KeyRange.Prefix(Root)).Entries.Select(entry => entry.Text[^1])));
    }

    [Fact]
    public void What_is_no_key_is_refused()
        => Assert.All(["", "half a pair \ud800"], key =>
        {
            Assert.Throws<ArgumentException>(() => Store.Range(key));
            Assert.Throws<ArgumentException>(() => Put(key, "x"));
            Assert.Throws<ArgumentException>(() => KeyComparison.Absent(key));
        });

    [Fact]
    public void Of_threads_that_want_the_same_key_one_gets_it()
    {
        var winners = Parallel(8, thread => Enumerable.Range(0, 10).Count(i =>
            Store.Transact([KeyComparison.Absent(Key($"{i}"))], [Put(Key($"{i}"), $"{thread}")], []).Succeeded));

        Assert.Equal(10, winners.Sum());
    }

    [Fact]
    public void Counting_up_by_many_threads_on_many_connections_loses_nothing()
    {
        const int threads = 8, each = 25;

        Parallel(threads, _ =>
        {
            using var own = Open(TimeSpan.FromSeconds(60));
            for (var i = 0; i < each; i++)
            {
                CountUp(own, Key("counter"));
            }

            return 0;
        });

        Assert.Equal($"{threads * each}", Get("counter")!.Text);
        Assert.Equal(threads * each, Get("counter")!.Version);
    }

    [Fact]
    public async Task A_reader_sees_a_transaction_whole_or_not_at_all()
    {
        using var done = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            using var own = Open();
            for (var i = 0; i < 200; i++)
            {
                own.Transact([], [Put(Key("a"), $"{i}"), Put(Key("b"), $"{i}")], []);
            }

            done.Cancel();
        });
        while (!done.IsCancellationRequested)
        {
            var entries = Store.Range(KeyRange.Prefix(Root)).Entries;
            Assert.True(entries.Count == 0 || (entries.Count == 2 && entries[0].Text == entries[1].Text && entries[0].ModRevision == entries[1].ModRevision));
            if (writer.IsFaulted)
            {
                break;
            }
        }

        await writer;
    }

    [Fact]
    public void A_cancelled_operation_is_not_begun()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(() => Store.Transact([], [Put(Key("a"), "x")], [], cancelled.Token));
        Assert.Null(Get("a"));
    }

    [Fact]
    public void Once_closed_it_does_nothing_more()
    {
        var own = Open();
        own.Range(Key("a"));
        own.Dispose();
        own.Dispose();

        Assert.Throws<ObjectDisposedException>(() => own.Range(Key("a")));
    }

    /// <summary>Whatever is done in whatever order, the outcome is the model's: so that the drivers are equal to each other, too.</summary>
    [Fact]
    public void It_does_what_the_model_does()
    {
        string[] names = ["a", "a\0b", "a/", "a/b", "a/c", "b", "\U00010000", "\ufffd"];
        var name = Gen.Int[0, names.Length - 1].Select(i => names[i]);
        // Three ways to compare with what is there now, two that do not hold, and two of ranges.
        var compare = Gen.Select(name, Gen.Int[0, 6]);
        var range = Gen.Select(name, name, Gen.Int[0, 3]);
        var operation = Gen.Select(Gen.Int[0, 5], range, Gen.Int[0, 3], Gen.Int[0, 9]);
        var step = Gen.Select(compare.Array[0, 2], operation.Array[0, 5], operation.Array[0, 3]);

        Gen.Select(step.Array[1, 12], Gen.Guid).Sample(
            (steps, id) =>
            {
                var root = $"{Root}{id:N}/";
                var model = new DatastoreModel(Store.Range(root).Revision);
                foreach (var (compares, then, otherwise) in steps)
                {
                    KeyComparison Compare((string Name, int Kind) compare)
                    {
                        var (key, seen) = (root + compare.Name, model.Get(root + compare.Name));
                        return compare.Kind switch
                        {
                            0 => KeyComparison.Absent(key),
                            1 => KeyComparison.Unchanged(key, seen),
                            2 => KeyComparison.Version(key, seen?.Version ?? 0),
                            3 => KeyComparison.ModRevision(key, (seen?.ModRevision ?? 1) - 1),
                            4 => KeyComparison.NotWritten(KeyRange.Prefix(key), Math.Max(0, model.Revision - 2)),
                            5 => KeyComparison.NoneIn(KeyRange.Between(key, root + "c")),
                            _ => KeyComparison.Version(key, (seen?.Version ?? 0) + 1),
                        };
                    }

                    KeyRange Range((string Name, string Other, int Kind) range) => range.Kind switch
                    {
                        0 => KeyRange.Prefix(root + range.Name),
                        1 => KeyRange.Between(root + range.Name, root + range.Other),
                        2 => KeyRange.Prefix(root),
                        _ => KeyRange.Key(root + range.Name),
                    };

                    IReadOnlyList<KeyOperation> Operations((int Kind, (string, string, int) Range, int Limit, int Value)[] operations)
                    {
                        var list = new List<KeyOperation>();
                        foreach (var (kind, range, limit, value) in operations)
                        {
                            KeyOperation next = kind switch
                            {
                                0 or 1 or 2 => Put(root + range.Item1, $"{value}"),
                                3 => Delete(Range(range)),
                                _ => Read(Range(range), limit, keysOnly: kind == 5),
                            };
                            // What writes a key twice is refused; that has a test of its own.
                            if (!list.Append(next).OfType<PutKey>().GroupBy(put => put.Key).Any(puts => puts.Count() > 1 || list.Append(next).OfType<DeleteKeys>().Any(delete => delete.Range.Contains(puts.Key))))
                            {
                                list.Add(next);
                            }
                        }

                        return list;
                    }

                    var (ifs, first, second) = (compares.Select(Compare).ToList(), Operations(then), Operations(otherwise));
                    Assert.Equal(DatastoreModel.Describe(model.Transact(ifs, first, second)), DatastoreModel.Describe(Store.Transact(ifs, first, second)));
                }
            },
            iter: Samples, threads: 1);
    }

    [Fact]
    public void Of_sixteen_processes_that_count_up_none_loses_anything()
    {
        const int processes = 16, each = 25;
        var key = Key("counter");
        var program = Path.Combine(AppContext.BaseDirectory, "CalicoNet.NativeSmoke.dll");

        var runners = Enumerable.Range(0, processes).Select(_ => ProcessRunner.StartDotnet(program, "datastore", Store.Address.ToString(), key, $"{each}")).ToList();
        try
        {
            Assert.All(runners, runner => runner.WaitForExit().OrThrow());
        }
        finally
        {
            runners.ForEach(runner => runner.Dispose());
        }

        Assert.Equal($"{processes * each}", Get("counter")!.Text);
    }

    /// <summary>Read, decide, compare and set; decide again on the fresh value that a lost race brings.</summary>
    internal static void CountUp(Datastore store, string key)
    {
        var seen = store.Range(key).Entry;
        while (true)
        {
            var next = seen is null ? "1" : $"{int.Parse(seen.Text, null) + 1}";
            var result = store.Transact([KeyComparison.Unchanged(key, seen)], [Put(key, next)], [Read(key)]);
            if (result.Succeeded)
            {
                return;
            }

            seen = result.Reads[0].Entry;
        }
    }

    private protected static IReadOnlyList<T> Parallel<T>(int count, Func<int, T> work)
    {
        var tasks = Enumerable.Range(0, count).Select(i => Task.Factory.StartNew(() => work(i), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        Task.WaitAll(tasks);
        return [.. tasks.Select(task => task.Result)];
    }
}

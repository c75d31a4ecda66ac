using System.Diagnostics;

namespace CalicoNet.Core;

/// <summary>
/// Brings decisions about: reads what they miss, commits them, and has them decided again on what a lost comparison brings back. Every
/// operation of address management goes through here, and none has a loop of its own.
/// </summary>
internal sealed class Mutator(Datastore datastore, TimeSpan patience, Action<int>? attempted = null)
{
    /// <summary>How long an operation goes on being overtaken where nobody has said otherwise.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(256);

    private readonly WritersQueue _queue = new(datastore.Address);
    private Memory? _memory = new();

    public T Run<T>(Func<View, Decision<T>> decide, string subject, CancellationToken cancellation)
    {
        IDisposable? turn = null;
        // For one operation at a time: those beside it begin with nothing.
        var memory = Interlocked.Exchange(ref _memory, null) ?? new Memory();
        try
        {
            return Run(decide, subject, memory, ref turn, cancellation);
        }
        finally
        {
            _memory = memory;
            turn?.Dispose();
        }
    }

    private T Run<T>(Func<View, Decision<T>> decide, string subject, Memory memory, ref IDisposable? turn, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var view = new View(memory);
        DatastoreException? doubt = null;
        var overtaken = 0;   // since it has the turn
        for (var attempts = 0; ;)
        {
            try
            {
                switch (decide(view))
                {
                    case Decision<T>.Read read:
                        Learn(view, read.Reads, cancellation);
                        continue;
                    case Decision<T>.Done when view.HasBorrowed:
                        view = new View();
                        continue;
                    case Decision<T>.Done done:
                        memory.Keep(view);
                        attempted?.Invoke(attempts);
                        return done.Result;
                    case Decision<T>.Commit commit:
                        attempts++;
                        var fresh = commit.Fresh;
                        var outcome = datastore.Transact(commit.Compares, commit.Writes, fresh, cancellation);
                        if (outcome.Succeeded)
                        {
                            memory.Keep(view, commit.Compares, commit.Written(outcome.Revision), outcome.Revision);
                            attempted?.Invoke(attempts);
                            return commit.Result;
                        }

                        var wasMistaken = commit.Compares.Zip(outcome.Reads).Any(pair => WasMistaken(view, pair.First, pair.Second));
                        view = wasMistaken ? new View() : view;
                        foreach (var (read, found) in fresh.Zip(outcome.Reads))
                        {
                            view.Learn(read, found);
                        }

                        if (wasMistaken)
                        {
                            continue;   // nobody need have been faster: this was as good as a read
                        }

                        break;
                }
            }
            catch (Exception refusal) when (refusal is CalicoException or CorruptDocumentException && view.HasBorrowed)
            {
                view = new View();
                continue;
            }
            catch (DatastoreException unknown) when (unknown.Fault == DatastoreFault.OutcomeUnknown)
            {
                doubt = unknown;
                view.Doubt();
            }
            catch (DatastoreException) when (doubt is not null)
            {
                // It cannot be asked any more, so that "nothing was changed" would be more than is known.
                throw doubt;
            }

            overtaken += turn is null ? 0 : 1;
            turn ??= _queue.Enter(Max(TimeSpan.Zero, patience - Stopwatch.GetElapsedTime(started)), cancellation);
            if (turn is null || Stopwatch.GetElapsedTime(started) > patience)
            {
                throw doubt as Exception ?? new CalicoException(CalicoFault.Busy,
                    $"'{subject}' could not be written within {patience.TotalSeconds:0.#} s: {attempts} attempts were each overtaken by another writer. Nothing was changed.", subject);
            }

            Pause(overtaken, cancellation);
        }
    }

    /// <summary>Whether a comparison was lost because of what was borrowed. Of ranges, nothing else is compared.</summary>
    private static bool WasMistaken(View view, KeyComparison compare, RangeResult now) => compare.Target == KeyComparisonTarget.NewestModRevision
        ? now.Entries.Any(entry => entry.ModRevision > compare.Value)
        : view.IsBorrowed(compare.Range.Start) && (now.Entry?.ModRevision ?? 0) != compare.Value;

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;

    /// <summary>
    /// The first time, not at all: who waited for the turn knows what was so before. From then on at random up to four times as long each time (16,
    /// 64, 256 ms), because writers of one block on several hosts that go on at the same moment meet again: n of them make n^2 attempts.
    /// </summary>
    private static void Pause(int overtaken, CancellationToken cancellation)
    {
        if (overtaken > 1)
        {
            var longest = Math.Min(LongestPause.TotalMilliseconds, 1 << Math.Min(2 * overtaken, 20));
            // A wait for nothing but the cancellation: there is no event that tells when the others are done.
            cancellation.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * longest));
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private void Learn(View view, IReadOnlyList<ReadKeys> reads, CancellationToken cancellation)
    {
        foreach (var chunk in reads.Chunk(Transaction.MaxOperations))
        {
            var found = datastore.Transact([], chunk, [], cancellation).Reads;
            foreach (var (read, result) in chunk.Zip(found))
            {
                view.Learn(read, result);
            }
        }
    }
}

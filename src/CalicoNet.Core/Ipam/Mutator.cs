using System.Diagnostics;

namespace CalicoNet.Core;

/// <summary>
/// Brings decisions about: reads what they miss, commits them, and has them decided again on what a lost comparison brings back. Every
/// operation of address management goes through here, and none has a loop of its own.
/// </summary>
#pragma warning disable CA1001 // A SemaphoreSlim whose wait handle nobody asks for holds nothing to be released.
internal sealed class Mutator(Datastore datastore, TimeSpan patience, Action<int>? attempted = null)
#pragma warning restore CA1001
{
    /// <summary>How long an operation goes on being overtaken where nobody has said otherwise.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(256);

    // The threads of this process that were overtaken go on one after the other: they would only overtake each other.
    private readonly SemaphoreSlim _queue = new(1, 1);
    private readonly FullBlocks _full = new();

    public T Run<T>(Func<View, Decision<T>> decide, string subject, CancellationToken cancellation)
    {
        var isNext = false;
        try
        {
            return Run(decide, subject, ref isNext, cancellation);
        }
        finally
        {
            if (isNext)
            {
                _queue.Release();
            }
        }
    }

    private T Run<T>(Func<View, Decision<T>> decide, string subject, ref bool isNext, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var view = new View(_full);
        DatastoreException? doubt = null;
        for (var attempts = 0; ;)
        {
            try
            {
                switch (decide(view))
                {
                    case Decision<T>.Done done:
                        attempted?.Invoke(attempts);
                        return done.Result;
                    case Decision<T>.Read read:
                        Learn(view, read.Reads, cancellation);
                        continue;
                    case Decision<T>.Commit commit:
                        attempts++;
                        List<ReadKeys> fresh = [.. commit.Compares.Select(compare => KeyOperation.Read(compare.Key)), .. commit.Again];
                        var outcome = datastore.Transact(commit.Compares, commit.Writes, fresh, cancellation);
                        if (outcome.Succeeded)
                        {
                            attempted?.Invoke(attempts);
                            return commit.Result;
                        }

                        foreach (var (read, found) in fresh.Zip(outcome.Reads))
                        {
                            view.Learn(read, found);
                        }

                        break;
                }
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

            isNext = isNext || _queue.Wait(Max(TimeSpan.Zero, patience - Stopwatch.GetElapsedTime(started)), cancellation);
            if (!isNext || Stopwatch.GetElapsedTime(started) > patience)
            {
                throw doubt as Exception ?? new CalicoException(CalicoFault.Busy,
                    $"'{subject}' could not be written within {patience.TotalSeconds:0.#} s: {attempts} attempts were each overtaken by another writer. Nothing was changed.", subject);
            }

            Pause(attempts, cancellation);
        }
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;

    /// <summary>
    /// The first time, not at all: the fresh values came with the refusal. From then on at random up to four times as long each time (16, 64,
    /// 256 ms), because writers of one block that go on at the same moment meet again: n of them make n^2 attempts.
    /// </summary>
    private static void Pause(int attempts, CancellationToken cancellation)
    {
        if (attempts > 1)
        {
            var longest = Math.Min(LongestPause.TotalMilliseconds, 1 << Math.Min(2 * attempts, 20));
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

using System.Collections.Concurrent;

namespace CalicoNet.Core.Tests.Ipam;

/// <summary>Work for many threads at once.</summary>
internal static class Workers
{
    /// <summary>Does one piece of work on each thread and returns the results when all have ended; their errors, if there are any, as one.</summary>
    public static IReadOnlyList<T> Run<T>(int count, Func<int, T> work)
    {
        var results = new T[count];
        var failures = new ConcurrentQueue<Exception>();
        var threads = Enumerable.Range(0, count).Select(number => new Thread(() =>
        {
            try
            {
                results[number] = work(number);
            }
            catch (Exception failure)
            {
                failures.Enqueue(failure);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return failures.IsEmpty ? results : throw new AggregateException(failures);
    }
}

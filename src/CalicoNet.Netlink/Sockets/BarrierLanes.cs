using System.Collections.Concurrent;

namespace CalicoNet.Netlink;

/// <summary>
/// Threads for calls in which the kernel waits out an RCU barrier, 10 to 25 ms, after the work itself is done and without holding others up:
/// removing a link, closing an nf_tables socket after a removal. A few lanes, made when needed, gone after some idle seconds.
/// </summary>
internal static class BarrierLanes
{
    internal const int MaxLanes = 4;   // measured on links: 16 ms each with one, 6 with four, 3 with sixteen, while a thread costs memory
    private const int IdleMilliseconds = 5000;

    private static readonly BlockingCollection<Action> Queue = [];
    private static readonly Lock Gate = new();
    private static int s_lanes, s_idle;

    /// <summary>Runs a call on a lane. It must not throw.</summary>
    public static void Post(Action call)
    {
        lock (Gate)
        {
            Queue.Add(call);
            if (s_idle < Queue.Count && s_lanes < MaxLanes)
            {
                s_lanes++;
                new Thread(Serve) { IsBackground = true, Name = "CalicoNet kernel barriers" }.Start();
            }
        }
    }

    private static void Serve()
    {
        while (true)
        {
            lock (Gate)
            {
                s_idle++;
            }

            var found = Queue.TryTake(out var call, IdleMilliseconds);
            lock (Gate)
            {
                s_idle--;
                if (!found && !Queue.TryTake(out call))
                {
                    s_lanes--;
                    return;
                }
            }

            call!();
        }
    }
}

using System.Runtime.ExceptionServices;

namespace CalicoNet.Testing;

/// <summary>
/// Runs a few lines inside a network namespace, on a thread made for it: no other thread is ever moved. The lines may open sockets and
/// read /proc/sys/net; they must not start a task, a timer or a process, because a thread made there stays there.
/// </summary>
public static class Inside
{
    public static T Run<T>(string netns, Func<T> action)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                // Home again before the end: a thread may be seen in /proc for a moment after Join, and must not pass for a leak.
                using var home = File.OpenHandle("/proc/thread-self/ns/net");
                Enter(netns, Netns.PathOf(netns));
                try { result = action(); }
                finally { Interop.SetNamespace(home, Interop.CloneNewNet); }
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        })
        { IsBackground = true, Name = "visit" };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    public static void Run(string netns, Action action) => Run(netns, () =>
    {
        action();
        return true;
    });

    private static void Enter(string netns, string path)
    {
        using var handle = File.OpenHandle(path);
        if (Interop.SetNamespace(handle, Interop.CloneNewNet) != 0)
            throw Interop.LastError($"enter network namespace {netns}");
    }
}

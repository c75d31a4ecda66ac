using System.Runtime.ExceptionServices;
using Tmds.Linux;

namespace CalicoNet.Netlink;

/// <summary>
/// The one thread that ever enters another network namespace. setns(2) moves only the calling thread, and threads that it starts there
/// stay there for ever: so whatever must happen inside - opening sockets, /proc/sys, unshare, bind mounts - is done here in one visit,
/// with no Task, Timer or Process started in it, and every other thread of the process stays at home.
/// </summary>
internal static class NamespaceThread
{
    private static readonly Lock Gate = new();
    private static Worker? s_worker;

    /// <summary>Runs <paramref name="work"/> inside <paramref name="target"/>, or at home for null.</summary>
    public static void Visit(FileHandle? target, Action work)
    {
        using var visit = new Work(target, work);
        lock (Gate)
        {
            if (s_worker is null or { HasEnded: true })
            {
                s_worker = new Worker();
            }

            s_worker.Add(visit);
        }

        visit.Wait();
    }

    /// <inheritdoc cref="Visit(FileHandle?, Action)"/>
    public static T Visit<T>(FileHandle? target, Func<T> work)
    {
        T result = default!;
        Visit(target, () => { result = work(); });
        return result;
    }

    private sealed class Work(FileHandle? target, Action body) : IDisposable
    {
        private readonly ManualResetEventSlim _done = new();
        private ExceptionDispatchInfo? _failure;

        public FileHandle? Target => target;

        public void Run()
        {
            try
            {
                body();
            }
            catch (Exception failure)
            {
                Fail(failure);
            }
        }

        public void Fail(Exception failure) => _failure = ExceptionDispatchInfo.Capture(failure);

        public void Complete() => _done.Set();

        public void Wait()
        {
            _done.Wait();
            _failure?.Throw();
        }

        public void Dispose() => _done.Dispose();
    }

    private sealed class Worker
    {
        private readonly Queue<Work> _queue = new();
        private readonly FileHandle _home;

        public Worker()
        {
            // The main thread's namespace is home, even when a thread that somebody else moved is the first to come here.
            var error = Sys.Open("/proc/self/ns/net", LibC.O_RDONLY, 0, out var home);
            _home = home ?? throw NetlinkException.ForCall("open this process's network namespace", error);
            new Thread(Serve) { IsBackground = true, Name = "CalicoNet namespaces" }.Start();
        }

        public bool HasEnded { get; private set; }

        public void Add(Work work)
        {
            lock (_queue)
            {
                _queue.Enqueue(work);
                Monitor.Pulse(_queue);
            }
        }

        private void Serve()
        {
            var atHome = IsAtHome() || Sys.EnterNetwork(_home.Number) == Errno.None;
            while (atHome)
            {
                Work work;
                lock (_queue)
                {
                    while (_queue.Count == 0)
                    {
                        Monitor.Wait(_queue);
                    }

                    work = _queue.Dequeue();
                }

                try
                {
                    atHome = Serve(work);
                }
                finally
                {
                    if (!atHome)
                    {
                        // This thread must do nothing more: the next visit gets a new one.
                        lock (Gate)
                        {
                            HasEnded = true;
                        }
                    }

                    work.Complete();
                }
            }

            FailTheRest();
        }

        private bool Serve(Work work)
        {
            if (work.Target is { } target)
            {
                var error = Sys.EnterNetwork(target.Number);
                if (error != Errno.None)
                {
                    work.Fail(NetlinkException.ForCall("enter a network namespace (it needs CAP_SYS_ADMIN)", error));
                    return true;
                }
            }

            work.Run();
            return IsAtHome() || Sys.EnterNetwork(_home.Number) == Errno.None;
        }

        private void FailTheRest()
        {
            lock (Gate)
            {
                HasEnded = true;
            }

            lock (_queue)
            {
                while (_queue.TryDequeue(out var work))
                {
                    work.Fail(NetlinkException.ForCall("enter a network namespace: the library's thread could not return from the one before", Errno.EPERM));
                    work.Complete();
                }
            }
        }

        private bool IsAtHome()
        {
            if (Sys.Open("/proc/thread-self/ns/net", LibC.O_RDONLY, 0, out var here) != Errno.None)
            {
                return false;
            }

            using (here)
            {
                return Sys.Identity(here!) == Sys.Identity(_home);
            }
        }
    }
}

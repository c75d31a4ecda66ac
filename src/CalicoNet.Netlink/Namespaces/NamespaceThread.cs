using System.Runtime.ExceptionServices;
using System.Text;
using Tmds.Linux;

namespace CalicoNet.Netlink;

/// <summary>
/// The one thread that ever enters another network namespace. setns(2) moves only the calling thread; sockets, and files under /proc/sys/net,
/// belong to the namespace they were opened in whoever uses them later. So this thread only opens things inside (<see cref="Visit"/>), and
/// everything else - binding, requests, reading, writing - happens at home.
/// </summary>
internal static unsafe class NamespaceThread
{
    private static readonly Lock Gate = new();
    private static Worker? s_worker;

    /// <summary>Whether the calling thread is the namespace thread, which need not wait for itself.</summary>
    [ThreadStatic]
    private static bool t_isHere;

    /// <summary>Whether the way home failed on this thread: it ends with the operation that it is in.</summary>
    [ThreadStatic]
    private static bool t_isLost;

    /// <summary>
    /// Runs an operation of several visits on the namespace thread, at home: one change of threads instead of one per visit, and what the
    /// kernel touches stays in one processor's cache - making a namespace is a quarter slower on another processor than what comes next.
    /// </summary>
    public static void Run(Action operation)
    {
        if (t_isHere)
        {
            operation();
            return;
        }

        using var work = Begin(operation);
        work.Finish("work in network namespaces");
    }

    /// <summary>Begins an operation like that, and does not wait for it - but on the namespace thread itself, which cannot wait for it later.</summary>
    public static Work Begin(Action operation)
    {
        var work = new Work(operation);
        if (t_isHere)
        {
            work.Complete(work.Run());
        }
        else
        {
            Post(work);
        }

        return work;
    }

    /// <summary>Opens a socket inside a namespace; null: at home.</summary>
    /// <exception cref="NetlinkException">The namespace could not be entered, or the socket not opened.</exception>
    public static FileHandle OpenSocket(FileHandle? target, int family, int type, int protocol, string operation)
    {
        var opening = new Opening { Flags = family, Type = type | LibC.SOCK_CLOEXEC, Protocol = protocol };
        Open(target, new Span<Opening>(ref opening), operation);
        return opening.Descriptor >= 0 ? new FileHandle(opening.Descriptor) : throw NetlinkException.ForCall(operation, (Errno)opening.Error);
    }

    /// <summary>Opens a file inside a namespace; null: at home.</summary>
    /// <exception cref="NetlinkException">The namespace could not be entered.</exception>
    public static Errno OpenFile(FileHandle? target, string path, int flags, string operation, out FileHandle? handle)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            var opening = new Opening { Path = name, Flags = flags | LibC.O_CLOEXEC };
            Open(target, new Span<Opening>(ref opening), operation);
            handle = opening.Descriptor >= 0 ? new FileHandle(opening.Descriptor) : null;
            return (Errno)opening.Error;
        }
    }

    /// <summary>Makes a new namespace, and opens it and a socket in it.</summary>
    /// <exception cref="NetlinkException">Not allowed, or out of something.</exception>
    public static (FileHandle Namespace, FileHandle Socket) CreateNamespace(int family, int type, int protocol, string operation)
    {
        fixed (byte* here = "/proc/thread-self/ns/net\0"u8)
        {
            Span<Opening> openings =
            [
                new Opening { Path = here, Flags = LibC.O_RDONLY | LibC.O_CLOEXEC },
                new Opening { Flags = family, Type = type | LibC.SOCK_CLOEXEC, Protocol = protocol },
            ];
            Enter(Worker.NewNamespace, openings, operation);
            var (reference, socket) = (new FileHandle(openings[0].Descriptor), new FileHandle(openings[1].Descriptor));
            var error = openings[0].Error != 0 ? openings[0].Error : openings[1].Error;
            if (error == 0)
            {
                return (reference, socket);
            }

            reference.Dispose();
            socket.Dispose();
            throw NetlinkException.ForCall(operation, (Errno)error);
        }
    }

    private static void Open(FileHandle? target, Span<Opening> openings, string operation)
    {
        if (target is null && Home.IsHere())
        {
            fixed (Opening* first = openings)
            {
                Visit.OpenAll(first, openings.Length);
            }
        }
        else
        {
            Enter(target?.Number ?? Home.Handle.Number, openings, operation);
        }
    }

    private static void Enter(int target, Span<Opening> openings, string operation)
    {
        // The caller waits, so what is on its stack stays where it is.
        fixed (Opening* first = openings)
        {
            int error;
            if (t_isHere)
            {
                error = Visit.Run(Home.Handle.Number, target, first, openings.Length);
                t_isLost |= error == Visit.Lost;
            }
            else
            {
                using var work = new Work(target, first, openings.Length);
                Post(work);
                error = work.Wait();
            }

            if (error != 0)
            {
                throw NetlinkException.ForCall(operation, error == Visit.Lost ? Errno.EPERM : (Errno)error);
            }
        }
    }

    private static void Post(Work work)
    {
        lock (Gate)
        {
            if (s_worker is null or { HasEnded: true })
            {
                s_worker = new Worker();
            }

            s_worker.Add(work);
        }
    }

    /// <summary>The process's own namespace: the main thread's, even when a thread that somebody else moved is the first to come here.</summary>
    private static class Home
    {
        public static readonly FileHandle Handle = Open();
        private static readonly (ulong, ulong) Identity = Sys.Identity(Handle);

        public static bool IsHere()
        {
            if (Sys.Open("/proc/thread-self/ns/net", LibC.O_RDONLY, 0, out var here) != Errno.None)
            {
                return false;
            }

            using (here)
            {
                return Sys.Identity(here!) == Identity;
            }
        }

        private static FileHandle Open()
        {
            var error = Sys.Open("/proc/self/ns/net", LibC.O_RDONLY, 0, out var home);
            return home ?? throw NetlinkException.ForCall("open this process's network namespace", error);
        }
    }

    /// <summary>Something that waits for the namespace thread, or was done by it.</summary>
    internal sealed class Work(int target, Opening* openings, int count) : IDisposable
    {
        // No spinning: a visit takes longer than that.
        private readonly ManualResetEventSlim _done = new(initialState: false, spinCount: 0);
        private readonly Action? _operation;
        private int _error;

        public Work(Action operation)
            : this(0, null, 0) => _operation = operation;

        private ExceptionDispatchInfo? _failure;

        /// <summary>Waits for an operation, and throws what it threw.</summary>
        /// <exception cref="NetlinkException">EPERM: the thread was lost to a foreign namespace before.</exception>
        public void Finish(string operation)
        {
            if (Wait() == Visit.Lost)
            {
                throw NetlinkException.ForCall(operation, Errno.EPERM);
            }

            _failure?.Throw();
        }

        public int Run()
        {
            if (_operation is null)
            {
                return Visit.Run(Home.Handle.Number, target, openings, count);
            }

            try
            {
                _operation();
            }
            catch (Exception failure)
            {
                _failure = ExceptionDispatchInfo.Capture(failure);
            }

            return 0;
        }

        public void Complete(int error)
        {
            _error = error;
            _done.Set();
        }

        public int Wait()
        {
            _done.Wait();
            return _error;
        }

        public void Dispose() => _done.Dispose();
    }

    private sealed class Worker
    {
        public const int NewNamespace = -1;

        private readonly Queue<Work> _queue = new();

        public Worker() => new Thread(Serve) { IsBackground = true, Name = "CalicoNet namespaces" }.Start();

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
            t_isHere = true;
            Rehearse();
            while (!t_isLost)
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

                var error = work.Run();
                t_isLost |= error == Visit.Lost;
                if (t_isLost)
                {
                    // This thread is in a foreign namespace and must do nothing more: the next visit gets a new one.
                    lock (Gate)
                    {
                        HasEnded = true;
                    }
                }

                work.Complete(error);
            }

            lock (_queue)
            {
                while (_queue.TryDequeue(out var work))
                {
                    work.Complete(Visit.Lost);
                }
            }
        }

        /// <summary>Binds the calls that a visit makes, at home: binding one may load and start things.</summary>
        private static void Rehearse()
        {
            fixed (byte* root = "/\0"u8)
            {
                Span<Opening> openings = [new Opening { Path = root, Flags = LibC.O_CLOEXEC }, new Opening { Flags = LibC.AF_UNIX, Type = LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC }];
                fixed (Opening* first = openings)
                {
                    Visit.Run(Home.Handle.Number, Home.Handle.Number, first, openings.Length);   // without CAP_SYS_ADMIN nothing is opened, and nothing ever will be
                }

                foreach (var opening in openings)
                {
                    if (opening.Descriptor > 0)
                    {
                        _ = LibC.close(opening.Descriptor);
                    }
                }
            }
        }
    }
}

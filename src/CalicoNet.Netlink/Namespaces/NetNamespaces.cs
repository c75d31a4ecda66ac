using System.Globalization;
using Tmds.Linux;

namespace CalicoNet.Netlink;

/// <summary>A named network namespace as it lies under /run/netns.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Inode">The namespace's inode. It is reused at once when the namespace is gone: for display, no identity.</param>
public sealed record NetNamespaceInfo(string Name, ulong Inode);

/// <summary>
/// The named network namespaces of this machine: files under /run/netns with the namespace mounted on them, as <c>ip netns</c> keeps
/// them, so that each sees the other's.
/// </summary>
public static class NetNamespaces
{
    private const uint NoPermissions = 0, DirectoryPermissions = 0x1ed;   // 0755

    /// <summary>Lists the named namespaces by name. Files that are no namespace (leftovers of a creation that was killed) are left out.</summary>
    public static IReadOnlyList<NetNamespaceInfo> List()
    {
        if (!Directory.Exists(NetNamespaceRef.Directory))
        {
            return [];
        }

        var found = new List<NetNamespaceInfo>();
        foreach (var path in Directory.EnumerateFiles(NetNamespaceRef.Directory))
        {
            if (Sys.Open(path, LibC.O_RDONLY, 0, out var handle) != Errno.None)
            {
                continue;   // removed meanwhile
            }

            using (handle)
            {
                if (Sys.IsNamespace(handle!))
                {
                    found.Add(new NetNamespaceInfo(Path.GetFileName(path), Sys.Identity(handle!).Inode));
                }
            }
        }

        found.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return found;
    }

    /// <summary>Whether a namespace of that name exists.</summary>
    public static bool Exists(string name)
    {
        Names.CheckNamespace(name);
        if (Sys.Open($"{NetNamespaceRef.Directory}/{name}", LibC.O_RDONLY, 0, out var handle) != Errno.None)
        {
            return false;
        }

        using (handle)
        {
            return Sys.IsNamespace(handle!);
        }
    }

    /// <summary>
    /// Whether the file of that name is what a killed creation leaves: empty, no namespace, and with nobody at work on it.
    /// </summary>
    public static bool IsLeftover(string name)
    {
        Names.CheckNamespace(name);
        var path = $"{NetNamespaceRef.Directory}/{name}";
        if (Sys.Open(path, LibC.O_RDONLY, 0, out var file) != Errno.None)
        {
            return false;
        }

        using (file)
        {
            return IsLeftover(file!, path);
        }
    }

    /// <summary>
    /// Creates a named namespace and opens it. Needs CAP_SYS_ADMIN.
    /// </summary>
    /// <param name="name">Its name: at most 255 bytes, no '/', not '.' or '..'.</param>
    /// <param name="label">Text for the loopback interface's alias, at most 255 bytes: written before the namespace gets its name, so that whoever finds the name finds the label.</param>
    /// <param name="loopbackUp">Whether the loopback interface is brought up; <c>ip netns add</c> leaves it down.</param>
    /// <exception cref="ArgumentException">The name is none.</exception>
    /// <exception cref="NetlinkException">EEXIST: it exists. EPERM: not allowed. Nothing is left behind.</exception>
    public static NetworkStack Create(string name, string? label = null, bool loopbackUp = false) => Create(name, label, loopbackUp, null);

    /// <summary>Creates a named namespace out of a supply, with its loopback interface up.</summary>
    /// <inheritdoc cref="Create(string, string?, bool)"/>
    public static NetworkStack Create(string name, string? label, NamespaceSupply supply)
    {
        ArgumentNullException.ThrowIfNull(supply);
        return Create(name, label, loopbackUp: false, supply);
    }

    private static NetworkStack Create(string name, string? label, bool loopbackUp, NamespaceSupply? supply)
    {
        Names.CheckNamespace(name);
        var operation = $"create network namespace '{name}'";
        var path = $"{NetNamespaceRef.Directory}/{name}";
        PrepareDirectory(operation);
        using var file = ClaimFile(path, operation);
        try
        {
            var reference = NetNamespaceRef.Parse(name);
            return Finish(supply?.Take(reference, operation) ?? Unnamed(reference, operation), path, label, loopbackUp, operation);
        }
        catch
        {
            _ = Sys.UnmountDetached(path);
            _ = Sys.Unlink(path);
            throw;
        }
    }

    /// <summary>Removes a name. The namespace itself lives on while a process, a socket or an open handle is in it.</summary>
    /// <returns>False where there was no such name.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public static bool Remove(string name)
    {
        Names.CheckNamespace(name);
        var path = $"{NetNamespaceRef.Directory}/{name}";
        var operation = $"remove network namespace '{name}'";
        Errno error;
        while ((error = Sys.UnmountDetached(path)) == Errno.None)
        {
            // Two creators of one name can have mounted twice.
        }

        if (error == Errno.EPERM)
        {
            throw NetlinkException.ForCall(operation, error);
        }

        return Sys.Unlink(path) switch
        {
            Errno.None => true,
            Errno.ENOENT => false,
            var other => throw NetlinkException.ForCall(operation, other),
        };
    }

    /// <summary>
    /// Runs an operation that opens several namespaces on the thread that enters them: one change of threads instead of one per namespace, and
    /// what the kernel touches stays in one processor's cache (a quarter of an endpoint's time). It must not wait for other threads.
    /// </summary>
    public static T Visiting<T>(Func<T> operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        T result = default!;
        NamespaceThread.Run(() => { result = operation(); });
        return result;
    }

    /// <summary>Begins an operation like that, while the caller does something else.</summary>
    /// <returns>Waits for its end, and throws what it threw. To be called once.</returns>
    public static Action BeginVisiting(Action operation)
    {
        var work = NamespaceThread.Begin(operation);
        return () =>
        {
            using (work)
            {
                work.Finish("work in network namespaces");
            }
        };
    }

    /// <summary>The processes whose main thread is in a namespace, by their numbers. Those of other users are seen by root only.</summary>
    /// <param name="inode">The namespace's inode.</param>
    public static IReadOnlyList<int> Processes(ulong inode)
    {
        var link = $"net:[{inode.ToString(CultureInfo.InvariantCulture)}]";
        var found = new List<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                && LinkTarget($"{directory}/ns/net") == link)
            {
                found.Add(process);
            }
        }

        return found;
    }

    /// <summary>The network namespaces that running processes are in, named or not: inode, and the lowest process in it.</summary>
    public static IReadOnlyList<(ulong Inode, int Process)> InUse()
    {
        var lowest = new SortedDictionary<ulong, int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                && LinkTarget($"{directory}/ns/net") is ['n', 'e', 't', ':', '[', .. var digits, ']']
                && ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var inode)
                && (!lowest.TryGetValue(inode, out var known) || process < known))
            {
                lowest[inode] = process;
            }
        }

        return [.. lowest.Select(pair => (pair.Key, pair.Value))];
    }

    private static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;   // ended meanwhile, or not ours to see
        }
    }

    private static NetworkStack Unnamed(NetNamespaceRef reference, string operation)
    {
        var stack = NetworkStack.CreateNamespace(operation);
        stack.Namespace = reference;
        return stack;
    }

    /// <summary>A new namespace, labelled, and mounted on its name.</summary>
    private static NetworkStack Finish(NetworkStack stack, string path, string? label, bool loopbackUp, string operation)
    {
        try
        {
            if (label is not null || loopbackUp)
            {
                LinkWire.SetUp(stack.Single, NetworkStack.LoopbackIndex, loopbackUp, label);
                stack.Execute();
            }

            Check(Sys.BindMount($"/proc/self/fd/{stack.Handle.Number}", path), operation);
            return stack;
        }
        catch
        {
            stack.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Creates the file that becomes the mount point, exclusively. An empty file that is no mount is the leftover of a killed creation and
    /// is replaced; the lock on a file says that its creator is alive.
    /// </summary>
    private static FileHandle ClaimFile(string path, string operation)
    {
        while (true)
        {
            var error = Sys.Open(path, LibC.O_RDONLY | LibC.O_CREAT | LibC.O_EXCL, NoPermissions, out var file);
            if (error == Errno.None)
            {
                if (Sys.TryLock(file!) && IsAt(file!, path))
                {
                    return file!;
                }

                file!.Dispose();   // another creation took it for a leftover in that moment: it is unlinking it, or has
                continue;
            }

            if (error != Errno.EEXIST)
            {
                throw NetlinkException.ForCall(operation, error);
            }

            if (!RemoveLeftover(path))
            {
                throw NetlinkException.ForCall(operation, Errno.EEXIST);
            }
        }
    }

    private static bool RemoveLeftover(string path)
    {
        if (Sys.Open(path, LibC.O_RDONLY, 0, out var file) is var error and not Errno.None)
        {
            return error == Errno.ENOENT;   // gone: try again
        }

        using (file)
        {
            return IsLeftover(file!, path) && Sys.Unlink(path) == Errno.None;
        }
    }

    /// <summary>The lock first: only who holds it, on the file that is there, knows that nobody else is about to unlink it.</summary>
    private static bool IsLeftover(FileHandle file, string path)
        => !Sys.IsNamespace(file) && Sys.TryLock(file) && IsAt(file, path) && new FileInfo(path) is { Exists: true, Length: 0 };

    /// <summary>Whether a path leads to an open file, and not to a successor of it.</summary>
    private static bool IsAt(FileHandle file, string path)
    {
        if (Sys.Open(path, LibC.O_RDONLY, 0, out var now) != Errno.None)
        {
            return false;
        }

        using (now)
        {
            return Sys.Identity(now!) == Sys.Identity(file);
        }
    }

    /// <summary>
    /// /run/netns must be a shared mount, or namespaces added here would not be seen in other mount namespaces, and removal there would
    /// leave them busy. A lock keeps two processes from mounting it twice, as ip netns does it.
    /// </summary>
    private static void PrepareDirectory(string operation)
    {
        const string directory = NetNamespaceRef.Directory;
        if (Sys.MakeShared(directory) == Errno.None)
        {
            return;
        }

        var made = Sys.MakeDirectory(directory, DirectoryPermissions);
        if (made is not (Errno.None or Errno.EEXIST))
        {
            throw NetlinkException.ForCall(operation, made);
        }

        Check(Sys.Open(directory, LibC.O_RDONLY, 0, out var handle), operation);
        using (handle)
        {
            Sys.Lock(handle!);
            var error = Sys.MakeShared(directory);
            if (error == Errno.EINVAL)
            {
                Check(Sys.BindMount(directory, directory), operation);
                error = Sys.MakeShared(directory);
            }

            Check(error, operation);
        }
    }

    private static void Check(Errno error, string operation)
    {
        if (error != Errno.None)
        {
            throw NetlinkException.ForCall(operation, error);
        }
    }
}

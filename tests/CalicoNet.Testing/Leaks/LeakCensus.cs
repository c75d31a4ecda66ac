namespace CalicoNet.Testing;

/// <summary>
/// What could be left behind, counted at one moment: named namespaces, their mounts, this process's descriptors and threads, the
/// machine's links, temporary files. Two of them are compared line by line.
/// <code>
/// var before = LeakCensus.Take(LeakScope.Of(sandbox));
/// ...
/// before.AssertNothingLeft();
/// </code>
/// </summary>
public sealed class LeakCensus
{
    /// <summary>Longer than any background thread of the library, or of the runtime's compiler, idles (five and four seconds).</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);

    private readonly LeakScope _scope;
    private readonly SortedDictionary<string, Item> _items = new(StringComparer.Ordinal);

    private LeakCensus(LeakScope scope) => _scope = scope;

    public static LeakCensus Take(LeakScope scope)
    {
        var census = new LeakCensus(scope);
        // Threads first: looking into descriptors takes threads into namespaces.
        census.CountThreads();
        census.CountDescriptors();
        census.CountNamespaces();
        census.CountMounts();
        if (scope.IsWholeProcess)
        {
            census.CountLinks();
            census.CountTemporaryFiles();
        }
        return census;
    }

    /// <summary>What the later census has more (+) or less (-) than this one: empty when nothing was left.</summary>
    public IReadOnlyList<string> Compare(LeakCensus after)
    {
        var differences = new List<string>();
        foreach (var what in _items.Keys.Union(after._items.Keys, StringComparer.Ordinal))
        {
            var (then, now) = (_items.GetValueOrDefault(what), after._items.GetValueOrDefault(what));
            var difference = now.Count - then.Count;
            var (allowed, mayGo) = now.Count > 0 ? (now.Allowed, now.MayGo) : (then.Allowed, then.MayGo);
            if (difference > allowed)
                differences.Add($"+{difference} {what}");
            else if (difference < 0 && !mayGo)
                differences.Add($"{difference} {what}");
        }
        return differences;
    }

    public void AssertNothingLeft(LeakCensus after)
    {
        if (Compare(after) is { Count: > 0 } differences)
            throw new LeakException(differences);
    }

    /// <summary>
    /// Takes the census again until it shows nothing more than this one, at most for <paramref name="settling"/>: background threads of the
    /// library idle out, the kernel takes namespaces apart at its leisure, and neither tells when.
    /// </summary>
    public void AssertNothingLeft(TimeSpan? settling = null)
    {
        LeakCensus after = this;
        Deadline.Until(() => Compare(after = Take(_scope)).Count == 0, settling ?? Settling);
        AssertNothingLeft(after);
    }

    public override string ToString() => string.Join('\n', _items.Select(item => $"{item.Value.Count} {item.Key}"));

    private void CountNamespaces()
    {
        foreach (var name in Netns.Names().Where(_scope.Covers))
            Add($"namespace {name}", mayGo: false);
    }

    /// <summary>The name may be gone and the mount still there, so mounts are looked up by themselves; `/run/netns` itself `ip` mounts once and for all.</summary>
    private void CountMounts()
    {
        foreach (var line in File.ReadLines("/proc/self/mountinfo"))
        {
            var point = line.Split(' ')[4];
            if (point.StartsWith(Netns.Folder + "/", StringComparison.Ordinal))
            {
                // A removed mount point is shown as `/run/netns/name//deleted`.
                var name = point[(Netns.Folder.Length + 1)..].Split("//", 2)[0];
                if (_scope.Covers(name))
                    Add($"mount {point}", mayGo: false);
            }
            else if (_scope.IsWholeProcess && line.Contains(" - nsfs ", StringComparison.Ordinal))
            {
                Add($"mount {point}", mayGo: false);
            }
        }
    }

    private void CountDescriptors()
    {
        foreach (var path in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            // Other threads open and close while this one looks: what is gone when asked for was not left behind.
            if (Target(path) is not { } target)
                continue;
            var descriptor = int.Parse(Path.GetFileName(path), null);
            if (Interop.IsNetworkNamespace(descriptor))
                AddIn("descriptor of", path);
            else if (target.StartsWith("socket:[", StringComparison.Ordinal))
                CountSocket(descriptor);
            else if (_scope.IsWholeProcess && !target.EndsWith(".dll", StringComparison.Ordinal)) // the runtime keeps what it has loaded open
                Add($"descriptor of a {(target.StartsWith('/') ? "file" : target.Split(':')[0])}", Many);
        }
    }

    private void CountSocket(int descriptor)
    {
        if (Interop.SocketOption(descriptor, Interop.SoDomain) is not { } domain)
            return;
        var kind = domain switch
        {
            Interop.NetlinkFamily => "netlink socket",
            Interop.PacketFamily => "packet socket",
            Interop.UnixFamily => "unix socket",
            _ => "internet socket",
        };
        if (Interop.SocketOption(descriptor, Interop.SoNetnsCookie) is { } cookie)
            AddIn($"{kind} in", cookie);
    }

    private void CountThreads()
    {
        var own = Target("/proc/self/ns/net");
        foreach (var task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            if (Target($"{task}/ns/net") is not { } target || target == own)
                continue;
            // The runtime starts its compiler's worker from whichever thread makes a method hot, also from one that is inside a namespace:
            // it stays there until it has idled for four seconds (seen on .NET 10.0).
            if (CommandOf(task) is { } name && !name.StartsWith(".NET Tiered", StringComparison.Ordinal))
                AddIn($"thread '{name}' in", $"{task}/ns/net");
        }
    }

    /// <summary>/proc/self is the main thread's view, so this is the process's own namespace whichever thread asks.</summary>
    private void CountLinks()
    {
        foreach (var line in File.ReadLines("/proc/self/net/dev").Skip(2))
            Add($"link {line.Split(':')[0].Trim()} in the machine's own namespace", mayGo: false);
    }

    private void CountTemporaryFiles()
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(Path.GetTempPath(), TempDirectory.NamePrefix + "*"))
        {
            if (path != CCompiler.CachePath)
                Add($"temporary {path}");
        }
    }

    private void AddIn(string what, string namespacePath)
    {
        try { AddIn(what, Netns.CookieOf(namespacePath)); }
        catch (IOException) { /* closed, or ended, since it was listed */ }
    }

    /// <summary>Something in, or of, a namespace: called by the name its sandbox gave it, even when it has lost that.</summary>
    private void AddIn(string what, ulong cookie)
    {
        var name = Sandbox.NameOf(cookie);
        if (!_scope.IsWholeProcess && (name is null || !_scope.Covers(name)))
            return;
        if (cookie == MachineCookie.Value)
            Add($"{what} the machine's own namespace", Few);
        else
            Add($"{what} {name ?? $"a namespace that no sandbox made (cookie {cookie})"}");
    }

    private void Add(string what, int allowed = 0, bool mayGo = true) =>
        _items[what] = new Item(_items.GetValueOrDefault(what).Count + 1, allowed, mayGo);

    // What the library and the runtime open once, at first use, and keep is no leak. Whatever leaks once per operation is soon beyond these.
    private const int Few = 8;
    private const int Many = 16;

    private static readonly Lazy<ulong> MachineCookie = new(() => Netns.CookieOf("/proc/self/ns/net"));

    private static string? Target(string link)
    {
        try { return new FileInfo(link).LinkTarget; }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return null; }
    }

    private static string? CommandOf(string task)
    {
        try { return File.ReadAllText($"{task}/comm").TrimEnd('\n'); }
        catch (IOException) { return null; }
    }

    private readonly record struct Item(int Count, int Allowed, bool MayGo);
}

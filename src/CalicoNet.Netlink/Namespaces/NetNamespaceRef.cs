namespace CalicoNet.Netlink;

/// <summary>How a network namespace is named: by its name under /run/netns, by a path, or "this process's own".</summary>
public readonly record struct NetNamespaceRef
{
    private readonly string? _text;

    private NetNamespaceRef(string? text) => _text = text;

    /// <summary>The directory of named namespaces, shared with <c>ip netns</c>.</summary>
    public const string Directory = "/run/netns";

    /// <summary>The process's own namespace, the main thread's.</summary>
    public static NetNamespaceRef Own => default;

    /// <summary>Whether it is the process's own.</summary>
    public bool IsOwn => _text is null;

    /// <summary>Whether it is a name under <see cref="Directory"/>, and no path.</summary>
    public bool IsName => _text is not null && !_text.Contains('/');

    /// <summary>The file that is the namespace.</summary>
    public string Path => _text switch
    {
        null => "/proc/self/ns/net",
        _ when IsName => $"{Directory}/{_text}",
        _ => _text,
    };

    /// <summary>Takes <c>.</c> for the process's own, an absolute path, or a name. A path into <see cref="Directory"/> is the name.</summary>
    /// <exception cref="ArgumentException">It is none of these.</exception>
    public static NetNamespaceRef Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text == ".")
        {
            return Own;
        }

        if (!text.StartsWith('/'))
        {
            Names.CheckNamespace(text);
            return new NetNamespaceRef(text);
        }

        if (text.Contains('\0'))
        {
            throw new ArgumentException($"'{text.Replace("\0", "\\0", StringComparison.Ordinal)}' is no path: it contains a NUL character.", nameof(text));
        }

        foreach (var directory in (ReadOnlySpan<string>)[Directory + "/", "/var/run/netns/"])
        {
            if (text.StartsWith(directory, StringComparison.Ordinal) && Names.IsNamespace(text[directory.Length..]))
            {
                return new NetNamespaceRef(text[directory.Length..]);
            }
        }

        return text is "/proc/self/ns/net" ? Own : new NetNamespaceRef(text);
    }

    /// <summary>The text <see cref="Parse"/> takes.</summary>
    public override string ToString() => _text ?? ".";
}

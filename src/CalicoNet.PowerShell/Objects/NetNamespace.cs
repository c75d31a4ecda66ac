namespace CalicoNet;

/// <summary>A network namespace.</summary>
public sealed record NetNamespace : NetworkObject
{
    internal NetNamespace()
    {
    }

    /// <summary>Its name; for an unnamed one its path.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>The file that is the namespace.</summary>
    public string Path { get; internal init; } = "";

    /// <summary>Its inode, as <c>ls -i</c> shows it. It is reused at once when the namespace is gone.</summary>
    public long Inode { get; internal init; }

    /// <summary>Its identity while this machine is up, as text (SO_NETNS_COOKIE); empty where it could not be asked.</summary>
    public string NetNamespaceCookie { get; internal init; } = "";

    /// <summary>The number that this session's namespace has for it; -1 when none was assigned.</summary>
    public int NsId { get; internal init; } = -1;

    /// <summary>The names of its interfaces.</summary>
    public TextList Interfaces { get; internal init; } = TextList.Empty;

    /// <summary>For an unnamed one a process that is in it; 0 otherwise.</summary>
    public int ProcessId { get; internal init; }

    /// <summary>Its name.</summary>
    public override string ToString() => Name;
}

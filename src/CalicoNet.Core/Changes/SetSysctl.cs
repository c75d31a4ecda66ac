using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Writes a setting under /proc/sys/net.</summary>
/// <param name="Namespace">The namespace.</param>
/// <param name="Path">Its path below /proc/sys.</param>
/// <param name="To">The new value.</param>
/// <param name="From">The old value; null where it is not to be undone.</param>
public sealed record SetSysctl(NetNamespaceRef Namespace, string Path, string To, string? From) : NetworkChange(Namespace)
{
    /// <inheritdoc/>
    public override Channel Channel => Channel.Sysctl;

    /// <inheritdoc/>
    public override string Title => $"write {To} to {Path}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands => [Command(Namespace, Path, To)];

    /// <inheritdoc/>
    public override NetworkChange? Inverse => From is null || From == To ? null : this with { To = From, From = To };

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Stack(Namespace).Sysctls.Write(Path, To);
    }

    /// <inheritdoc/>
    public override Finding Inspect(NetworkSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return Finding.Compare(this, To, seen[Namespace]?.Sysctls.GetValueOrDefault(Path));
    }

    /// <summary>The sysctl(8) line. It takes slashes too, which an interface's name with dots needs.</summary>
    internal static string Command(NetNamespaceRef where, string path, string value)
        => CommandText.In(where, $"sysctl -qw {CommandText.Quote($"{(path.Contains('.') ? path : path.Replace('/', '.'))}={value}")}");
}

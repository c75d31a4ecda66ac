namespace CalicoNet.Testing;

/// <summary>Names and paths of network namespaces, as iproute2 keeps them.</summary>
public static class Netns
{
    public const string Folder = "/run/netns";

    /// <summary>A name is one of /run/netns; anything with a slash is a path already.</summary>
    public static string PathOf(string nameOrPath) => nameOrPath.Contains('/', StringComparison.Ordinal) ? nameOrPath : $"{Folder}/{nameOrPath}";

    public static bool Exists(string nameOrPath) => File.Exists(PathOf(nameOrPath));

    public static IReadOnlyList<string> Names() =>
        Directory.Exists(Folder) ? [.. Directory.EnumerateFiles(Folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)] : [];

    /// <summary>The kernel's identity of a namespace: unlike an inode it is never reused.</summary>
    public static ulong CookieOf(string nameOrPath) => Inside.Run(nameOrPath, CurrentCookie);

    internal static ulong CurrentCookie()
    {
        using var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp);
        Span<byte> cookie = stackalloc byte[sizeof(ulong)];
        socket.GetRawSocketOption(Interop.SolSocket, Interop.SoNetnsCookie, cookie);
        return BitConverter.ToUInt64(cookie);
    }

    /// <summary>`ip netns del` without a process: lets go of the namespace and removes its name; a leftover that is no mount goes as well.</summary>
    public static void Remove(string name)
    {
        var path = PathOf(name);
        while (Interop.Unmount(path, Interop.DetachNoFollow) == 0)
        {
            // Once for every mount on the name: bound twice, it would stay busy after the first.
        }
        File.Delete(path);
    }
}

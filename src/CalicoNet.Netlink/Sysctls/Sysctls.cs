using System.Text;
using Tmds.Linux;

namespace CalicoNet.Netlink;

/// <summary>
/// Settings under /proc/sys/net of one open namespace. They follow the opening thread's namespace, so the namespace thread opens them.
/// Names are paths below /proc/sys (<c>net/ipv4/ip_forward</c>): an interface's name may hold dots, so dots do not part here.
/// </summary>
public readonly struct Sysctls
{
    private const int LongestValue = 4096;
    private readonly NetworkStack _stack;

    internal Sysctls(NetworkStack stack) => _stack = stack;

    /// <summary>The path of an interface's setting: <c>net/ipv4/conf/eth0/proxy_arp</c>.</summary>
    public static string InterfacePath(IPFamily family, string interfaceName, string setting)
        => $"net/{(family == IPFamily.IPv4 ? "ipv4" : "ipv6")}/conf/{interfaceName}/{setting}";

    /// <summary>Reads a setting; null where there is none.</summary>
    public string? Find(string path)
    {
        var file = File(path);
        var operation = $"read {path}";
        var error = NamespaceThread.OpenFile(_stack.Place, file, LibC.O_RDONLY, operation, out var handle);
        if (error == Errno.ENOENT)
        {
            return null;
        }

        if (error != Errno.None)
        {
            throw NetlinkException.ForCall(operation, error);
        }

        using (handle)
        {
            Span<byte> buffer = stackalloc byte[LongestValue];
            var length = Sys.Read(handle!, buffer);
            return length >= 0 ? Encoding.ASCII.GetString(buffer[..length]).TrimEnd() : throw NetlinkException.ForCall(operation, Sys.LastError);
        }
    }

    /// <summary>Writes a setting. Needs root, or CAP_NET_ADMIN in the namespace's user namespace.</summary>
    /// <exception cref="NetlinkException">ENOENT: there is none; EINVAL: it refuses the value; EPERM or EACCES: not allowed.</exception>
    public void Write(string path, string value)
    {
        var file = File(path);
        var operation = $"write {value} to {path}";
        var error = NamespaceThread.OpenFile(_stack.Place, file, LibC.O_WRONLY, operation, out var handle);
        if (error != Errno.None)
        {
            throw NetlinkException.ForCall(operation, error);
        }

        using (handle)
        {
            if (Sys.Write(handle!, Encoding.ASCII.GetBytes(value)) < 0)
            {
                throw NetlinkException.ForCall(operation, Sys.LastError);
            }
        }
    }

    private static string File(string path)
    {
        if (!path.StartsWith("net/", StringComparison.Ordinal) || path.Split('/').Contains(".."))
        {
            throw new ArgumentException($"'{path}' is not a path of a network setting, like net/ipv4/ip_forward.", nameof(path));
        }

        return "/proc/sys/" + path;
    }
}

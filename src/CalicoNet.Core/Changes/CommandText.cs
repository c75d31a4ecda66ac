using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Pasteable command lines: quoted for a POSIX shell, and run in the right namespace.</summary>
public static class CommandText
{
    /// <summary>An <c>ip</c> command in a namespace.</summary>
    public static string Ip(NetNamespaceRef where, string arguments)
        => where.IsName ? $"ip -n {Quote(where.ToString())} {arguments}" : In(where, $"ip {arguments}");

    /// <summary>Any command in a namespace.</summary>
    public static string In(NetNamespaceRef where, string command)
        => where.IsOwn ? command
            : where.IsName ? $"ip netns exec {Quote(where.ToString())} {command}"
            : $"nsenter --net={Quote(where.Path)} {command}";

    /// <summary>Quotes a word where a shell would take it apart.</summary>
    public static string Quote(string word)
        => word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:@%+=,".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}

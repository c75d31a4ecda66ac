using System.Text;

namespace CalicoNet.Netlink;

/// <summary>What the kernel and the file system accept as names. The checks say which rule a name breaks.</summary>
public static class Names
{
    /// <summary>The longest interface name in bytes (IFNAMSIZ - 1, linux/if.h).</summary>
    public const int MaxInterface = 15;

    /// <summary>The longest namespace name in bytes (NAME_MAX, linux/limits.h).</summary>
    public const int MaxNamespace = 255;

    /// <summary>The longest interface alias in bytes (IFALIASZ - 1, linux/if.h).</summary>
    public const int MaxAlias = 255;

    /// <summary>Whether <see cref="CheckInterface"/> accepts a name.</summary>
    public static bool IsInterface(string name) => InterfaceFault(name) is null;

    /// <summary>Whether <see cref="CheckNamespace"/> accepts a name.</summary>
    public static bool IsNamespace(string name) => NamespaceFault(name) is null;

    /// <summary>Checks an interface name by the kernel's rules (dev_valid_name, net/core/dev.c).</summary>
    /// <exception cref="ArgumentException">It is none; the message names it and the rule.</exception>
    public static void CheckInterface(string name)
    {
        if (InterfaceFault(name) is { } fault)
        {
            throw new ArgumentException($"'{Printable(name)}' is not an interface name: {fault}.", nameof(name));
        }
    }

    /// <summary>Checks the name of a namespace: one file name.</summary>
    /// <exception cref="ArgumentException">It is none; the message names it and the rule.</exception>
    public static void CheckNamespace(string name)
    {
        if (NamespaceFault(name) is { } fault)
        {
            throw new ArgumentException($"'{Printable(name)}' is not a network namespace name: {fault}.", nameof(name));
        }
    }

    private static string? InterfaceFault(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name switch
        {
            "" => "it is empty",
            "." or ".." => "'.' and '..' are directories",
            _ when Encoding.UTF8.GetByteCount(name) > MaxInterface => $"it is longer than {MaxInterface} bytes",
            _ when name.Contains('/') => "it contains '/'",
            _ when name.Contains('%') => "it contains '%', which the kernel takes for a template (eth%d)",
            _ when name.Contains(':') => "it contains ':'",
            _ when name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) => "it contains whitespace or a control character",
            _ => null,
        };
    }

    private static string? NamespaceFault(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name switch
        {
            "" => "it is empty",
            "." or ".." => "'.' and '..' are directories",
            _ when name.Contains('/') => "it contains '/'",
            _ when name.Contains('\0') => "it contains a NUL character",
            _ when Encoding.UTF8.GetByteCount(name) > MaxNamespace => $"it is longer than {MaxNamespace} bytes",
            _ => null,
        };
    }

    private static string Printable(string name)
        => string.Concat(name.Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString()));
}

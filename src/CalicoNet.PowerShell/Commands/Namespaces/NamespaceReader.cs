using System.Globalization;
using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Reads namespaces as objects.</summary>
internal static class NamespaceReader
{
    /// <summary>A named namespace.</summary>
    public static NetNamespace Read(string name)
    {
        using var own = NetworkStack.Open(NetNamespaceRef.Own);
        return Read(NetNamespaceRef.Parse(name), own);
    }

    /// <summary>The namespaces that are meant by a name.</summary>
    /// <param name="name">The name, wildcards, a path, or <c>.</c> for this session's own.</param>
    /// <param name="withUnnamed">Whether those count that only processes keep.</param>
    /// <exception cref="CommandFault">It is a literal name, and there is none.</exception>
    public static IReadOnlyList<NetNamespace> List(NamePattern name, bool withUnnamed)
    {
        using var own = NetworkStack.Open(NetNamespaceRef.Own);
        List<NetNamespace> found = [];
        var chosen = name.Literal is "." or ['/', ..]
            ? [(NetNamespaceRef.Parse(name.Literal), 0)]
            : name.Select(References(own, withUnnamed), known => known.Reference.ToString());
        foreach (var (reference, process) in chosen)
        {
            try
            {
                found.Add(Read(reference, own, process));
            }
            catch (NetlinkException e) when (e.Errno == Errno.ENOENT)
            {
                // Gone since it was listed.
            }
        }

        return found.Count > 0 || name.IsWildcard ? found : throw NotFound(name.ToString());
    }

    /// <summary>Makes sure that a name can go.</summary>
    /// <param name="name">The name.</param>
    /// <param name="cookie">The identity that the namespace must have; empty: any.</param>
    /// <param name="force">Whether it may go though processes are inside.</param>
    public static void CheckRemoval(string name, string cookie, bool force)
    {
        if (!NetNamespaces.Exists(name))
        {
            if (NetNamespaces.IsLeftover(name))
            {
                return;   // what a killed creation left under the name is no namespace; that it goes is as welcome
            }

            throw NotFound(name);
        }

        using var stack = NetworkStack.Open(NetNamespaceRef.Parse(name));
        if (cookie.Length > 0 && cookie != Texts.Cookie(stack.Cookie))
        {
            throw new CalicoException(CalicoFault.Stale, $"Network namespace '{name}' is out of date: another one has its name now.", name);
        }

        if (!force && NetNamespaces.Processes(stack.Inode) is { Count: > 0 } processes)
        {
            const int shown = 5;
            var list = string.Join(", ", processes.Take(shown)) + (processes.Count > shown ? ", ..." : "");
            throw new CommandFault(ErrorIds.NamespaceInUse, ErrorCategory.ResourceBusy, $"Network namespace '{name}' is in use by {(processes.Count == 1 ? "process" : "processes")} {list}.");
        }
    }

    /// <summary>A namespace as this session's own one sees it. What may not be entered is listed without what is inside.</summary>
    public static NetNamespace Read(NetNamespaceRef reference, NetworkStack own, int process = 0)
    {
        var text = reference.ToString();
        var found = new NetNamespace { Name = text, NetNamespace = text, Path = reference.Path, ProcessId = process, NsId = own.NamespaceIdOf(reference) ?? -1 };
        try
        {
            using var stack = NetworkStack.Open(reference);
            return found with
            {
                Inode = (long)stack.Inode,
                NetNamespaceCookie = Texts.Cookie(stack.Cookie),
                Interfaces = new TextList(stack.Links.List().Select(link => link.Name)),
            };
        }
        catch (NetlinkException e) when (e.Errno is Errno.EPERM or Errno.EACCES)
        {
            return found;
        }
    }

    private static List<(NetNamespaceRef Reference, int Process)> References(NetworkStack own, bool withUnnamed)
    {
        var named = NetNamespaces.List();
        List<(NetNamespaceRef, int)> found = [.. named.Select(known => (NetNamespaceRef.Parse(known.Name), 0))];
        if (withUnnamed)
        {
            var inodes = named.Select(known => known.Inode).ToHashSet();
            found.AddRange(NetNamespaces.InUse()
                .Where(used => !inodes.Contains(used.Inode))
                .Select(used => (used.Inode == own.Inode ? NetNamespaceRef.Own : OfProcess(used.Process), used.Process)));
        }

        return found;
    }

    private static NetNamespaceRef OfProcess(int process) => NetNamespaceRef.Parse(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/ns/net"));

    private static CommandFault NotFound(string name) => CommandFault.NotFound($"network namespace '{name}'");
}

using System.Globalization;
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

    /// <summary>The path of a process's namespace.</summary>
    public static NetNamespaceRef OfProcess(int process) => NetNamespaceRef.Parse(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/ns/net"));
}

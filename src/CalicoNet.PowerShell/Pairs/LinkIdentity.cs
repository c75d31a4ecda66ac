using System.Globalization;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet;

/// <summary>
/// Finds the interface of an object again by identity - the namespace's cookie and the interface's number - so that a renamed one is
/// followed, and one that merely got the old number or name is refused.
/// </summary>
internal static class LinkIdentity
{
    /// <param name="session">The operation.</param>
    /// <param name="place">The namespace it was in.</param>
    /// <param name="cookie">The namespace's identity; empty or 0: not known.</param>
    /// <param name="index">The interface's number.</param>
    /// <param name="what">What an error calls the object.</param>
    /// <exception cref="CalicoException">It is gone.</exception>
    public static Link Find(NetworkSession session, NetNamespaceRef place, string cookie, int index, string what)
    {
        NetworkStack stack;
        try
        {
            stack = session.Stack(place);
        }
        catch (NetlinkException e) when (e.Errno == Errno.ENOENT)
        {
            throw Stale(what, $"network namespace '{place}' is gone");
        }

        if (cookie.Length > 0 && cookie != "0" && cookie != Texts.Cookie(stack.Cookie))
        {
            throw Stale(what, $"network namespace '{place}' is another one now");
        }

        return stack.Links.Find(index) ?? throw Stale(what, string.Create(CultureInfo.InvariantCulture, $"interface {index} of network namespace '{place}' is gone"));
    }

    /// <summary>
    /// The interface of an object that has number and name and no identity of its namespace: both must fit, which keeps most strangers out. Of
    /// one that is only planned the name alone, where a preview asks for it.
    /// </summary>
    /// <exception cref="CommandFault">It is only planned.</exception>
    public static LinkRef Find(NetworkSession session, NetworkObject found, string name, int index, string what, bool preview)
    {
        var place = NetNamespaceRef.Parse(found.NetNamespace);
        if (found.Planned)
        {
            return preview ? new LinkRef(place, name) : throw CommandFault.Planned(what);
        }

        var link = Find(session, place, "", index, what);
        return link.Name == name
            ? new LinkRef(place, name)
            : throw Stale(what, string.Create(CultureInfo.InvariantCulture, $"interface {index} of network namespace '{place}' is '{link.Name}' now"));
    }

    public static CalicoException Stale(string what, string reason) => new(CalicoFault.Stale, $"The {what} is out of date: {reason}.", what);
}

using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>What a change goes through. Consecutive changes of one namespace and channel share a flush.</summary>
public enum Channel
{
    /// <summary>Creating or removing a named namespace: system calls, at once.</summary>
    Namespace,
    /// <summary>Creating or removing a link: alone, because rtnetlink goes on after an error and would configure a foreign link of that name.</summary>
    Link,
    /// <summary>Every other rtnetlink request: up to 128 in one datagram, with a result each.</summary>
    Rtnetlink,
    /// <summary>A file under /proc/sys.</summary>
    Sysctl,
    /// <summary>nf_tables: one transaction.</summary>
    Firewall,
}

/// <summary>What a change wants to know of a namespace to judge whether it is in place.</summary>
[Flags]
public enum Facts
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>The interfaces.</summary>
    Links = 1,
    /// <summary>The addresses.</summary>
    Addresses = 2,
    /// <summary>The routes of all tables.</summary>
    Routes = 4,
    /// <summary>The neighbors.</summary>
    Neighbors = 8,
    /// <summary>Our nf_tables table.</summary>
    Firewall = 16,
    /// <summary>The parameters of the neighbor tables.</summary>
    NeighborParameters = 32,
}

/// <summary>
/// One change of a network, as a value: no I/O, no state, names instead of indexes. Everything is made of these: applying, undoing,
/// removing, previewing, checking and repairing are lists of them.
/// </summary>
/// <param name="Namespace">The namespace whose kernel objects it changes.</param>
public abstract record NetworkChange(NetNamespaceRef Namespace)
{
    /// <summary>What it goes through.</summary>
    public abstract Channel Channel { get; }

    /// <summary>The same change as pasteable iproute2, nft or sysctl lines.</summary>
    public abstract IReadOnlyList<string> Commands { get; }

    /// <summary>The change that undoes it, or null where nothing needs to be (its carrier's going takes it along) or can be.</summary>
    public abstract NetworkChange? Inverse { get; }

    /// <summary>What <see cref="Inspect"/> reads.</summary>
    public virtual Facts Facts => Facts.None;

    /// <summary>What an error calls it: <c>add route 10.2.0.1/32 to 'cali0'</c>.</summary>
    public abstract string Title { get; }

    /// <summary>Whether the kernel's error says that what should go is gone already, or that what several share is there. Such a change is not undone.</summary>
    public virtual bool IsAlreadyDone(Errno errno) => false;

    /// <summary>Queues its requests, or does it at once where there is nothing to queue. Never waits.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public abstract void Write(NetworkSession session);

    /// <summary>Judges whether it is in place. Every change does: one that always said yes would hide that its object is gone.</summary>
    public abstract Finding Inspect(NetworkSnapshot seen);

    /// <summary>Takes in the link that the kernel echoed.</summary>
    internal virtual void OnEcho(NetworkSession session, Link link)
    {
    }

    /// <summary>Its title.</summary>
    public sealed override string ToString() => Title;
}

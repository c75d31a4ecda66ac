namespace CalicoNet.Netlink;

/// <summary>Interfaces of one open namespace. Writes need CAP_NET_ADMIN there.</summary>
public readonly struct Links
{
    private readonly NetworkStack _stack;

    internal Links(NetworkStack stack) => _stack = stack;

    /// <summary>Lists all interfaces.</summary>
    public IReadOnlyList<Link> List()
    {
        LinkWire.List(_stack.Single);
        return _stack.Dump<Parser, Link>();
    }

    /// <summary>Finds an interface by name; null where there is none.</summary>
    public Link? Find(string name)
    {
        Names.CheckInterface(name);
        LinkWire.Get(_stack.Single, name);
        return Read();
    }

    /// <summary>Finds an interface by index; null where there is none.</summary>
    public Link? Find(int index)
    {
        LinkWire.Get(_stack.Single, index);
        return Read();
    }

    /// <summary>
    /// Follows the interfaces: first each that is there, then each change, in order. Where the kernel dropped events, all are read again and
    /// what differs is yielded; the stream never ends by itself. It uses this stack, which must be open meanwhile.
    /// </summary>
    /// <param name="cancellation">Ends the stream at once, without an exception.</param>
    public IEnumerable<KernelChange<Link>> Watch(CancellationToken cancellation = default)
        => Watcher<Watched, int, Link>.Run(_stack, NetlinkSubscription.DefaultQueueBytes, cancellation);

    /// <summary>Makes a veth pair with its other end born in another namespace; both ends are down. Returns this end.</summary>
    /// <exception cref="NetlinkException">EEXIST: one of the names is taken (the kernel does not say which). Nothing is made.</exception>
    public Link AddVeth(VethSpec veth, NetworkStack peerNamespace)
    {
        LinkWire.AddVeth(_stack.Single, veth, peerNamespace);
        return Read(mustExist: true) ?? Find(veth.Name) ?? throw NetlinkException.ForCall($"find the new veth {veth}", Errno.ENODEV);
    }

    /// <summary>Changes settings of an interface.</summary>
    public void Configure(int index, LinkSettings settings)
    {
        LinkWire.Configure(_stack.Single, index, settings);
        _stack.Execute();
    }

    /// <summary>Brings an interface up or takes it down.</summary>
    public void SetState(int index, bool up)
    {
        LinkWire.SetState(_stack.Single, index, up);
        _stack.Execute();
    }

    /// <summary>Sets an alias of 255 bytes at most; empty removes it.</summary>
    public void SetAlias(int index, string alias)
    {
        LinkWire.SetAlias(_stack.Single, index, alias);
        _stack.Execute();
    }

    /// <summary>Renames an interface.</summary>
    public void SetName(int index, string name)
    {
        LinkWire.SetName(_stack.Single, index, name);
        _stack.Execute();
    }

    /// <summary>Sets an MTU in bytes.</summary>
    public void SetMtu(int index, int mtu)
    {
        LinkWire.SetMtu(_stack.Single, index, mtu);
        _stack.Execute();
    }

    /// <summary>Sets a link-layer address.</summary>
    public void SetAddress(int index, LinkLayerAddress address)
    {
        LinkWire.SetAddress(_stack.Single, index, address);
        _stack.Execute();
    }

    /// <summary>
    /// Removes an interface (a veth with its peer) and waits for the kernel's acknowledgement: 14 to 25 ms for a veth. <c>LinkReaper</c>
    /// returns when the link is gone, which is far earlier.
    /// </summary>
    /// <returns>False where there was none.</returns>
    public bool Remove(int index)
    {
        LinkWire.Delete(_stack.Single, index);
        return _stack.ExecuteUnlessGone(Errno.ENODEV);
    }

    private Link? Read(bool mustExist = false)
    {
        Link? found = null;
        try
        {
            _stack.Execute((int _, in NetlinkMessage message) =>
            {
                if (LinkWire.TryRead(message, out var link))
                {
                    found = link;
                }
            });
        }
        catch (NetlinkException e) when (e.Errno == Errno.ENODEV && !mustExist)
        {
            return null;
        }

        return found;
    }

    private readonly struct Parser : IMessageParser<Link>
    {
        public static bool TryRead(in NetlinkMessage message, out Link row) => LinkWire.TryRead(message, out row);
    }

    /// <summary>Links, to be watched.</summary>
    internal readonly struct Watched : IWatched<int, Link>
    {
        public static RouteGroups Groups => RouteGroups.Links;

        public static RouteMessageType Removal => RouteMessageType.DeleteLink;

        public static int KeyOf(Link row) => row.Index;

        public static IReadOnlyList<Link> List(NetworkStack stack) => stack.Links.List();

        public static bool TryRead(in NetlinkMessage message, out Link row) => LinkWire.TryRead(message, out row);
    }
}

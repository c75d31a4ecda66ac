namespace CalicoNet.Netlink;

/// <summary>Addresses of one open namespace. Writes need CAP_NET_ADMIN there.</summary>
public readonly struct Addresses
{
    private readonly NetworkStack _stack;

    internal Addresses(NetworkStack stack) => _stack = stack;

    /// <summary>Lists addresses.</summary>
    /// <param name="interfaceIndex">Only those of this interface; 0: of all.</param>
    /// <param name="family">Only those of this family.</param>
    public IReadOnlyList<InterfaceAddress> List(int interfaceIndex = 0, IPFamily family = IPFamily.Unspecified)
    {
        AddressWire.List(_stack.Single, interfaceIndex, family);
        try
        {
            var all = _stack.Dump<Parser, InterfaceAddress>();
            return interfaceIndex == 0 ? all : all.FindAll(a => a.InterfaceIndex == interfaceIndex);   // an old kernel does not filter
        }
        catch (NetlinkException e) when (e.Errno == Errno.ENODEV)
        {
            return [];
        }
    }

    /// <summary>Adds an address.</summary>
    /// <exception cref="NetlinkException">EEXIST: it is there. ENODEV: the interface is not.</exception>
    public void Add(InterfaceAddress address)
    {
        AddressWire.Add(_stack.Single, address);
        _stack.Execute();
    }

    /// <summary>Removes an address.</summary>
    /// <returns>False where there was none.</returns>
    public bool Remove(InterfaceAddress address)
    {
        AddressWire.Remove(_stack.Single, address);
        return _stack.ExecuteUnlessGone(Errno.EADDRNOTAVAIL);
    }

    private readonly struct Parser : IMessageParser<InterfaceAddress>
    {
        public static bool TryRead(in NetlinkMessage message, out InterfaceAddress row) => AddressWire.TryRead(message, out row);
    }
}

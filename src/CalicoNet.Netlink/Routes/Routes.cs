namespace CalicoNet.Netlink;

/// <summary>Routes of one open namespace. Writes need CAP_NET_ADMIN there.</summary>
public readonly struct Routes
{
    private readonly NetworkStack _stack;

    internal Routes(NetworkStack stack) => _stack = stack;

    /// <summary>Lists routes of both families, or of one. A route with several next hops has no interface here (0).</summary>
    /// <param name="family">Only this family.</param>
    /// <param name="table">Only this table; 0: all.</param>
    /// <param name="interfaceIndex">Only those through this interface; 0: all.</param>
    public IReadOnlyList<Route> List(IPFamily family = IPFamily.Unspecified, uint table = Route.MainTable, int interfaceIndex = 0)
    {
        if (family == IPFamily.Unspecified)
        {
            return [.. List(IPFamily.IPv4, table, interfaceIndex), .. List(IPFamily.IPv6, table, interfaceIndex)];
        }

        RouteWire.List(_stack.Single, family, table, interfaceIndex);
        try
        {
            var all = _stack.Dump<Parser, Route>();
            return all.FindAll(r => (table == 0 || r.Table == table) && (interfaceIndex == 0 || r.InterfaceIndex == interfaceIndex));
        }
        catch (NetlinkException e) when (e.Errno is Errno.ENOENT or Errno.ENODEV or Errno.EAFNOSUPPORT or Errno.EOPNOTSUPP)
        {
            return [];   // no such table, no such interface, no such family: nothing to list
        }
    }

    /// <summary>Adds a route.</summary>
    /// <exception cref="NetlinkException">EEXIST: one to that destination with that metric is there. ENETUNREACH: its gateway cannot be reached.</exception>
    public void Add(Route route)
    {
        RouteWire.Add(_stack.Single, route);
        _stack.Execute();
    }

    /// <summary>Removes a route.</summary>
    /// <returns>False where there was none.</returns>
    public bool Remove(Route route)
    {
        RouteWire.Remove(_stack.Single, route);
        return _stack.ExecuteUnlessGone(Errno.ESRCH);
    }

    /// <summary>Asks the kernel which way a packet to an address would take (<c>ip route get</c>).</summary>
    /// <param name="destination">The address.</param>
    /// <param name="interfaceIndex">Only ways through this interface, which a link-local address needs; 0: any.</param>
    /// <exception cref="NetlinkException">ENETUNREACH or EHOSTUNREACH: no way leads there.</exception>
    public Route Find(IPAddr destination, int interfaceIndex = 0)
    {
        RouteWire.Find(_stack.Single, destination, interfaceIndex);
        Route? found = null;
        _stack.Execute((int _, in NetlinkMessage message) =>
        {
            if (RouteWire.TryRead(message, out var route))
            {
                found = route;
            }
        });
        return found ?? throw NetlinkException.ForCall($"find a route to {destination}", Errno.ENETUNREACH);
    }

    private readonly struct Parser : IMessageParser<Route>
    {
        public static bool TryRead(in NetlinkMessage message, out Route row) => RouteWire.TryRead(message, out row) && !RouteWire.IsCached(message);
    }
}

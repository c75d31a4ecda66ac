namespace CalicoNet.Netlink;

/// <summary>Neighbor tables of one open namespace. Writes need CAP_NET_ADMIN there.</summary>
public readonly struct Neighbors
{
    private readonly NetworkStack _stack;

    internal Neighbors(NetworkStack stack) => _stack = stack;

    /// <summary>Lists neighbors. Entries of a bridge's forwarding table are none.</summary>
    /// <param name="family">Only this family.</param>
    /// <param name="interfaceIndex">Only those of this interface, chosen by the kernel; 0: of all.</param>
    public IReadOnlyList<NeighborEntry> List(IPFamily family = IPFamily.Unspecified, int interfaceIndex = 0)
    {
        NeighborWire.List(_stack.Single, family, interfaceIndex);
        var all = _stack.Dump<Parser, NeighborEntry>();
        return interfaceIndex == 0 ? all : all.FindAll(n => n.InterfaceIndex == interfaceIndex);   // an old kernel does not filter
    }

    /// <summary>
    /// Follows the entries: first each that is there, then each change, in order. Where the kernel dropped events, all are read again and
    /// what differs is yielded; the stream never ends by itself. It uses this stack, which must be open meanwhile. The kernel announces no
    /// step from REACHABLE or STALE to DELAY.
    /// </summary>
    /// <param name="cancellation">Ends the stream at once, without an exception.</param>
    public IEnumerable<KernelChange<NeighborEntry>> Watch(CancellationToken cancellation = default)
        => Watcher<Watched, (int, IPAddr), NeighborEntry>.Run(_stack, NetlinkSubscription.DefaultQueueBytes, cancellation);

    /// <summary>Adds a neighbor.</summary>
    /// <exception cref="NetlinkException">EEXIST: there is one of that address.</exception>
    public void Add(NeighborEntry neighbor)
    {
        NeighborWire.Add(_stack.Single, neighbor);
        _stack.Execute();
    }

    /// <summary>Sets a neighbor in the place of any other of that address.</summary>
    public void Replace(NeighborEntry neighbor)
    {
        NeighborWire.Replace(_stack.Single, neighbor);
        _stack.Execute();
    }

    /// <summary>Removes a neighbor.</summary>
    /// <returns>False where there was none.</returns>
    public bool Remove(NeighborEntry neighbor)
    {
        NeighborWire.Remove(_stack.Single, neighbor);
        return _stack.ExecuteUnlessGone(Errno.ENOENT);
    }

    /// <summary>The limits of the tables. They are the machine's, not the namespace's, where alone /proc has them.</summary>
    public IReadOnlyList<NeighborTableLimits> Limits()
    {
        NeighborWire.ListTables(_stack.Single);
        return _stack.Dump<TableParser, NeighborTableLimits>();
    }

    /// <summary>The parameters of every interface, of both families.</summary>
    public IReadOnlyList<NeighborParameters> Parameters()
    {
        NeighborWire.ListTables(_stack.Single);
        return _stack.Dump<ParametersParser, NeighborParameters>();
    }

    private readonly struct Parser : IMessageParser<NeighborEntry>
    {
        public static bool TryRead(in NetlinkMessage message, out NeighborEntry row) => NeighborWire.TryRead(message, out row);
    }

    /// <summary>Neighbors, to be watched.</summary>
    internal readonly struct Watched : IWatched<(int, IPAddr), NeighborEntry>
    {
        public static RouteGroups Groups => RouteGroups.Neighbors;

        public static RouteMessageType Removal => RouteMessageType.DeleteNeighbor;

        public static (int, IPAddr) KeyOf(NeighborEntry row) => (row.InterfaceIndex, row.Address);

        public static IReadOnlyList<NeighborEntry> List(NetworkStack stack) => stack.Neighbors.List();

        // An address that is answered for in proxy is no neighbor: it is announced in the same group, and missing in the dump.
        public static bool TryRead(in NetlinkMessage message, out NeighborEntry row)
            => NeighborWire.TryRead(message, out row) && (row.Flags & NeighborFlags.Proxy) == 0;
    }

    private readonly struct ParametersParser : IMessageParser<NeighborParameters>
    {
        public static bool TryRead(in NetlinkMessage message, out NeighborParameters row) => NeighborWire.TryReadParameters(message, out row);
    }

    private readonly struct TableParser : IMessageParser<NeighborTableLimits>
    {
        public static bool TryRead(in NetlinkMessage message, out NeighborTableLimits row) => NeighborWire.TryReadTable(message, out row);
    }
}

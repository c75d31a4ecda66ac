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

    private readonly struct Parser : IMessageParser<NeighborEntry>
    {
        public static bool TryRead(in NetlinkMessage message, out NeighborEntry row) => NeighborWire.TryRead(message, out row);
    }

    private readonly struct TableParser : IMessageParser<NeighborTableLimits>
    {
        public static bool TryRead(in NetlinkMessage message, out NeighborTableLimits row) => NeighborWire.TryReadTable(message, out row);
    }
}

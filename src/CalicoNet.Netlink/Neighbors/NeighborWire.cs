namespace CalicoNet.Netlink;

/// <summary>Attributes of a neighbor (NDA_*, linux/neighbour.h).</summary>
internal enum NeighborAttribute : ushort
{
    Destination = 1,       // NDA_DST
    LinkLayerAddress = 2,  // NDA_LLADDR
    Interface = 8,         // NDA_IFINDEX
}

/// <summary>Attributes of a neighbor table (NDTA_*, linux/neighbour.h).</summary>
internal enum NeighborTableAttribute : ushort
{
    Name = 1,         // NDTA_NAME
    Threshold1 = 2,   // NDTA_THRESH1
    Threshold2 = 3,   // NDTA_THRESH2
    Threshold3 = 4,   // NDTA_THRESH3
    Config = 5,       // NDTA_CONFIG: struct ndt_config
    Parameters = 6,   // NDTA_PARMS
}

/// <summary>Parameters of a neighbor table per interface (NDTPA_*, linux/neighbour.h).</summary>
internal enum NeighborParameterAttribute : ushort
{
    Interface = 1,    // NDTPA_IFINDEX
    ProxyDelay = 13,  // NDTPA_PROXY_DELAY, u64 milliseconds
}

/// <summary>Neighbors as messages.</summary>
public static class NeighborWire
{
    private const int ConfigEntries = 4;   // offsetof(struct ndt_config, ndtc_entries)

    /// <summary>Queues a neighbor; it is an error (EEXIST) when there is one of that address.</summary>
    public static void Add(NetlinkBatch batch, NeighborEntry neighbor)
        => Write(batch, neighbor, RouteMessageType.NewNeighbor, NetlinkFlags.Create | NetlinkFlags.Exclusive, "add neighbor");

    /// <summary>Queues a neighbor in the place of any other of that address (<c>ip neigh replace</c>).</summary>
    public static void Replace(NetlinkBatch batch, NeighborEntry neighbor)
        => Write(batch, neighbor, RouteMessageType.NewNeighbor, NetlinkFlags.Create | NetlinkFlags.Replace, "set neighbor");

    /// <summary>Queues the removal of a neighbor; it is an error (ENOENT) when there is none.</summary>
    public static void Remove(NetlinkBatch batch, NeighborEntry neighbor)
        => Write(batch, neighbor, RouteMessageType.DeleteNeighbor, NetlinkFlags.None, "remove neighbor");

    /// <summary>Queues how long the kernel waits before it answers for another host on an interface (<c>proxy_delay</c>).</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="family">IPv4: ARP; IPv6: NDP.</param>
    /// <param name="interfaceIndex">The interface.</param>
    /// <param name="delay">The delay; the kernel picks a random time up to it. Its default is 800 ms.</param>
    public static void SetProxyDelay(NetlinkBatch batch, IPFamily family, int interfaceIndex, TimeSpan delay)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var message = batch.Begin(RouteMessageType.SetNeighborTable, NetlinkFlags.Replace, "set the proxy delay of interface", interfaceIndex);
        message.Write(new NeighborTableHeader { Family = family });
        message.Write(NeighborTableAttribute.Name, family == IPFamily.IPv4 ? "arp_cache" : "ndisc_cache");
        using (message.Nest(NeighborTableAttribute.Parameters))
        {
            message.Write(NeighborParameterAttribute.Interface, interfaceIndex);
            message.Write(NeighborParameterAttribute.ProxyDelay, (ulong)delay.TotalMilliseconds);
        }
    }

    internal static void List(NetlinkBatch batch, IPFamily family, int interfaceIndex)
    {
        var message = batch.Begin(RouteMessageType.GetNeighbor, NetlinkFlags.Dump, "list neighbors");
        message.Write(new NeighborHeader { Family = family });
        if (interfaceIndex != 0)
        {
            message.Write(NeighborAttribute.Interface, interfaceIndex);
        }
    }

    internal static void ListTables(NetlinkBatch batch)
    {
        var message = batch.Begin(RouteMessageType.GetNeighborTable, NetlinkFlags.Dump, "read the neighbor tables' limits");
        message.Write(default(NeighborTableHeader));
    }

    internal static bool TryRead(in NetlinkMessage message, out NeighborEntry neighbor)
    {
        neighbor = null!;
        if (!message.Is(RouteMessageType.NewNeighbor) && !message.Is(RouteMessageType.DeleteNeighbor))
        {
            return false;
        }

        var header = message.Read<NeighborHeader>();
        if (header.Family is not (IPFamily.IPv4 or IPFamily.IPv6))
        {
            return false;   // a bridge's forwarding entries
        }

        IPAddr address = default;
        LinkLayerAddress linkLayer = default;
        foreach (var attribute in message.Attributes<NeighborHeader>())
        {
            switch ((NeighborAttribute)attribute.Type)
            {
                case NeighborAttribute.Destination: address = attribute.Address; break;
                case NeighborAttribute.LinkLayerAddress: linkLayer = attribute.LinkLayer; break;
            }
        }

        neighbor = new NeighborEntry(header.Index, address, linkLayer, header.State) { Flags = header.Flags };
        return !address.IsNone;
    }

    internal static bool TryReadTable(in NetlinkMessage message, out NeighborTableLimits limits)
    {
        limits = null!;
        if (!message.Is(RouteMessageType.NewNeighborTable))
        {
            return false;
        }

        var family = message.Read<NeighborTableHeader>().Family;
        uint entries = 0, one = 0, two = 0, three = 0;
        var hasLimits = false;
        foreach (var attribute in message.Attributes<NeighborTableHeader>())
        {
            switch ((NeighborTableAttribute)attribute.Type)
            {
                case NeighborTableAttribute.Threshold1: (one, hasLimits) = (attribute.UInt32, true); break;
                case NeighborTableAttribute.Threshold2: two = attribute.UInt32; break;
                case NeighborTableAttribute.Threshold3: three = attribute.UInt32; break;
                case NeighborTableAttribute.Config when attribute.Value.Length >= ConfigEntries + sizeof(uint):
                    entries = BitConverter.ToUInt32(attribute.Value[ConfigEntries..]);
                    break;
            }
        }

        limits = new NeighborTableLimits(family, entries, one, two, three);
        return hasLimits;   // the messages per interface have none
    }

    internal static bool TryReadParameters(in NetlinkMessage message, out NeighborParameters parameters)
    {
        parameters = null!;
        if (!message.Is(RouteMessageType.NewNeighborTable))
        {
            return false;
        }

        var index = 0;
        var delay = 0UL;
        foreach (var attribute in message.Attributes<NeighborTableHeader>())
        {
            if ((NeighborTableAttribute)attribute.Type != NeighborTableAttribute.Parameters)
            {
                continue;
            }

            foreach (var parameter in attribute.Nested)
            {
                switch ((NeighborParameterAttribute)parameter.Type)
                {
                    case NeighborParameterAttribute.Interface: index = parameter.Int32; break;
                    case NeighborParameterAttribute.ProxyDelay: delay = parameter.UInt64; break;
                }
            }
        }

        parameters = new NeighborParameters(message.Read<NeighborTableHeader>().Family, index, TimeSpan.FromMilliseconds(delay));
        return index != 0;   // the table's own, which new interfaces start with, name none
    }

    private static void Write(NetlinkBatch batch, NeighborEntry neighbor, RouteMessageType type, NetlinkFlags flags, string operation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(neighbor);
        var message = batch.Begin(type, flags, operation, neighbor);
        message.Write(new NeighborHeader
        {
            Family = neighbor.Address.Family,
            Index = neighbor.InterfaceIndex,
            State = type == RouteMessageType.DeleteNeighbor ? NeighborState.None : neighbor.State,
            Flags = neighbor.Flags,
        });
        message.Write(NeighborAttribute.Destination, neighbor.Address);
        if (!neighbor.LinkLayerAddress.IsNone && type == RouteMessageType.NewNeighbor)
        {
            message.Write(NeighborAttribute.LinkLayerAddress, neighbor.LinkLayerAddress);
        }
    }
}

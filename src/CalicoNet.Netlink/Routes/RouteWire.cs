using System.Runtime.InteropServices;

namespace CalicoNet.Netlink;

/// <summary>Attributes of a route (RTA_*, linux/rtnetlink.h).</summary>
internal enum RouteAttribute : ushort
{
    Destination = 1,       // RTA_DST
    OutputInterface = 4,   // RTA_OIF
    Gateway = 5,           // RTA_GATEWAY
    Priority = 6,          // RTA_PRIORITY
    PreferredSource = 7,   // RTA_PREFSRC
    MultiPath = 9,         // RTA_MULTIPATH
    Table = 15,            // RTA_TABLE
    Via = 18,              // RTA_VIA
}

/// <summary>Routes as messages.</summary>
public static class RouteWire
{
    private const uint Cloned = 0x200;        // RTM_F_CLONED: entries of the route cache (IPv6 exceptions)
    private const uint LookupTable = 0x1000;  // RTM_F_LOOKUP_TABLE
    private const uint NextHopOnLink = 4;     // RTNH_F_ONLINK
    private const byte CompatibleTable = 252; // RT_TABLE_COMPAT: the number is in RTA_TABLE

    /// <summary>Queues a route; it is an error (EEXIST) when it is there.</summary>
    public static void Add(NetlinkBatch batch, Route route)
        => Write(batch, route, RouteMessageType.NewRoute, NetlinkFlags.Create | NetlinkFlags.Exclusive, "add route");

    /// <summary>Queues the removal of a route; it is an error (ESRCH) when there is none.</summary>
    public static void Remove(NetlinkBatch batch, Route route)
        => Write(batch, route, RouteMessageType.DeleteRoute, NetlinkFlags.None, "remove route");

    internal static void List(NetlinkBatch batch, IPFamily family, uint table, int interfaceIndex)
    {
        // Strict checking makes table and interface filters, in the kernel.
        var message = batch.Begin(RouteMessageType.GetRoute, NetlinkFlags.Dump, "list routes");
        message.Write(new RouteHeader { Family = family });
        if (table != 0)
        {
            message.Write(RouteAttribute.Table, table);
        }

        if (interfaceIndex != 0)
        {
            message.Write(RouteAttribute.OutputInterface, interfaceIndex);
        }
    }

    internal static void Find(NetlinkBatch batch, IPAddr destination, int interfaceIndex)
    {
        // IPv4 names the local table as "main" without this flag; IPv6 never does, and refuses the flag.
        var flags = destination.Family == IPFamily.IPv4 ? LookupTable : 0;
        var message = batch.Begin(RouteMessageType.GetRoute, NetlinkFlags.None, "find a route to", destination);
        message.Write(new RouteHeader { Family = destination.Family, DestinationLength = (byte)destination.BitCount, Flags = flags });
        message.Write(RouteAttribute.Destination, destination);
        if (interfaceIndex != 0)
        {
            message.Write(RouteAttribute.OutputInterface, interfaceIndex);
        }
    }

    internal static bool TryRead(in NetlinkMessage message, out Route route)
    {
        route = null!;
        if (!message.Is(RouteMessageType.NewRoute) && !message.Is(RouteMessageType.DeleteRoute))
        {
            return false;
        }

        var header = message.Read<RouteHeader>();
        if (header.Family is not (IPFamily.IPv4 or IPFamily.IPv6))
        {
            return false;
        }

        var destination = IPAddr.Any(header.Family);
        IPAddr gateway = default, source = default;
        var index = 0;
        uint table = header.Table, metric = 0;
        foreach (var attribute in message.Attributes<RouteHeader>())
        {
            switch ((RouteAttribute)attribute.Type)
            {
                case RouteAttribute.Destination: destination = attribute.Address; break;
                case RouteAttribute.Gateway: gateway = attribute.Address; break;
                case RouteAttribute.Via when IPAddr.TryCreate(attribute.Value.Length > 2 ? attribute.Value[2..] : default, out var via): gateway = via; break;
                case RouteAttribute.OutputInterface: index = attribute.Int32; break;
                case RouteAttribute.Priority: metric = attribute.UInt32; break;
                case RouteAttribute.PreferredSource: source = attribute.Address; break;
                case RouteAttribute.Table: table = attribute.UInt32; break;
            }
        }

        if (destination.Family != header.Family || header.DestinationLength > destination.BitCount)
        {
            return false;
        }

        route = new Route(new IPPrefix(destination, header.DestinationLength), index)
        {
            Gateway = gateway,
            Metric = metric,
            Table = table,
            Scope = header.Scope,
            Protocol = header.Protocol,
            Type = header.Type,
            PreferredSource = source,
            OnLink = (header.Flags & NextHopOnLink) != 0,
        };
        return true;
    }

    internal static bool IsCached(in NetlinkMessage message) => (message.Read<RouteHeader>().Flags & Cloned) != 0;

    private static void Write(NetlinkBatch batch, Route route, RouteMessageType type, NetlinkFlags flags, string operation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(route);
        if (!route.PreferredSource.IsNone && route.PreferredSource.Family != route.Family)
        {
            // The kernel would take the first four bytes for an IPv4 address, and only say so in its log.
            throw new ArgumentException($"{route.PreferredSource} cannot be the source of packets to {route.Destination}: they are of different families.", nameof(route));
        }

        var message = batch.Begin(type, flags, operation, route);
        message.Write(new RouteHeader
        {
            Family = route.Family,
            DestinationLength = (byte)route.Destination.Length,
            Table = route.Table <= byte.MaxValue ? (byte)route.Table : CompatibleTable,
            Protocol = route.Protocol,
            Scope = route.Scope,
            Type = route.Type,
            Flags = route.OnLink ? NextHopOnLink : 0,
        });
        if (route.Destination.Length > 0)
        {
            message.Write(RouteAttribute.Destination, route.Destination.Address);
        }

        if (route.Gateway.Family == route.Family)
        {
            message.Write(RouteAttribute.Gateway, route.Gateway);
        }
        else if (!route.Gateway.IsNone)
        {
            WriteVia(message, route.Gateway);
        }

        if (route.InterfaceIndex != 0)
        {
            message.Write(RouteAttribute.OutputInterface, route.InterfaceIndex);
        }

        if (route.Metric != 0)
        {
            message.Write(RouteAttribute.Priority, route.Metric);
        }

        if (!route.PreferredSource.IsNone)
        {
            message.Write(RouteAttribute.PreferredSource, route.PreferredSource);
        }

        if (route.Table > byte.MaxValue)
        {
            message.Write(RouteAttribute.Table, route.Table);
        }
    }

    /// <summary>A gateway of the other family (struct rtvia, Linux 5.2): its family, then its address.</summary>
    private static void WriteVia(NetlinkRequest message, in IPAddr gateway)
    {
        Span<byte> via = stackalloc byte[sizeof(ushort) + gateway.ByteCount];
        MemoryMarshal.Write(via, (ushort)gateway.Family);
        gateway.CopyTo(via[sizeof(ushort)..]);
        message.Write(RouteAttribute.Via, via);
    }
}

namespace CalicoNet.Netlink;

/// <summary>Attributes of an address (IFA_*, linux/if_addr.h).</summary>
internal enum AddressAttribute : ushort
{
    Address = 1,   // IFA_ADDRESS: the prefix's address, or the peer's on a point-to-point link
    Local = 2,     // IFA_LOCAL
    Flags = 8,     // IFA_FLAGS
}

/// <summary>Addresses as messages.</summary>
public static class AddressWire
{
    /// <summary>Queues an address; it is an error (EEXIST) when it is there.</summary>
    public static void Add(NetlinkBatch batch, InterfaceAddress address)
        => Write(batch, address, RouteMessageType.NewAddress, NetlinkFlags.Create | NetlinkFlags.Exclusive, "add address");

    /// <summary>Queues the removal of an address; it is an error (EADDRNOTAVAIL) when there is none.</summary>
    public static void Remove(NetlinkBatch batch, InterfaceAddress address)
        => Write(batch, address, RouteMessageType.DeleteAddress, NetlinkFlags.None, "remove address");

    internal static void List(NetlinkBatch batch, int interfaceIndex, IPFamily family)
    {
        // Strict checking makes the header's index a filter.
        var message = batch.Begin(RouteMessageType.GetAddress, NetlinkFlags.Dump, "list addresses");
        message.Write(new AddressHeader { Family = family, Index = interfaceIndex });
    }

    internal static bool TryRead(in NetlinkMessage message, out InterfaceAddress address)
    {
        address = null!;
        if (!message.Is(RouteMessageType.NewAddress) && !message.Is(RouteMessageType.DeleteAddress))
        {
            return false;
        }

        var header = message.Read<AddressHeader>();
        IPAddr local = default, prefix = default;
        var flags = (AddressFlags)header.Flags;
        foreach (var attribute in message.Attributes<AddressHeader>())
        {
            switch ((AddressAttribute)attribute.Type)
            {
                case AddressAttribute.Local: local = attribute.Address; break;
                case AddressAttribute.Address: prefix = attribute.Address; break;
                case AddressAttribute.Flags: flags = (AddressFlags)attribute.UInt32; break;
            }
        }

        var own = local.IsNone ? prefix : local;
        if (own.IsNone || header.PrefixLength > own.BitCount)
        {
            return false;
        }

        address = new InterfaceAddress(header.Index, new IPPrefix(own, header.PrefixLength))
        {
            Scope = header.Scope,
            Flags = flags,
            Peer = local.IsNone || prefix == local ? default : prefix,
        };
        return true;
    }

    private static void Write(NetlinkBatch batch, InterfaceAddress address, RouteMessageType type, NetlinkFlags flags, string operation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(address);
        if (!address.Peer.IsNone && address.Peer.Family != address.Prefix.Family)
        {
            // The kernel would take the first four bytes for an IPv4 address, and only say so in its log.
            throw new ArgumentException($"{address.Peer} cannot be the peer of {address.Prefix}: they are of different families.", nameof(address));
        }

        var message = batch.Begin(type, flags, operation, address);
        message.Write(new AddressHeader
        {
            Family = address.Prefix.Family,
            PrefixLength = (byte)address.Prefix.Length,
            Scope = address.Scope,
            Index = address.InterfaceIndex,
        });
        message.Write(AddressAttribute.Local, address.Prefix.Address);
        message.Write(AddressAttribute.Address, address.Peer.IsNone ? address.Prefix.Address : address.Peer);
        if (address.Flags != AddressFlags.None && type == RouteMessageType.NewAddress)
        {
            message.Write(AddressAttribute.Flags, (uint)address.Flags);
        }
    }
}

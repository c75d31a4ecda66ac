namespace CalicoNet.Netlink;

/// <summary>Links as messages. The same encoders serve one-request writes (<see cref="Links"/>) and batches.</summary>
public static class LinkWire
{
    private const uint SkipStatistics = 8;   // RTEXT_FILTER_SKIP_STATS: half of a link's message

    /// <summary>
    /// Queues a veth pair with the other end born in <paramref name="peerNamespace"/>: moving a link later costs 15 to 45 ms under the
    /// lock that all of the host's networking shares. The kernel echoes this end; each end gets one queue instead of one per CPU, which
    /// saves a quarter of the cost. Atomic: no half of it is left on failure.
    /// </summary>
    public static void AddVeth(NetlinkBatch batch, VethSpec veth, NetworkStack peerNamespace)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(veth);
        ArgumentNullException.ThrowIfNull(peerNamespace);
        Names.CheckInterface(veth.Name);
        Names.CheckInterface(veth.PeerName);

        // Not up here: the kernel refuses IFF_UP in the peer's header (ENOTCONN).
        var message = batch.Begin(
            RouteMessageType.NewLink, NetlinkFlags.Create | NetlinkFlags.Exclusive | NetlinkFlags.Echo, "add veth pair", veth);
        message.Write(default(LinkHeader));
        End(message, veth.Name, veth.Address, veth.Mtu);
        if (veth.Group != 0)
        {
            message.Write(LinkAttribute.Group, veth.Group);
        }

        using (message.Nest(LinkAttribute.LinkInfo))
        {
            message.Write(LinkInfoAttribute.Kind, "veth");
            using (message.Nest(LinkInfoAttribute.Data))
            using (message.Nest(VethAttribute.Peer))
            {
                message.Write(default(LinkHeader));
                End(message, veth.PeerName, veth.PeerAddress, veth.Mtu);
                message.Write(LinkAttribute.NamespaceFd, peerNamespace.Handle.Number);
            }
        }

        static void End(NetlinkRequest message, string name, in LinkLayerAddress address, int mtu)
        {
            message.Write(LinkAttribute.Name, name);
            if (!address.IsNone)
            {
                message.Write(LinkAttribute.Address, address);
            }

            if (mtu != 0)
            {
                message.Write(LinkAttribute.Mtu, mtu);
            }

            message.Write(LinkAttribute.TransmitQueues, 1);
            message.Write(LinkAttribute.ReceiveQueues, 1);
        }
    }

    /// <summary>
    /// Queues settings of an interface. Bring it up in a request of its own, after this: in one message the kernel applies IFF_UP first, and
    /// an eui64 address appears in spite of <see cref="AddressGeneration.None"/>.
    /// </summary>
    public static void Configure(NetlinkBatch batch, int index, LinkSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var message = Begin(batch, index, default, default, "configure interface");
        if (settings.Alias is not null)
        {
            message.WriteUnterminated(LinkAttribute.Alias, settings.Alias);
        }

        if (settings.Group is { } group)
        {
            message.Write(LinkAttribute.Group, group);
        }

        if (settings.IPv4.Count == 0 && settings.AddressGeneration is null)
        {
            return;
        }

        using (message.Nest(LinkAttribute.FamilySettings))
        {
            if (settings.IPv4.Count > 0)
            {
                using (message.Nest(LinkFamilyAttribute.IPv4))
                using (message.Nest(LinkIPv4Attribute.Settings))
                {
                    foreach (var (setting, value) in settings.IPv4)
                    {
                        message.Write(setting, value);
                    }
                }
            }

            if (settings.AddressGeneration is { } mode)
            {
                using (message.Nest(LinkFamilyAttribute.IPv6))
                {
                    message.Write(LinkIPv6Attribute.AddressGeneration, (byte)mode);
                }
            }
        }
    }

    /// <summary>Queues bringing an interface up or down. Down takes its routes and neighbors with it, permanent ones too.</summary>
    public static void SetState(NetlinkBatch batch, int index, bool up)
        => Begin(batch, index, up ? LinkFlags.Up : LinkFlags.None, LinkFlags.Up, up ? "bring up interface" : "take down interface");

    /// <summary>Queues state and alias of a new namespace's loopback interface as one request: each would notify the whole system once more.</summary>
    internal static void SetUp(NetlinkBatch batch, int index, bool up, string? alias)
    {
        var message = Begin(batch, index, up ? LinkFlags.Up : LinkFlags.None, up ? LinkFlags.Up : LinkFlags.None, "set up the loopback interface");
        if (alias is not null)
        {
            message.WriteUnterminated(LinkAttribute.Alias, alias);
        }
    }

    /// <summary>Queues an alias (ifalias): 255 bytes at most; empty removes it.</summary>
    public static void SetAlias(NetlinkBatch batch, int index, string alias)
        => Begin(batch, index, default, default, "set the alias of interface").WriteUnterminated(LinkAttribute.Alias, alias);

    /// <summary>Queues a new name.</summary>
    public static void SetName(NetlinkBatch batch, int index, string name)
    {
        Names.CheckInterface(name);
        Begin(batch, index, default, default, $"rename to '{name}' interface").Write(LinkAttribute.Name, name);
    }

    /// <summary>Queues an MTU in bytes.</summary>
    public static void SetMtu(NetlinkBatch batch, int index, int mtu)
        => Begin(batch, index, default, default, $"set MTU {mtu} on interface").Write(LinkAttribute.Mtu, mtu);

    /// <summary>Queues a link-layer address.</summary>
    public static void SetAddress(NetlinkBatch batch, int index, LinkLayerAddress address)
        => Begin(batch, index, default, default, $"set MAC address {address} on interface").Write(LinkAttribute.Address, address);

    /// <summary>Queues an interface group.</summary>
    public static void SetGroup(NetlinkBatch batch, int index, uint group)
        => Begin(batch, index, default, default, $"set group {group} on interface").Write(LinkAttribute.Group, group);

    /// <summary>
    /// Queues a removal by index. With <paramref name="echo"/> the kernel tells the requester that the link is gone 10 to 25 ms before it
    /// acknowledges: after the link's going it waits out an RCU barrier, which holds nobody else up.
    /// </summary>
    public static void Delete(NetlinkBatch batch, int index, bool echo = false)
        => Begin(batch, index, default, default, "remove interface", RouteMessageType.DeleteLink, echo ? NetlinkFlags.Echo : NetlinkFlags.None);

    /// <summary>Queues the removal of every interface of a group in this namespace, foreign ones included: only for a group that was just made and checked.</summary>
    public static void DeleteGroup(NetlinkBatch batch, uint group)
        => Begin(batch, 0, default, default, $"remove the interfaces of group {group}", RouteMessageType.DeleteLink).Write(LinkAttribute.Group, group);

    internal static void Get(NetlinkBatch batch, int index)
    {
        var message = Begin(batch, index, default, default, "read interface", RouteMessageType.GetLink);
        message.Write(LinkAttribute.ExtendedMask, SkipStatistics);
    }

    internal static void Get(NetlinkBatch batch, string name)
    {
        var message = batch.Begin(RouteMessageType.GetLink, NetlinkFlags.None, "read interface", $"'{name}'");
        message.Write(default(LinkHeader));
        message.Write(LinkAttribute.Name, name);
        message.Write(LinkAttribute.ExtendedMask, SkipStatistics);
    }

    internal static void List(NetlinkBatch batch)
    {
        var message = batch.Begin(RouteMessageType.GetLink, NetlinkFlags.Dump, "list interfaces");
        message.Write(default(LinkHeader));
        message.Write(LinkAttribute.ExtendedMask, SkipStatistics);
    }

    internal static bool TryRead(in NetlinkMessage message, out Link link)
    {
        link = null!;
        if (!message.Is(RouteMessageType.NewLink) && !message.Is(RouteMessageType.DeleteLink))
        {
            return false;
        }

        var header = message.Read<LinkHeader>();
        if (header.Family != 0)
        {
            return false;   // a bridge's word about its port, which is no whole link; "deleted" means that it left the bridge
        }

        string name = "", kind = "";
        string? alias = null;
        int mtu = 0, peer = 0, master = 0;
        int? peerNamespace = null;
        uint group = 0;
        var state = OperationalState.Unknown;
        LinkLayerAddress address = default;
        AddressGeneration? generation = null;
        SettingValues ipv4 = default, ipv6 = default;
        foreach (var attribute in message.Attributes<LinkHeader>())
        {
            switch ((LinkAttribute)attribute.Type)
            {
                case LinkAttribute.Name: name = attribute.Text; break;
                case LinkAttribute.Alias: alias = attribute.Text; break;
                case LinkAttribute.Mtu: mtu = attribute.Int32; break;
                case LinkAttribute.Link: peer = attribute.Int32; break;
                case LinkAttribute.Master: master = attribute.Int32; break;
                case LinkAttribute.Group: group = attribute.UInt32; break;
                case LinkAttribute.LinkNamespaceId: peerNamespace = attribute.Int32; break;
                case LinkAttribute.OperationalState: state = (OperationalState)attribute.Byte; break;
                case LinkAttribute.Address: address = attribute.LinkLayer; break;
                case LinkAttribute.LinkInfo:
                    foreach (var info in attribute.Nested)
                    {
                        if (info.Type == (ushort)LinkInfoAttribute.Kind)
                        {
                            kind = info.Text;
                        }
                    }

                    break;
                case LinkAttribute.FamilySettings:
                    ReadFamilies(attribute, ref ipv4, ref ipv6, ref generation);
                    break;
            }
        }

        link = new Link
        {
            Index = header.Index,
            Name = name,
            Kind = kind.Length > 0 ? kind : null,
            Flags = header.Flags,
            OperationalState = state,
            Mtu = mtu,
            Address = address,
            PeerIndex = peer,
            PeerNamespaceId = peerNamespace,
            MasterIndex = master,
            Group = group,
            Alias = alias,
            AddressGeneration = generation,
            IPv4Settings = ipv4,
            IPv6Settings = ipv6,
        };
        return true;
    }

    private static void ReadFamilies(in NetlinkAttribute families, ref SettingValues ipv4, ref SettingValues ipv6, ref AddressGeneration? generation)
    {
        foreach (var family in families.Nested)
        {
            foreach (var setting in family.Nested)
            {
                switch ((LinkFamilyAttribute)family.Type, setting.Type)
                {
                    case (LinkFamilyAttribute.IPv4, (ushort)LinkIPv4Attribute.Settings):
                        ipv4 = new SettingValues(setting.Value);
                        break;
                    case (LinkFamilyAttribute.IPv6, (ushort)LinkIPv6Attribute.Settings):
                        ipv6 = new SettingValues(setting.Value);
                        break;
                    case (LinkFamilyAttribute.IPv6, (ushort)LinkIPv6Attribute.AddressGeneration):
                        generation = (AddressGeneration)setting.Byte;
                        break;
                }
            }
        }
    }

    private static NetlinkRequest Begin(
        NetlinkBatch batch, int index, LinkFlags flags, LinkFlags change, string operation,
        RouteMessageType type = RouteMessageType.SetLink, NetlinkFlags messageFlags = NetlinkFlags.None)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var message = batch.Begin(type, messageFlags, operation, index == 0 ? null : index);
        message.Write(new LinkHeader { Index = index, Flags = flags, Change = change });
        return message;
    }
}

namespace CalicoNet.Netlink.Nftables;

/// <summary>Attributes of a list of elements (NFTA_SET_ELEM_LIST_*).</summary>
internal enum ElementListAttribute : ushort
{
    Table = 1,      // NFTA_SET_ELEM_LIST_TABLE
    Set = 2,        // NFTA_SET_ELEM_LIST_SET
    Elements = 3,   // NFTA_SET_ELEM_LIST_ELEMENTS
}

/// <summary>Attributes of an element (NFTA_SET_ELEM_*).</summary>
internal enum ElementAttribute : ushort
{
    Key = 1,        // NFTA_SET_ELEM_KEY
    Data = 2,       // NFTA_SET_ELEM_DATA
    Flags = 3,      // NFTA_SET_ELEM_FLAGS
    UserData = 6,   // NFTA_SET_ELEM_USERDATA
}

/// <summary>What an element is (NFT_SET_ELEM_*).</summary>
[Flags]
internal enum ElementFlags : uint
{
    None = 0,
    IntervalEnd = 0x1,   // NFT_SET_ELEM_INTERVAL_END, the first key behind a range
    CatchAll = 0x2,      // NFT_SET_ELEM_CATCHALL, what no other element is; has no key
}

/// <summary>One element as the kernel has it: of a range, half.</summary>
internal readonly record struct ElementHalf(IPAddr Key, ElementFlags Flags, string? Comment) : IComparable<ElementHalf>
{
    public bool IsEnd => (Flags & ElementFlags.IntervalEnd) != 0;

    /// <summary>By key; where ranges touch, the end of one comes before the start of the next.</summary>
    public int CompareTo(ElementHalf other) => Key != other.Key ? Key.CompareTo(other.Key) : other.IsEnd.CompareTo(IsEnd);
}

/// <summary>Elements of sets as messages.</summary>
internal static class NftElementWire
{
    /// <summary>An attribute holds 64 KiB, and all elements of a message lie in one: a message is ended well below.</summary>
    private const int MaxListBytes = 32 * 1024;

    public static void Add(NetlinkBatch batch, NftSet set, IEnumerable<NftElement> elements, NetlinkFlags flags)
        => Write(batch, NftMessageType.NewElements, flags, "add to set", set, elements);

    public static void Remove(NetlinkBatch batch, NftSet set, IEnumerable<NftElement> elements)
        => Write(batch, NftMessageType.DeleteElements, NetlinkFlags.None, "remove from set", set, elements);

    public static void Destroy(NetlinkBatch batch, NftSet set, IEnumerable<NftElement> elements)
        => Write(batch, NftMessageType.DestroyElements, NetlinkFlags.None, "remove from set", set, elements);

    /// <summary>Without elements a removal means all of them.</summary>
    public static void Flush(NetlinkBatch batch, NftSet set)
    {
        NftSetWire.Check(set);
        Name(batch, NftMessageType.DeleteElements, NetlinkFlags.None, set, "flush set", set);
    }

    public static void List(NetlinkBatch batch, NftSet set)
    {
        NftSetWire.Check(set);
        Name(batch, NftMessageType.GetElements, NetlinkFlags.Dump, set, "list the elements of set", set);
    }

    /// <summary>Reads one message of a dump: many elements.</summary>
    public static bool TryRead(in NetlinkMessage message, out List<ElementHalf> halves)
    {
        halves = null!;
        if (!message.Is(NftMessageType.NewElements))
        {
            return false;
        }

        halves = [];
        foreach (var list in message.Attributes<NetfilterHeader>())
        {
            if ((ElementListAttribute)list.Type == ElementListAttribute.Elements)
            {
                foreach (var element in list.Nested)
                {
                    halves.Add(ReadElement(element));
                }
            }
        }

        return true;
    }

    /// <summary>
    /// Puts a listing in order and the halves of ranges together again. Null when the listing is torn: after elements were added or removed
    /// the kernel moves a hash set to a larger or smaller table in the background, and a dump that this meets goes on at its old position
    /// in the new order. It then lacks elements, without NLM_F_DUMP_INTR (seen on Linux 6.18, and in nft too). It also has as many twice,
    /// which tells.
    /// </summary>
    public static List<NftElement>? TryJoin(NftSet set, List<ElementHalf> halves)
    {
        halves.Sort();
        for (var i = 1; i < halves.Count; i++)
        {
            if (halves[i].CompareTo(halves[i - 1]) == 0)
            {
                return null;
            }
        }

        var elements = new List<NftElement>(set.IsInterval ? (halves.Count / 2) + 1 : halves.Count);
        var highest = IPPrefix.Default(set.Family).Last;
        ElementHalf? open = null;
        foreach (var half in halves)
        {
            if ((half.Flags & ElementFlags.CatchAll) != 0)
            {
                elements.Add(new NftElement(IPAddr.Any(set.Family), highest, half.Comment));
            }
            else if (half.Key.Family != set.Family)
            {
                continue;   // not of this set's type: not to be had from the kernel
            }
            else if (!set.IsInterval)
            {
                elements.Add(new NftElement(half.Key, half.Key, half.Comment));
            }
            else
            {
                // An end without a start is what nft writes at 0 to say that nothing begins there.
                if (open is { } start)
                {
                    elements.Add(new NftElement(start.Key, IPAddr.FromBits(set.Family, half.Key.Bits() - 1), start.Comment));
                }

                open = half.IsEnd ? null : half;
            }
        }

        if (open is { } last)
        {
            // A range up to the end of the address space has no end: there is no address behind it.
            elements.Add(new NftElement(last.Key, highest, last.Comment));
        }

        return elements;
    }

    private static ElementHalf ReadElement(in NetlinkAttribute element)
    {
        IPAddr key = default;
        var flags = ElementFlags.None;
        string? comment = null;
        foreach (var attribute in element.Nested)
        {
            switch ((ElementAttribute)attribute.Type)
            {
                case ElementAttribute.Key: key = ReadKey(attribute); break;
                case ElementAttribute.Flags: flags = (ElementFlags)attribute.UInt32BigEndian; break;
                case ElementAttribute.UserData: comment = NftUserData.ReadComment(attribute.Value); break;
            }
        }

        return new ElementHalf(key, flags, comment);
    }

    private static IPAddr ReadKey(in NetlinkAttribute key)
    {
        foreach (var attribute in key.Nested)
        {
            if ((DataAttribute)attribute.Type == DataAttribute.Value)
            {
                return attribute.Address;
            }
        }

        return default;
    }

    private static void Write(
        NetlinkBatch batch, NftMessageType type, NetlinkFlags flags, string operation, NftSet set, IEnumerable<NftElement> elements)
    {
        // Everything is checked before the first byte is written: what throws must not leave half a message in the batch.
        NftSetWire.Check(set);
        var all = elements.ToArray();
        foreach (var element in all)
        {
            Check(set, element);
        }

        if (set.IsInterval)
        {
            // The kernel tells overlapping ranges by their neighbors in its tree, which must be there before: in ascending order they are.
            Array.Sort(all);
        }

        for (var next = 0; next < all.Length;)
        {
            var subject = new Part(set, all[next]);
            var message = Name(batch, type, flags, set, operation, subject);
            var start = batch.Used;
            using (message.Nest(ElementListAttribute.Elements))
            {
                while (next < all.Length && batch.Used - start < MaxListBytes)
                {
                    WriteElement(message, set, all[next++]);
                    subject.Count++;
                }
            }
        }
    }

    private static void Check(NftSet set, NftElement element)
    {
        if (element.First.Family != set.Family || set.Family == IPFamily.Unspecified)
        {
            throw new ArgumentException($"'{element}' is no element of set {set}, whose elements are {set.Key}.", nameof(element));
        }

        if (!set.IsInterval && element.First != element.Last)
        {
            throw new ArgumentException($"'{element}' is a range, and set {set} has single addresses only.", nameof(element));
        }

        NftUserData.CheckComment(element.Comment);
    }

    private static void WriteElement(NetlinkRequest message, NftSet set, in NftElement element)
    {
        using (message.Nest(ListAttribute.Element))
        {
            WriteKey(message, element.First);
            NftUserData.WriteComment(message, ElementAttribute.UserData, element.Comment);
        }

        var last = element.Last.Bits();
        if (set.IsInterval && last != IPPrefix.Default(set.Family).Last.Bits())
        {
            using (message.Nest(ListAttribute.Element))
            {
                WriteKey(message, IPAddr.FromBits(set.Family, last + 1));
                message.WriteBigEndian(ElementAttribute.Flags, (uint)ElementFlags.IntervalEnd);
            }
        }
    }

    private static void WriteKey(NetlinkRequest message, in IPAddr key)
    {
        using (message.Nest(ElementAttribute.Key))
        {
            message.Write(DataAttribute.Value, key);
        }
    }

    private static NetlinkRequest Name(NetlinkBatch batch, NftMessageType type, NetlinkFlags flags, NftSet set, string operation, object subject)
    {
        var message = NftMessage.Begin(batch, type, flags, set.Table.Family, operation, subject);
        message.Write(ElementListAttribute.Table, set.Table.Name);
        message.Write(ElementListAttribute.Set, set.Name);
        return message;
    }

    /// <summary>What an error calls the elements of one message.</summary>
    private sealed class Part(NftSet set, NftElement first)
    {
        public int Count { get; set; }

        public override string ToString() => Count == 1 ? $"{set}: {first}" : $"{set}: {Count} elements from {first} on";
    }
}

using CalicoNet.NativeSmoke;
using CalicoNet.Netlink;

namespace CalicoNet.Core.Tests.Ipam;

/// <summary>A worker's random allocations and releases, and what must hold when all workers have ended.</summary>
internal sealed class Workload(Datastore datastore, string name, string node, bool losesReplies = false) : AddressWorker(datastore, name, node, losesReplies)
{
    /// <summary>Checks what workers hold against what is stored: every address is in use by its holder's handle, and by nobody else.</summary>
    public static void Check(Datastore datastore, IEnumerable<KeyValuePair<string, List<IPAddr>>> held)
    {
        var used = Used(datastore);
        var all = held.SelectMany(pair => pair.Value.Select(address => (Address: address, Handle: pair.Key))).ToList();
        Assert.Equal(all.Count, all.Select(one => one.Address).Distinct().Count());
        Assert.All(all, one => Assert.Equal(one.Handle, used.GetValueOrDefault(one.Address)));
    }

    /// <summary>Releases everything by the handles there are, and checks that nothing is left: no address, no handle, no block in use.</summary>
    public static void Drain(Datastore datastore)
    {
        var assignments = new Assignments(datastore);
        var handles = datastore.Range(KeyRange.Prefix(HandleKey.Prefix), keysOnly: true).Entries.Select(entry => ((HandleKey)DatastoreKey.Parse(entry.Key)).Handle).ToList();
        assignments.Release([.. handles.Select(handle => new ReleaseRequest { Handle = handle })]);
        Assert.Empty(datastore.Range(KeyRange.Prefix(HandleKey.Prefix)).Entries);
        Assert.Empty(Used(datastore));
        CheckRest(datastore);
    }

    /// <summary>Checks every invariant of a datastore at rest.</summary>
    public static void CheckRest(Datastore datastore, bool onlyOurs = true)
    {
        var copy = new MemoryStore();
        foreach (var entry in datastore.Range(KeyRange.Prefix("/calico/ipam/")).Entries)
            copy.Put(entry.Key, entry.Text);
        new IpamWorld { Store = copy }.CheckRest(onlyOurs);
    }

    private static Dictionary<IPAddr, string> Used(Datastore datastore)
        => datastore.Range(KeyRange.Prefix("/calico/ipam/v2/assignment/")).Entries
            .Select(entry => ((BlockKey)DatastoreKey.Parse(entry.Key)).Read(entry.Value.Span))
            .SelectMany(block => Enumerable.Range(0, block.Size).Where(ordinal => block.Allocations[ordinal] is not null).Select(ordinal => (Address: block.AddressOf(ordinal), Handle: block.AttributeOf(ordinal)!.HandleId!)))
            .ToDictionary(use => use.Address, use => use.Handle);
}

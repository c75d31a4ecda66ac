using CalicoNet.Core.Tests.Endpoints;
using CalicoNet.Netlink;
using CalicoNet.Testing;
using static CalicoNet.Core.KeyOperation;

namespace CalicoNet.Core.Tests;

/// <summary>All of a datastore is taken out of one and put into another, of whichever kind: byte by byte, or not at all.</summary>
public sealed class DatastoreExportTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly DateTimeOffset _now = DateTimeOffset.UtcNow;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void From_a_file_to_etcd_and_back_every_value_is_the_same()
    {
        using var etcd = EtcdServer.Start();
        using var first = Filled(250);
        first.Transact([], [Put("/calico/felix/v1/odd", new byte[] { 0xff, 0, 0x22 }), Put("/elsewhere/x", "another program's")], []);
        using var cluster = Open($"{etcd.Endpoints}");
        cluster.Transact([], [Put("/elsewhere/x", "stays")], []);
        using var last = File("last");

        Assert.True(Carried(first).Import(cluster) > 250);
        Carried(cluster).Import(last);

        Assert.Equal(Entries(first), Entries(cluster));
        Assert.Equal(Entries(first), Entries(last));
        Assert.Equal("stays", cluster.Range("/elsewhere/x").Entry!.Text);
        Assert.Null(last.Range("/elsewhere/x").Entry);
        // It works where it is now: the next address is another one.
        var before = IpamSurvey.Take(first).Allocations().Select(found => found.Address).ToList();
        Assert.DoesNotContain(new Assignments(cluster).Assign(new AddressRequest("node-a", "net1.next", _now) { IPv4Count = 1 })[0].Address, before);
    }

    [Fact]
    public void A_file_that_was_imported_into_is_whole_without_its_log()
    {
        using var source = Filled(20);
        using var target = File("target");
        Carried(source).Import(target);
        var path = ((SqliteAddress)target.Address).Path;

        System.IO.File.Copy(path, path + ".moved");
        using var moved = Open(path + ".moved");

        Assert.Equal(Entries(source), Entries(moved));
    }

    [Fact]
    public void Broken_off_anywhere_the_datastore_is_locked_and_the_same_import_goes_on()
    {
        using var source = Filled(150);
        var export = Carried(source);
        for (var at = 2; ; at++)   // the first transaction reads
        {
            using var target = new WatchedDatastore(File($"target{at}"));
            target.Before = number => _ = number == at ? throw new DatastoreException(DatastoreFault.Unavailable, "test", "It is gone.") : 0;
            try
            {
                export.Import(target);
                Assert.True(at > 4, "there was one transaction only");
                break;
            }
            catch (DatastoreException)
            {
                target.Restart();
                if (at > 2)
                    Assert.Equal(CalicoFault.NotReady, Assert.Throws<CalicoException>(() => new IPPools(target).Create("late", new IPPoolSpec { Cidr = IPPrefix.Parse("10.99.0.0/24") }, _now)).Fault);
            }

            Carried(source).Import(target);
            Assert.Equal(Entries(source), Entries(target));
            Assert.Equal(0, export.Import(target));
        }
    }

    [Fact]
    public void A_datastore_that_is_in_use_is_refused_by_the_key_and_stays_as_it_is()
    {
        using var source = Filled(1);
        using var used = File("used");
        new IPPools(used).Create("theirs", new IPPoolSpec { Cidr = IPPrefix.Parse("10.99.0.0/24") }, _now);
        var before = Entries(used);

        var fault = Assert.Throws<CalicoException>(() => Carried(source).Import(used));

        Assert.Equal(CalicoFault.Exists, fault.Fault);
        Assert.Contains(fault.Subject!, fault.Message, StringComparison.Ordinal);
        Assert.Equal(before, Entries(used));
    }

    [Fact]
    public void A_file_is_its_owners_alone_and_replaced_when_the_new_one_is_complete()
    {
        using var source = Filled(1);
        var path = _folder.File("export.json");
        System.IO.File.WriteAllText(path, "old");

        DatastoreExport.Take(source, _now).Save(path);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(path));
        Assert.Equal(DatastoreExport.Take(source, _now).Count, DatastoreExport.Load(path).Count);
        Assert.Throws<DirectoryNotFoundException>(() => DatastoreExport.Take(source, _now).Save(_folder.File("none/export.json")));
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder.Path), file => file.StartsWith($"{path}.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "damaged")]
    [InlineData("""{"format":"caliconet-datastore","version":1,"entries":[""", "damaged")]
    [InlineData("""[1]""", "no export")]
    [InlineData("""{"format":"other"}""", "no export")]
    [InlineData("""{"format":"caliconet-datastore","version":9,"entries":[]}""", "version 9")]
    [InlineData("""{"format":"caliconet-datastore","version":1,"entries":[]}""", "clusterinformations/default")]
    [InlineData("""{"format":"caliconet-datastore","version":1,"entries":[{"key":"/calico/a"}]}""", "damaged")]
    [InlineData("""{"format":"caliconet-datastore","version":1,"entries":[{"key":"/other/a","value":""}]}""", "'/other/a'")]
    [InlineData("""{"format":"caliconet-datastore","version":1,"entries":[{"key":"/calico/a","value":""},{"key":"/calico/a","value":""}]}""", "'/calico/a'")]
    public void What_is_no_export_is_refused(string text, string named)
        => Assert.Contains(named, Assert.Throws<FormatException>(() => DatastoreExport.Load(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)))).Message, StringComparison.Ordinal);

    private Datastore File(string name) => Open($"sqlite:{_folder.File(name)}.db");

    private static Datastore Open(string address) => Datastore.Open(DatastoreAddress.Parse(address) with { Timeout = TimeSpan.FromSeconds(30) });

    /// <summary>A datastore with a pool, an address in use, and so many other keys.</summary>
    private Datastore Filled(int keys)
    {
        var store = File("source");
        new IPPools(store).Create("a", new IPPoolSpec { Cidr = IPPrefix.Parse("10.65.0.0/16") }, _now);
        new Assignments(store).Assign(new AddressRequest("node-a", "net1.a", _now) { IPv4Count = 3 });
        foreach (var chunk in Enumerable.Range(0, keys).Chunk(100))
            store.Transact([], [.. chunk.Select(i => Put($"/calico/felix/v1/host/{i:d4}", $$"""{"text":"ä \"quoted\" <{{i}}>"}"""))], []);
        return store;
    }

    /// <summary>An export that went through its file.</summary>
    private DatastoreExport Carried(Datastore datastore)
    {
        using var stream = new MemoryStream();
        DatastoreExport.Take(datastore, _now).Save(stream);
        stream.Position = 0;
        return DatastoreExport.Load(stream);
    }

    private static List<string> Entries(Datastore datastore)
        => [.. ((string[])["/calico/", "/caliconet/"]).SelectMany(prefix => datastore.Range(KeyRange.Prefix(prefix)).Entries).Select(entry => $"{entry.Key} {Convert.ToHexString(entry.Value.Span)}")];
}

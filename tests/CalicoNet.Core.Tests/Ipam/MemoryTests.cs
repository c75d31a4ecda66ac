using System.Text.RegularExpressions;
using CalicoNet.Netlink;
using CsCheck;

namespace CalicoNet.Core.Tests.Ipam;

/// <summary>What operations remember saves reads, and changes nothing else.</summary>
public sealed class MemoryTests
{
    private static readonly string[] Nodes = ["node-a", "node-b"];

    [Fact]
    public void After_the_first_an_assignment_is_one_visit_without_a_read()
    {
        var world = IpamWorld.With("pool 10.65.0.0/16 26");
        var memory = new Memory();
        Assert.NotEmpty(Assign(world, memory, "1").Reads);
        Assign(world, memory, "2");   // finds the block's claim written after it was read

        var third = Assign(world, memory, "3");

        Assert.Equal((1, 0, "10.65.0.2"), (third.Visits, third.Reads.Count, third.Result![0].Address.ToString()));
        world.CheckRest();
    }

    [Fact]
    public void Full_blocks_are_compared_instead_of_read_and_used_once_they_are_not_full()
    {
        var world = IpamWorld.With("pool 10.65.0.0/16 30");
        world.Assign("node-a", "many", 22);
        var memory = new Memory();
        Assert.Equal("10.65.0.22 6", Describe(Assign(world, memory, "1")));
        Assert.Equal("10.65.0.23 0", Describe(Assign(world, memory, "2")));

        // One is freed by somebody else: the comparison is lost, and the address had.
        world.Release(new ReleaseRequest { Addresses = [new AddressRelease(IPAddr.Parse("10.65.0.5"))] });
        Assert.StartsWith("10.65.0.5 ", Describe(Assign(world, memory, "3")), StringComparison.Ordinal);
        world.CheckRest();

        static string Describe(Operation<IReadOnlyList<AssignedAddress>> operation)
            => $"{Assert.Single(operation.Result!).Address} {operation.Reads.Count(keys => !keys.KeysOnly && keys.Range.Start.Contains("/assignment/", StringComparison.Ordinal))}";
    }

    [Fact]
    public void What_no_operation_has_use_for_is_forgotten()
    {
        var world = IpamWorld.With("pool 10.65.0.0/16 26");
        var memory = new Memory();
        for (var i = 0; i < 300; i++)
            Assign(world, memory, $"{i}");

        Assert.InRange(memory.Count, 70, 200);
    }

    /// <summary>
    /// Whatever others did to pools, reservations, configuration, nodes, blocks and records in between: an operation that remembers gives the same
    /// result or refusal, and leaves the same in the datastore, as one that reads everything.
    /// </summary>
    [Fact]
    public void An_operation_comes_to_the_same_with_and_without()
        => Gen.Select(Gen.Int[0, 19], Gen.Int[0, 1], Gen.Int[0, 1000]).Array[4, 40].Sample(steps =>
        {
            var world = IpamWorld.With("one 10.99.0.0/28 30", "two 10.99.1.0/28 30");
            world.Configure(IPAMConfig.Create() with { MaxBlocksPerHost = 3 });
            var memories = Nodes.Select(_ => new Memory()).ToArray();
            foreach (var ((kind, node, choice), serial) in steps.Select((step, serial) => (step, serial)))
            {
                world.Now += TimeSpan.FromSeconds(choice % 50);
                var (key, handle) = ($"/calico/resources/v3/projectcalico.org/ippools/{(choice % 2 == 0 ? "one" : "two")}", $"net.{choice % 12}");
                switch (kind)
                {
                    case < 9:
                        var request = world.Request(Nodes[node], kind < 4 ? $"new.{serial}" : handle, ipv4: 1 + (choice % 2)) with { OfEachFamily = false };
                        request = kind == 8 ? request with { IPv4Count = 0, Addresses = [IPAddr.Parse($"10.99.{choice % 2}.{choice % 16}")] } : request;
                        Compare(view => Allocator.Decide(view, kind % 2 == 0 ? WithRecord(request, choice % 4) : request), assigned => string.Join(' ', assigned));
                        break;
                    case < 13:
                        Compare(view => Releaser.Decide(view, [new ReleaseRequest { Handle = handle, Time = world.Now }]), result => string.Join(' ', result.Addresses));
                        break;
                    case 13:
                        Compare(view => Surrender.Decide(view, Nodes[node], IPPrefix.Parse($"10.99.{choice % 2}.{choice % 4 * 4}/30"), onlyEmpty: choice % 3 == 0), result => result.ToString());
                        break;
                    case 14:
                        world.AddPool($"{(choice % 2 == 0 ? "one 10.99.0.0/28" : "two 10.99.1.0/28")} 30 \"disabled\":{(choice % 3 == 0 ? "true" : "false")}");
                        break;
                    case 15:
                        world.Store.Commit([], [KeyOperation.Delete(key)]);
                        break;
                    case 16:
                        world.Reserve($"10.99.{choice % 2}.{choice % 16}/31");
                        break;
                    case 17:
                        world.Store.Commit([], [KeyOperation.Delete("/calico/resources/v3/projectcalico.org/ipreservations/kept")]);
                        break;
                    case 18:
                        world.Store.Put(CalicoNetConfigKey.Instance, new CalicoNetConfig { CoolDownSeconds = choice % 3 * 60 });
                        world.Configure(IPAMConfig.Create() with { MaxBlocksPerHost = 1 + (choice % 4), StrictAffinity = choice % 5 == 0 });
                        break;
                    default:
                        world.AddPool($"one 10.99.0.0/28 30 \"nodeSelector\":\"rack == 'a'\"");
                        world.AddNode(Nodes[node], ("rack", choice % 2 == 0 ? "a" : "b"));
                        break;
                }

                void Compare<T>(Func<View, Decision<T>> decide, Func<T, string> describe)
                {
                    var copy = world.Store.Clone();
                    var expected = new Operation<T>(decide).Run(copy);
                    var actual = new Operation<T>(decide, memories[choice % 2]).Run(world.Store);
                    Assert.Equal(Outcome(expected), Outcome(actual));
                    Assert.Equal(WithoutUids(copy), WithoutUids(world.Store));

                    string Outcome(Operation<T> operation) => operation.Refusal?.Message ?? describe(operation.Result!);
                }
            }
        });

    private static string WithoutUids(MemoryStore store) => Regex.Replace(store.ToString(), "\"uid\":\"[^\"]*\"", "");

    private static Operation<IReadOnlyList<AssignedAddress>> Assign(IpamWorld world, Memory memory, string handle)
        => new Operation<IReadOnlyList<AssignedAddress>>(view => Allocator.Decide(view, world.Request("node-a", handle, 1)), memory).Run(world.Store);

    private static AddressRequest WithRecord(AddressRequest request, int number)
    {
        // Two interfaces of one workload, of which only one may have a record.
        var record = WorkloadEndpoint.Create("default", request.Node, $"web{number / 2}", $"eth{number % 2}", IpamWorld.Time);
        return request with
        {
            Record = new RecordWrite(record.Key, addresses => record with { Spec = record.Spec! with { IPNetworks = [.. addresses.Select(assigned => assigned.Address.ToPrefix())] } })
            {
                Alone = [KeyRange.Prefix(record.Key.Text[..^1])],
            },
        };
    }
}

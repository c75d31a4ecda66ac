using CalicoNet.Netlink;
using CsCheck;

namespace CalicoNet.Core.Tests.Ipam;

/// <summary>
/// Operations of several writers on the same small pools, each stopped after every visit to the datastore and gone on with in an order that
/// chance picks: no address is handed out twice, none is lost, and all that is stored keeps its promises - with replies lost after the commit,
/// and with a writer of Calico's kind among them.
/// </summary>
public sealed class InterleavingTests
{
    private static readonly string[] Nodes = ["node-a", "node-b", "node-c"];

    private static readonly Gen<(int Kind, int Node, int Choice, int Count)[]> Work =
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 2], Gen.Int[0, 1000], Gen.Int[1, 3]).Array[4, 40];

    [Fact]
    public void Ours_alone() => Gen.Select(Work, Gen.Int[0, 15].Array[600], Gen.Bool).Sample((work, order, strict) => Run(work, order, strict, calico: false));

    [Fact]
    public void Beside_Calico() => Gen.Select(Work, Gen.Int[0, 15].Array[600], Gen.Bool).Sample((work, order, strict) => Run(work, order, strict, calico: true));

    private static void Run((int Kind, int Node, int Choice, int Count)[] work, int[] order, bool strict, bool calico)
    {
        var world = IpamWorld.With("small 10.99.0.0/28 30");
        world.Configure(IPAMConfig.Create() with { StrictAffinity = strict });
        var space = new BlockSpace(IPPrefix.Parse("10.99.0.0/28"), 30);
        var held = new Dictionary<IPAddr, string>();
        var free = new Queue<(int Kind, int Node, int Choice, int Count)>(work);
        var running = new List<(IOperation Operation, Action Ended)>();
        var memories = new Stack<Memory>();
        var turn = 0;
        var serial = 0;
        while (free.Count + running.Count > 0)
        {
            var pick = order[turn++ % order.Length];
            if (running.Count < 4 && free.Count > 0 && (running.Count == 0 || pick % 4 == 0))
            {
                world.Now += TimeSpan.FromSeconds(pick * 3);
                running.Add(Start(free.Dequeue()));
            }

            var index = pick % running.Count;
            var (operation, ended) = running[index];
            operation.Step(world.Store, losesReply: pick == 15);
            if (operation.IsDone)
            {
                running.RemoveAt(index);
                ended();
            }
        }

        world.CheckRest(onlyOurs: !calico);
        var stored = world.Store.All<BlockKey, IPAMBlock>("/calico/ipam/v2/assignment/").SelectMany(pair => Enumerable.Range(0, pair.Document.Size)
            .Where(ordinal => pair.Document.Allocations[ordinal] is not null).Select(ordinal => (Address: pair.Document.AddressOf(ordinal), Handle: pair.Document.AttributeOf(ordinal)!.HandleId!)));
        Assert.Equal(held.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value)), stored.OrderBy(pair => pair.Address).Select(pair => (pair.Address, pair.Handle)));

        (IOperation, Action) Start((int Kind, int Node, int Choice, int Count) step)
        {
            var node = Nodes[step.Node];
            var handle = $"net.{serial++}";
            if (step.Kind < 4 && held.Count > 0)
            {
                // Whoever releases has it in hand: nobody else releases it too.
                var address = held.Keys.Order().ElementAt(step.Choice % held.Count);
                var owner = held[address];
                held.Remove(address);
                if (calico && step.Kind == 0)
                    return (new CalicoOperation(new CalicoWriter(world.Store, node, space, () => world.Now).Release(address, owner)), () => { });
                return Ours(memories, view => Releaser.Decide(view, [new ReleaseRequest { Addresses = [new AddressRelease(address, owner)] }]), (result, lostReply) => Assert.True(lostReply || result.Others.Count == 0));
            }

            if (step.Kind == 4)
                return Ours(memories, view => Surrender.Decide(view, node, space[(UInt128)(step.Choice % 4)], onlyEmpty: step.Count == 1), (_, _) => { });

            if (calico && step.Kind < 7)
            {
                var writer = new CalicoWriter(world.Store, node, space, () => world.Now);
                return (new CalicoOperation(writer.Assign(handle, strict)), () =>
                {
                    if (writer.Assigned is { } address)
                        Assert.True(held.TryAdd(address, handle), $"{address} was handed out twice.");
                }
                );
            }

            var request = new AddressRequest(node, handle, world.Now) { IPv4Count = step.Count };
            if (step.Kind == 9)
                request = request with { IPv4Count = 0, Addresses = [IPAddr.FromBits(IPFamily.IPv4, space.Pool.First.Bits() + (uint)(step.Choice % 16))] };
            return Ours(memories, view => Allocator.Decide(view, request), (assigned, _) =>
            {
                Assert.Equal(step.Kind == 9 ? 1 : step.Count, assigned.Count);
                foreach (var one in assigned)
                    Assert.True(held.TryAdd(one.Address, handle), $"{one.Address} was handed out twice.");
            });
        }
    }

    private static (IOperation, Action) Ours<T>(Stack<Memory> memories, Func<View, Decision<T>> decide, Action<T, bool> took)
    {
        // Each begins with what one before it remembers; those that run beside it have another's.
        var memory = memories.TryPop(out var free) ? free : new Memory();
        var operation = new Operation<T>(decide, memory);
        return (operation, () =>
        {
            memories.Push(memory);
            if (operation.Refusal is null)
                took(operation.Result!, operation.LostReply);
            else
                Assert.True(operation.Refusal is CalicoException { Fault: CalicoFault.NoFreeAddress or CalicoFault.AddressInUse or CalicoFault.NotAllowed }, operation.Refusal.ToString());
        }
        );
    }
}

using System.Text;
using CalicoNet.Netlink;
using CsCheck;

namespace CalicoNet.Core.Tests.Ipam;

public sealed class BlockTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] Handles = ["net1.a", "net1.b", "net1.c", "net1.d"];

    private static readonly Gen<IPPrefix> Cidr = Gen.OneOf("10.99.0.8/30", "10.65.0.64/26", "10.1.2.3/32", "fd00:65::40/122", "fd00:65::ff/128").Select(IPPrefix.Parse);

    private static readonly Gen<(int Kind, int Handle, int Count, int Ordinal)[]> Steps =
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 3], Gen.Int[1, 5], Gen.Int[0, 63]).Array[0, 60];

    [Fact]
    public void Any_sequence_hands_out_no_address_twice_and_loses_none() => Gen.Select(Cidr, Steps).Sample((cidr, steps) =>
    {
        var block = IPAMBlock.Create(cidr, "node-a", Now);
        // What the block should be, as simply as it can be told: a queue of the free, and who has the others.
        var free = Enumerable.Range(0, block.Size).Select(block.AddressOf).ToList();
        var used = new Dictionary<IPAddr, string>();
        foreach (var step in steps)
        {
            var handle = Handles[step.Handle];
            var named = block.AddressOf(step.Ordinal % block.Size);
            var reserved = block.AddressOf((step.Ordinal + 1) % block.Size);
            switch (step.Kind)
            {
                case 0:
                    var (next, addresses) = block.Assign(step.Count, Attribute(handle), address => address == reserved);
                    Assert.Equal(free.Where(address => address != reserved).Take(step.Count), addresses);
                    Assert.Equal(Math.Min(step.Count, block.CountFree(address => address == reserved)), addresses.Length);
                    block = next;
                    foreach (var address in addresses)
                    {
                        Assert.True(used.TryAdd(address, handle));
                        free.Remove(address);
                    }

                    break;
                case 1:
                    var taken = block.Assign(named, Attribute(handle));
                    Assert.Equal(used.ContainsKey(named), taken is null);
                    if (taken is not null)
                    {
                        block = taken;
                        used.Add(named, handle);
                        free.Remove(named);
                    }

                    break;
                case 2:
                    Take(block.Release([new AddressRelease(named, handle)]), used.TryGetValue(named, out var owner) && owner == handle ? [named] : []);
                    break;
                case 3:
                    IPAddr[] several = [named, reserved, named];
                    Take(block.Release([.. several.Select(address => new AddressRelease(address))]), [.. several.Distinct().Where(used.ContainsKey)]);
                    break;
                default:
                    Take(block.Release(handle), [.. used.Where(pair => pair.Value == handle).Select(pair => pair.Key).Order()]);
                    break;
            }

            // Storing checks the invariants that Calico trusts; reading back shows that nothing is lost on the way.
            var stored = block.Key.Read(block.Key.Write(block.Stored()));
            Assert.Equal(block.SequenceNumber + 1, stored.SequenceNumber);
            Assert.Equal(free, stored.Unallocated.Select(stored.AddressOf));
            Assert.Equal(used.OrderBy(pair => pair.Key).Select(pair => (pair.Key, (string?)pair.Value)),
                Enumerable.Range(0, stored.Size).Where(ordinal => stored.Allocations[ordinal] is not null).Select(ordinal => (stored.AddressOf(ordinal), stored.AttributeOf(ordinal)!.Handle())));
            Assert.Equal(block.Size, free.Count + used.Count);
            Assert.Equal(used.Values.Distinct().Count(), (stored.Attributes ?? []).Length);
            Assert.All(Enumerable.Range(0, stored.Size).Where(ordinal => stored.Allocations[ordinal] is not null),
                ordinal => Assert.True(stored.SequenceNumberForAllocation!.ContainsKey(ordinal)));
            block = stored;
        }

        void Take(BlockRelease release, IPAddr[] expected)
        {
            Assert.Equal(expected, release.Addresses);
            Assert.Equal(expected.GroupBy(address => used[address]).ToDictionary(group => group.Key, group => group.Count()), release.Handles);
            foreach (var address in expected)
            {
                used.Remove(address);
                free.Add(address);
            }

            block = release.Block;
        }
    });

    [Fact]
    public void A_new_block_counts_from_the_time_in_nanoseconds_and_an_allocation_has_the_number_that_was_read()
    {
        var block = IPAMBlock.Create(IPPrefix.Parse("10.99.0.8/30"), "node-a", Now);
        var number = block.SequenceNumber;
        Assert.Equal((ulong)(Now - DateTimeOffset.UnixEpoch).TotalSeconds * 1_000_000_000, number);

        var stored = block.Assign(1, Attribute("h"), Nobody).Block.Stored();

        Assert.Equal(number + 1, stored.SequenceNumber);
        Assert.Equal(number, stored.SequenceNumberForAllocation![0]);
        Assert.Equal(number + 1, stored.Assign(1, Attribute("g"), Nobody).Block.SequenceNumberForAllocation![1]);
    }

    [Fact]
    public void Allocations_of_which_the_same_is_known_share_it_and_others_do_not()
    {
        var block = IPAMBlock.Create(IPPrefix.Parse("10.99.0.0/28"), "node-a", Now).Assign(2, Attribute("h"), Nobody).Block;
        block = block.Assign(1, Attribute("h"), Nobody).Block;
        Assert.Single(block.Attributes!.Value);

        block = block.Assign(1, Attribute("h", node: "node-b"), Nobody).Block;
        block = block.Assign(1, Attribute("h") with { AlternateOwnerAttrs = StringMap.Of(("pod", "x")) }, Nobody).Block;
        Assert.Equal([0, 0, 0, 1, 2], block.Allocations.Take(5));
    }

    [Fact]
    public void The_later_attributes_move_up_when_one_goes_and_an_empty_list_is_left_of_the_last()
    {
        var block = IPAMBlock.Create(IPPrefix.Parse("10.99.0.8/30"), "node-a", Now);
        foreach (var handle in Handles)
            block = block.Assign(1, Attribute(handle), Nobody).Block;

        block = block.Release([new AddressRelease(block.AddressOf(2))]).Block;

        Assert.Equal([0, 1, null, 2], block.Allocations);
        Assert.Equal(["net1.a", "net1.b", "net1.d"], block.Attributes!.Value.Select(attribute => attribute.HandleId));
        foreach (var ordinal in (int[])[0, 1, 3])
            block = block.Release([new AddressRelease(block.AddressOf(ordinal))]).Block;
        Assert.Empty(block.Attributes!.Value);
        Assert.Contains("\"attributes\":[]", Encoding.UTF8.GetString(block.Key.Write(block)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_release_takes_nothing_back_where_one_address_is_anothers_or_was_handed_out_anew()
    {
        var block = IPAMBlock.Create(IPPrefix.Parse("10.99.0.8/30"), "node-a", Now).Assign(1, Attribute("h"), Nobody).Block.Stored().Assign(1, Attribute("g"), Nobody).Block.Stored();
        var numbers = block.SequenceNumberForAllocation!;

        var refused = block.Release([new AddressRelease(block.AddressOf(0), "h"), new AddressRelease(block.AddressOf(1), "h")]);
        Assert.Same(block, refused.Block);
        Assert.Equal([block.AddressOf(1)], refused.Others);
        Assert.Equal([block.AddressOf(0)], block.Release([new AddressRelease(block.AddressOf(0), "h", numbers[0] + 1)]).Others);
        // Free is free, whoever asks.
        Assert.Empty(block.Release([new AddressRelease(block.AddressOf(2), "h", 7)]).Others);

        var released = block.Release([new AddressRelease(block.AddressOf(0), "h", numbers[0])]);
        Assert.Equal([block.AddressOf(0)], released.Addresses);
        Assert.Equal([2, 3, 0], released.Block.Unallocated);
    }

    [Fact]
    public void The_number_of_an_allocation_goes_with_a_release_by_address_and_stays_behind_one_by_handle()
    {
        var block = IPAMBlock.Create(IPPrefix.Parse("10.99.0.8/30"), "node-a", Now).Assign(2, Attribute("h"), Nobody).Block;

        Assert.Equal([1], block.Release([new AddressRelease(block.AddressOf(0))]).Block.SequenceNumberForAllocation!.Keys);
        Assert.Equal([0, 1], block.Release("h").Block.SequenceNumberForAllocation!.Keys.Order());
    }

    [Fact]
    public void A_handle_ends_at_a_carriage_return()
    {
        var block = IPAMBlock.Create(IPPrefix.Parse("10.99.0.8/30"), "node-a", Now).Assign(1, Attribute("h\r\neth0"), Nobody).Block;

        Assert.Equal([block.AddressOf(0)], block.Release("h").Addresses);
        Assert.Equal([block.AddressOf(0)], block.Release([new AddressRelease(block.AddressOf(0), "h")]).Addresses);
    }

    [Fact]
    public void What_is_given_up_is_deleted_when_empty_and_nobodys_when_not()
    {
        var block = IPAMBlock.Create(IPPrefix.Parse("10.99.0.8/30"), "node-a", Now);
        Assert.Null(block.GiveUp());

        var left = block.Assign(1, Attribute("h"), Nobody).Block.GiveUp()!;
        Assert.Null(left.Affinity);
        Assert.Null(left.AffinityClaimTime);
        Assert.Contains("\"affinity\":null,\"allocations\"", Encoding.UTF8.GetString(left.Key.Write(left)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_of_another_block_is_refused()
    {
        var block = IPAMBlock.Create(IPPrefix.Parse("10.99.0.8/30"), "node-a", Now);
        Assert.Throws<ArgumentException>(() => block.Assign(IPAddr.Parse("10.99.0.12"), Attribute("h")));
        Assert.Throws<ArgumentException>(() => block.Release([new AddressRelease(IPAddr.Parse("10.99.0.12"))]));
    }

    [Fact]
    public void An_attribute_that_is_a_changed_copy_of_one_that_was_written_is_written_as_it_is()
    {
        var full = Attribute("a") with { AlternateOwnerAttrs = StringMap.Of(("pod", "web")) };
        var (same, before) = (full with { }, Encoding.UTF8.GetString(full.Json));

        // All of it is in the copy, and having been written is no difference.
        Assert.All(typeof(AllocationAttribute).GetProperties().Where(property => property.CanWrite), property => Assert.NotNull(property.GetValue(same)));
        Assert.Equal(full, same);
        Assert.Equal(full.GetHashCode(), same.GetHashCode());
        Assert.Equal(before, Encoding.UTF8.GetString(same.Json));
        Assert.Equal(before.Replace("\"a\"", "\"b\"", StringComparison.Ordinal), Encoding.UTF8.GetString((full with { HandleId = "b" }).Json));
    }

    private static AllocationAttribute Attribute(string handle, string node = "node-a")
        => new() { HandleId = handle, Secondary = StringMap.Of((AllocationAttribute.NodeKey, node), (AllocationAttribute.TimestampKey, GoTime.Format(Now))) };

    private static bool Nobody(IPAddr address) => false;
}

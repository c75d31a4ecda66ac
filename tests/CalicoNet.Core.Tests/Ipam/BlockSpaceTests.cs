using CalicoNet.Netlink;
using CsCheck;

namespace CalicoNet.Core.Tests.Ipam;

public sealed class BlockSpaceTests
{
    private static readonly Gen<IPPrefix> Reserved = Gen.Select(Gen.Int[0, 255], Gen.Int[25, 32]).Select((last, length) => new IPPrefix(IPAddr.Parse($"10.99.0.{last}"), length).Network);

    [Fact]
    public void A_pool_is_its_blocks()
    {
        var space = new BlockSpace(IPPrefix.Parse("10.99.0.0/28"), 30);

        Assert.Equal(["10.99.0.0/30", "10.99.0.4/30", "10.99.0.8/30", "10.99.0.12/30"], Enumerable.Range(0, (int)space.Count).Select(index => space[(UInt128)index].ToString()));
        Assert.Equal((UInt128)2, space.IndexOf(IPAddr.Parse("10.99.0.11")));
        Assert.Equal("10.99.0.8/30", space.Around(IPAddr.Parse("10.99.0.11")).ToString());
    }

    [Fact]
    public void The_first_free_block_is_found_going_round_once() => Gen.Select(Gen.Int[0, 63], Gen.Int[0, 63].HashSet[0, 64], Reserved.Array[0, 6]).Sample((start, used, reserved) =>
    {
        var space = new BlockSpace(IPPrefix.Parse("10.99.0.0/24"), 30);
        var reservations = new Reservations(reserved);
        var expected = Enumerable.Range(0, 64).Select(index => (start + index) % 64)
            .Where(index => !used.Contains(index) && !Enumerable.Range(0, 4).All(host => reserved.Any(prefix => prefix.Contains(IPAddr.Parse($"10.99.0.{(index * 4) + host}")))))
            .Select(index => (IPPrefix?)space[(UInt128)index]).FirstOrDefault();

        Assert.Equal(expected, space.FindFree((UInt128)start, block => !used.Contains((int)space.IndexOf(block.Address)), reservations));
    });

    [Fact]
    public void Half_a_reserved_IPv6_pool_is_stepped_over()
    {
        var space = new BlockSpace(IPPrefix.Parse("fd00:65::/48"), 122);
        var reservations = new Reservations([IPPrefix.Parse("fd00:65::/50"), IPPrefix.Parse("fd00:65:0:4000::/50"), IPPrefix.Parse("fd00:65:0:8000::/128")]);

        Assert.Equal("fd00:65:0:8000::/122", space.FindFree(0, _ => true, reservations).ToString());
        Assert.Equal("fd00:65:0:8000::/122", space.FindFree(space.Count - 1, block => block.Address < IPAddr.Parse("fd00:65:0:c000::"), reservations).ToString());
        Assert.Null(space.FindFree(5, _ => true, new Reservations([IPPrefix.Parse("fd00::/16")])));
        Assert.Null(new BlockSpace(IPPrefix.Parse("ffff:ffff:ffff:ffff:ffff:ffff:ffff:0/112"), 122).FindFree(0, _ => true, new Reservations([IPPrefix.Parse("ff00::/8")])));
    }

    [Fact]
    public void Reserved_is_what_any_reservation_holds() => Gen.Select(Reserved.Array[0, 6], Gen.Int[0, 255], Gen.Int[24, 32]).Sample((reserved, last, length) =>
    {
        var reservations = new Reservations([.. reserved, IPPrefix.Parse("fd00::/16"), IPPrefix.Parse("255.255.255.255")]);
        var prefix = new IPPrefix(IPAddr.Parse($"10.99.0.{last}"), length).Network;
        var each = Enumerable.Range(0, 1 << (32 - length)).Select(host => IPAddr.FromBits(IPFamily.IPv4, prefix.Address.Bits() + (uint)host)).Select(address => reserved.Any(one => one.Contains(address))).ToList();

        Assert.Equal(each[0], reservations.Contains(prefix.Address));
        Assert.Equal(each.TrueForAll(one => one), reservations.ContainsAll(prefix, out _));
        Assert.False(Reservations.None.Contains(prefix.Address));
    });

    [Fact]
    public void Nodes_begin_all_over_the_pool_and_each_in_one_place()
    {
        var space = new BlockSpace(IPPrefix.Parse("10.0.0.0/16"), 26);
        var starts = Enumerable.Range(0, 1000).Select(node => space.Start($"node-{node}", node)).ToList();

        Assert.All(starts, start => Assert.True(start < space.Count));
        Assert.Equal(starts[7], space.Start("node-7", 42));
        // 1,000 of 1,024: by chance alone 638 different ones.
        Assert.InRange(starts.Distinct().Count(), 580, 700);
        Assert.NotEqual(new BlockSpace(IPPrefix.Parse("10.0.0.0/16"), 32).Start("node-7", 1), new BlockSpace(IPPrefix.Parse("10.0.0.0/16"), 32).Start("node-7", 2));
    }
}

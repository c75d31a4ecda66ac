using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>A pool's addresses cut into blocks: up to 2^106 of them, so they are counted and computed, never listed.</summary>
public readonly record struct BlockSpace
{
    /// <summary>Cuts a pool.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A block would be larger than the pool, or smaller than an address.</exception>
    public BlockSpace(IPPrefix pool, int blockLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockLength, pool.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(blockLength, pool.Address.BitCount);
        Pool = pool.Network;
        BlockLength = blockLength;
    }

    /// <summary>The pool's addresses.</summary>
    public IPPrefix Pool { get; }

    /// <summary>The prefix length of a block.</summary>
    public int BlockLength { get; }

    /// <summary>The number of blocks.</summary>
    public UInt128 Count => UInt128.One << (BlockLength - Pool.Length);

    private int AddressBits => Pool.Address.BitCount - BlockLength;

    /// <summary>A block by its number.</summary>
    public IPPrefix this[UInt128 index] => new(IPAddr.FromBits(Pool.Family, Pool.Address.Bits() + (index << AddressBits)), BlockLength);

    /// <summary>The block that holds an address of the pool.</summary>
    public IPPrefix Around(IPAddr address) => new IPPrefix(address, BlockLength).Network;

    /// <summary>The number of the block that holds an address of the pool.</summary>
    public UInt128 IndexOf(IPAddr address) => (address.Bits() - Pool.Address.Bits()) >> AddressBits;

    /// <summary>
    /// Where a node begins its search for a free block: spread over the pool by the node's name, so that nodes seldom meet and the
    /// processes of one node meet at once. One-address blocks are begun anywhere, by <paramref name="seed"/>: there all would only collide.
    /// </summary>
    public UInt128 Start(string node, long seed)
    {
        var text = AddressBits == 0 ? $"{node} {seed:x}" : node;
        return BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))) & (Count - 1);
    }

    /// <summary>The first block from a number on, going round once, that is neither in use nor wholly reserved; null if there is none.</summary>
    /// <param name="start">The number to begin with.</param>
    /// <param name="isFree">Whether nothing lies where a block would.</param>
    /// <param name="reservations">What is reserved. Reserved stretches are stepped over: half an IPv6 pool may be reserved.</param>
    public IPPrefix? FindFree(UInt128 start, Func<IPPrefix, bool> isFree, Reservations reservations)
    {
        ArgumentNullException.ThrowIfNull(isFree);
        ArgumentNullException.ThrowIfNull(reservations);
        return Find(this, start, Count) ?? Find(this, 0, start);

        IPPrefix? Find(BlockSpace space, UInt128 from, UInt128 to)
        {
            for (var index = from; index < to;)
            {
                var block = space[index];
                if (reservations.ContainsAll(block, out var last))
                {
                    // The last reserved address is the last of its block, or its block has addresses that are not reserved.
                    index = !space.Pool.Contains(last) ? to : space.IndexOf(last) + (last == space.Around(last).Last ? UInt128.One : UInt128.Zero);
                }
                else if (isFree(block))
                {
                    return block;
                }
                else
                {
                    index++;
                }
            }

            return null;
        }
    }
}

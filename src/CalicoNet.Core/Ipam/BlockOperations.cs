using System.Collections.Immutable;
using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>
/// What is done to a block: values in, values out. None of them counts the write: an allocation is entered under the sequence number that was
/// read, and storing the block adds one (<see cref="Stored"/>).
/// </summary>
public static class BlockOperations
{
    /// <summary>Hands out the oldest free addresses. Those to be skipped keep their places.</summary>
    /// <param name="block">The block.</param>
    /// <param name="count">The most addresses.</param>
    /// <param name="attribute">What is to be known of the allocations.</param>
    /// <param name="skip">Which addresses are not handed out.</param>
    /// <returns>The block, and the addresses in their order: fewer than asked for where there are not more.</returns>
    public static (IPAMBlock Block, ImmutableArray<IPAddr> Addresses) Assign(this IPAMBlock block, int count, AllocationAttribute attribute, Func<IPAddr, bool> skip)
    {
        ArgumentNullException.ThrowIfNull(block);
        ArgumentNullException.ThrowIfNull(skip);
        var ordinals = new List<int>(Math.Min(count, block.Unallocated.Length));
        foreach (var ordinal in block.Unallocated)
        {
            if (ordinals.Count == count)
            {
                break;
            }

            if (!skip(block.AddressOf(ordinal)))
            {
                ordinals.Add(ordinal);
            }
        }

        return ordinals.Count == 0 ? (block, []) : (block.Enter(ordinals, attribute), [.. ordinals.Select(block.AddressOf)]);
    }

    /// <summary>Hands out one address by name; null if it is in use.</summary>
    /// <exception cref="ArgumentException">It is not in the block.</exception>
    public static IPAMBlock? Assign(this IPAMBlock block, IPAddr address, AllocationAttribute attribute)
    {
        ArgumentNullException.ThrowIfNull(block);
        var ordinal = block.OrdinalOf(address) ?? throw new ArgumentException($"'{address}' is not in the block '{block.Cidr}'.", nameof(address));
        return block.Allocations[ordinal] is null ? block.Enter([ordinal], attribute) : null;
    }

    /// <summary>Takes addresses back: all that are in use, or none where one is not as the caller takes it to be.</summary>
    public static BlockRelease Release(this IPAMBlock block, IReadOnlyList<AddressRelease> releases)
    {
        ArgumentNullException.ThrowIfNull(block);
        ArgumentNullException.ThrowIfNull(releases);
        var used = new List<int>();
        var others = new List<IPAddr>();
        foreach (var release in releases)
        {
            var ordinal = block.OrdinalOf(release.Address) ?? throw new ArgumentException($"'{release.Address}' is not in the block '{block.Cidr}'.", nameof(releases));
            if (block.AttributeOf(ordinal) is not { } attribute || used.Contains(ordinal))
            {
                continue;
            }

            if ((release.Handle is not null && attribute.Handle() != release.Handle)
                || (release.SequenceNumber is { } number && block.SequenceNumberForAllocation?.GetValueOrDefault(ordinal) != number))
            {
                others.Add(release.Address);
            }
            else
            {
                used.Add(ordinal);
            }
        }

        // The entries go with the addresses here, and stay behind a release by handle: as in Calico, whose tools compare.
        return others.Count > 0 ? BlockRelease.Nothing(block, others) : block.Leave(used, withEntries: true);
    }

    /// <summary>Takes back every address of a handle.</summary>
    public static BlockRelease Release(this IPAMBlock block, string handle)
    {
        ArgumentNullException.ThrowIfNull(block);
        return block.Leave([.. block.OrdinalsOf(attribute => attribute.Handle() == handle)], withEntries: false);
    }

    /// <summary>The addresses of which something is known, by ordinal.</summary>
    public static IEnumerable<IPAddr> AddressesOf(this IPAMBlock block, Func<AllocationAttribute, bool> condition)
    {
        ArgumentNullException.ThrowIfNull(block);
        return block.OrdinalsOf(condition).Select(block.AddressOf);
    }

    /// <summary>The number of free addresses that are not to be skipped.</summary>
    public static int CountFree(this IPAMBlock block, Func<IPAddr, bool> skip)
    {
        ArgumentNullException.ThrowIfNull(block);
        return block.Unallocated.Count(ordinal => !skip(block.AddressOf(ordinal)));
    }

    /// <summary>The block as its owner leaves it: nobody's, or null - to be deleted - where no address is in use.</summary>
    public static IPAMBlock? GiveUp(this IPAMBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        return block.IsEmpty ? null : block with { Affinity = null, AffinityClaimTime = null };
    }

    /// <summary>The block as it is written: every write counts.</summary>
    public static IPAMBlock Stored(this IPAMBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        return block with { SequenceNumber = block.SequenceNumber + 1 };
    }

    /// <summary>The handle of an allocation. What a migration from host-local left behind a carriage return is none of it.</summary>
    public static string? Handle(this AllocationAttribute attribute)
    {
        ArgumentNullException.ThrowIfNull(attribute);
        return attribute.HandleId is { } handle && handle.IndexOf('\r') is >= 0 and var end ? handle[..end] : attribute.HandleId;
    }

    private static IEnumerable<int> OrdinalsOf(this IPAMBlock block, Func<AllocationAttribute, bool> condition)
    {
        var wanted = (block.Attributes ?? []).Select(condition).ToArray();
        return Enumerable.Range(0, block.Allocations.Length).Where(ordinal => block.Allocations[ordinal] is { } index && wanted[index]);
    }

    private static IPAMBlock Enter(this IPAMBlock block, List<int> ordinals, AllocationAttribute attribute)
    {
        var attributes = block.Attributes ?? [];
        var index = attributes.IndexOf(attribute);
        if (index < 0)
        {
            index = attributes.Length;
            attributes = attributes.Add(attribute);
        }

        var allocations = block.Allocations.ToBuilder();
        var numbers = new Dictionary<int, ulong>(block.SequenceNumberForAllocation ?? new Dictionary<int, ulong>());
        foreach (var ordinal in ordinals)
        {
            allocations[ordinal] = index;
            numbers[ordinal] = block.SequenceNumber;
        }

        return block with
        {
            Allocations = allocations.ToImmutable(),
            Unallocated = [.. block.Unallocated.Except(ordinals)],
            Attributes = attributes,
            SequenceNumberForAllocation = numbers,
        };
    }

    private static BlockRelease Leave(this IPAMBlock block, List<int> ordinals, bool withEntries)
    {
        if (ordinals.Count == 0)
        {
            return BlockRelease.Nothing(block, []);
        }

        var allocations = block.Allocations.ToBuilder();
        var numbers = new Dictionary<int, ulong>(block.SequenceNumberForAllocation ?? new Dictionary<int, ulong>());
        var handles = new Dictionary<string, int>(StringComparer.Ordinal);
        var gone = new HashSet<int>();
        foreach (var ordinal in ordinals)
        {
            if (block.AttributeOf(ordinal)?.Handle() is { } handle)
            {
                handles[handle] = handles.GetValueOrDefault(handle) + 1;
            }

            gone.Add(allocations[ordinal]!.Value);
            allocations[ordinal] = null;
            if (withEntries)
            {
                numbers.Remove(ordinal);
            }
        }

        // An attribute goes with its last allocation, and the later ones move up.
        gone.ExceptWith(allocations.OfType<int>());
        var attributes = block.Attributes!.Value;
        var moved = new int[attributes.Length];
        for (var index = 1; index < moved.Length; index++)
        {
            moved[index] = moved[index - 1] + (gone.Contains(index - 1) ? 0 : 1);
        }

        for (var ordinal = 0; ordinal < allocations.Count; ordinal++)
        {
            allocations[ordinal] = allocations[ordinal] is { } index ? moved[index] : null;
        }

        return new BlockRelease(
            block with
            {
                Allocations = allocations.ToImmutable(),
                Unallocated = [.. block.Unallocated, .. ordinals],
                Attributes = [.. attributes.Where((_, index) => !gone.Contains(index))],
                SequenceNumberForAllocation = numbers,
            },
            [.. ordinals.Select(block.AddressOf)],
            handles,
            []);
    }
}

/// <summary>An address to be taken back.</summary>
/// <param name="Address">The address.</param>
/// <param name="Handle">The handle it must have; null for any.</param>
/// <param name="SequenceNumber">The sequence number it must have been handed out under; null for any.</param>
public readonly record struct AddressRelease(IPAddr Address, string? Handle = null, ulong? SequenceNumber = null);

/// <summary>What taking addresses back came to.</summary>
/// <param name="Block">The block afterwards.</param>
/// <param name="Addresses">What was taken back, in the order in which it will be handed out again. What was free before is not among them.</param>
/// <param name="Handles">How many addresses of which handle.</param>
/// <param name="Others">The addresses that are in use by another handle, or anew, for which nothing was taken back.</param>
public sealed record BlockRelease(IPAMBlock Block, ImmutableArray<IPAddr> Addresses, IReadOnlyDictionary<string, int> Handles, IReadOnlyList<IPAddr> Others)
{
    internal static BlockRelease Nothing(IPAMBlock block, IReadOnlyList<IPAddr> others) => new(block, [], new Dictionary<string, int>(), others);
}

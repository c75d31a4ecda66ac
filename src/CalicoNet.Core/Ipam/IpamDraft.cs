using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>A draft that works on blocks and handles: each may be changed several times, and is written once.</summary>
internal sealed class IpamDraft(View view) : Draft(view)
{
    private readonly Dictionary<IPPrefix, (Found<IPAMBlock> Seen, IPAMBlock? Now)> _blocks = [];
    private readonly Dictionary<string, (Found<IPAMHandle> Seen, IPAMHandle Now)> _handles = new(StringComparer.Ordinal);

    /// <summary>A block as it would be; null where there is none (or a miss).</summary>
    /// <exception cref="CorruptDocumentException">It cannot be read.</exception>
    public IPAMBlock? Block(IPPrefix cidr) => _blocks.TryGetValue(cidr, out var block) ? block.Now : At(new BlockKey(cidr)).Document;

    /// <summary>A block as it would be, where there is one that can be read. One that cannot is in the way, but of no use.</summary>
    public bool TryBlock(IPPrefix cidr, out IPAMBlock block)
    {
        if (!_blocks.TryGetValue(cidr, out var changed))
        {
            return At(new BlockKey(cidr)).TryRead(out block);
        }

        block = changed.Now!;
        return block is not null;
    }

    /// <summary>Whether this draft changes a block.</summary>
    public bool Changes(IPPrefix cidr) => _blocks.ContainsKey(cidr);

    /// <summary>Changes a block, or deletes it.</summary>
    public void Set(IPPrefix cidr, IPAMBlock? block)
        => _blocks[cidr] = (_blocks.TryGetValue(cidr, out var changed) ? changed.Seen : At(new BlockKey(cidr)), block);

    /// <summary>A handle as it would be; null where there is none (or a miss).</summary>
    public IPAMHandle? Handle(string handle) => _handles.TryGetValue(handle, out var changed) ? changed.Now : At(new HandleKey(handle)).Document;

    /// <summary>
    /// Counts addresses to a handle, or off it. The counts are upper bounds - an assignment of Calico's that is under way is in them already -
    /// so they are changed by what is done here, and never set to what the blocks show.
    /// </summary>
    public void Count(string handle, IPPrefix block, int difference)
    {
        var (seen, now) = _handles.TryGetValue(handle, out var changed) ? changed : (At(new HandleKey(handle)), null!);
        now ??= seen.Document ?? IPAMHandle.Create();
        _handles[handle] = (seen, now.Add(block, difference));
    }

    /// <summary>Notes the writes.</summary>
    public new Decision<T> Commit<T>(T result)
    {
        foreach (var (seen, block) in _blocks.Values)
        {
            if (block is null)
            {
                Delete(seen.Seen);
            }
            else
            {
                Put(seen, block.Stored());
            }
        }

        foreach (var (seen, handle) in _handles.Values)
        {
            if (handle.IsEmpty)
            {
                Delete(seen.Seen);
            }
            else
            {
                Put(seen, handle);
            }
        }

        return base.Commit(result);
    }
}

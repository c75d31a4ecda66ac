using CalicoNet.Netlink;
using CalicoNet.Netlink.Nftables;

namespace CalicoNet.Core;

/// <summary>
/// The open namespaces of one operation of one thread. It resolves names to indexes - those of links it has made from the kernel's echo -
/// and is closed with the operation: an open stack keeps a namespace and the links into it alive.
/// </summary>
public sealed class NetworkSession : IDisposable
{
    private readonly Dictionary<NetNamespaceRef, NetworkStack> _stacks = [];
    private readonly Dictionary<LinkRef, int> _indexes = [];
    private readonly Dictionary<NetNamespaceRef, NftTransaction> _transactions = [];
    private readonly HashSet<NetNamespaceRef> _borrowed = [];

    /// <summary>Starts an operation.</summary>
    public NetworkSession()
    {
    }

    /// <summary>Starts an operation that uses an open stack of somebody else's, which stays open.</summary>
    public NetworkSession(NetworkStack borrowed)
    {
        ArgumentNullException.ThrowIfNull(borrowed);
        _stacks[borrowed.Namespace] = borrowed;
        _borrowed.Add(borrowed.Namespace);
    }

    /// <summary>Where new namespaces come from when many are made; null: each is made when it is wanted.</summary>
    internal NamespaceSupply? Supply { get; init; }

    /// <summary>The stack of a namespace, opened on first use.</summary>
    /// <exception cref="NetlinkException">ENOENT: there is no such namespace.</exception>
    public NetworkStack Stack(NetNamespaceRef reference)
    {
        if (!_stacks.TryGetValue(reference, out var stack))
        {
            stack = NetworkStack.Open(reference);
            _stacks.Add(reference, stack);
        }

        return stack;
    }

    /// <summary>The index of a link.</summary>
    /// <exception cref="NetlinkException">ENODEV: there is no such link.</exception>
    public int IndexOf(LinkRef link) => FindIndex(link) ?? throw new NetlinkException(
        $"find interface {link}", new NetlinkError(0, Errno.ENODEV));

    /// <summary>The index of a link, or null where there is none.</summary>
    public int? FindIndex(LinkRef link)
    {
        if (_indexes.TryGetValue(link, out var index))
        {
            return index;
        }

        if (Stack(link.Namespace).Links.Find(link.Name) is not { } found)
        {
            return null;
        }

        Learn(link, found.Index);
        return found.Index;
    }

    /// <summary>Reads what some changes want to know: one dump per kind and namespace, however many changes there are.</summary>
    public NetworkSnapshot Snapshot(IEnumerable<NetworkChange> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        return NetworkSnapshot.Read(this, changes);
    }

    /// <summary>Closes the stacks that this session opened.</summary>
    public void Dispose()
    {
        foreach (var (reference, stack) in _stacks)
        {
            if (!_borrowed.Contains(reference))
            {
                stack.Dispose();
            }
        }

        _stacks.Clear();
        foreach (var transaction in _transactions.Values)
        {
            transaction.Dispose();
        }

        _transactions.Clear();
    }

    internal void Learn(LinkRef link, int index) => _indexes[link] = index;

    internal void Forget(LinkRef link) => _indexes.Remove(link);

    /// <summary>Takes over the stack of a namespace that was just made.</summary>
    internal void Adopt(NetworkStack stack) => _stacks.Add(stack.Namespace, stack);

    /// <summary>Closes a namespace's stack, so that it does not keep it alive.</summary>
    internal void Close(NetNamespaceRef reference)
    {
        if (_stacks.Remove(reference, out var stack) && !_borrowed.Contains(reference))
        {
            stack.Dispose();
        }

        foreach (var link in _indexes.Keys.Where(link => link.Namespace == reference).ToList())
        {
            _indexes.Remove(link);
        }
    }

    /// <summary>The transaction in which changes of the firewall wait for <see cref="Commit"/>.</summary>
    internal NftTransaction Firewall(NetNamespaceRef reference)
    {
        if (!_transactions.TryGetValue(reference, out var transaction))
        {
            _transactions.Add(reference, transaction = new NftTransaction());
        }

        return transaction;
    }

    /// <summary>Runs changes of one namespace's firewall as one transaction: all of them, or none.</summary>
    internal void Commit(NetNamespaceRef reference, IEnumerable<NetworkChange> changes)
    {
        var stack = Stack(reference);
        foreach (var change in changes)
        {
            change.Write(this);
        }

        stack.Nftables.Commit(Firewall(reference));
    }
}

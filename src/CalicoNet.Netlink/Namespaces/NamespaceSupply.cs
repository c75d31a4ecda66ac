namespace CalicoNet.Netlink;

/// <summary>
/// New namespaces for whoever makes many one after the other: from the second on, the next one is made on the namespace thread, with its
/// loopback interface up, while the caller works on the present one. It has no name and ends with the supply, or with the process. Whoever makes
/// a single one never has one too many. For use by one thread at a time.
/// </summary>
public sealed class NamespaceSupply : IDisposable
{
    private const string Operation = "create network namespace";

    private int _taken;
    private NamespaceThread.Work? _making;
    private NetworkStack? _made;

    /// <summary>Whether the next namespace is made already, or being made.</summary>
    public bool IsAhead => _making is not null;

    /// <summary>Ends the namespace that nobody took.</summary>
    public void Dispose() => Made()?.Dispose();

    /// <summary>A new namespace, which the caller gives its name.</summary>
    /// <exception cref="NetlinkException">Not allowed, or out of something.</exception>
    internal NetworkStack Take(NetNamespaceRef reference, string operation)
    {
        var stack = Made() ?? Make(operation);
        stack.Namespace = reference;
        if (++_taken > 1)
        {
            _making = NamespaceThread.Begin(() => _made = Make(Operation));
        }

        return stack;
    }

    /// <summary>What was made ahead; null where nothing was. Why it could not be made no longer matters: the next attempt says so.</summary>
    private NetworkStack? Made()
    {
        if (_making is null)
        {
            return null;
        }

        try
        {
            _making.Finish(Operation);
        }
        catch (NetlinkException)
        {
        }

        _making.Dispose();
        var made = _made;
        (_making, _made) = (null, null);
        return made;
    }

    private static NetworkStack Make(string operation)
    {
        var stack = NetworkStack.CreateNamespace(operation);
        try
        {
            LinkWire.SetUp(stack.Single, NetworkStack.LoopbackIndex, up: true, alias: null);
            stack.Execute();
            return stack;
        }
        catch
        {
            stack.Dispose();
            throw;
        }
    }
}

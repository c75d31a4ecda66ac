namespace CalicoNet.Netlink;

/// <summary>
/// New namespaces that are made on the namespace thread while the caller does something else: before it has need of the next one, or while it
/// works on the present one. One that nobody took has no name, and ends with the supply or with the process. For use by one thread at a time.
/// </summary>
public sealed class NamespaceSupply : IDisposable
{
    private const string Operation = "create network namespace";

    private NamespaceThread.Work? _making;
    private NetworkStack? _made;

    /// <summary>Whether more are wanted: with each that is taken, the next one is begun.</summary>
    public bool GoesOn { get; set; }

    /// <summary>Whether the next namespace is made already, or being made.</summary>
    public bool IsAhead => _making is not null;

    /// <summary>Begins to make the next namespace, with its loopback interface up.</summary>
    public void Prepare() => _making ??= NamespaceThread.Begin(() => _made = Make(Operation));

    /// <summary>Ends the namespace that nobody took.</summary>
    public void Dispose() => Made()?.Dispose();

    /// <summary>A new namespace, which the caller gives its name.</summary>
    /// <exception cref="NetlinkException">Not allowed, or out of something.</exception>
    internal NetworkStack Take(NetNamespaceRef reference, string operation)
    {
        var stack = Made() ?? Make(operation);
        stack.Namespace = reference;
        if (GoesOn)
        {
            Prepare();
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

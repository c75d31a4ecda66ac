namespace CalicoNet;

/// <summary>What every object of a network namespace has in common.</summary>
public abstract record NetworkObject : OutputObject
{
    private protected NetworkObject()
    {
    }

    /// <summary>The network namespace, as <c>-NetNamespace</c> takes it: a name, a path, or <c>.</c> for this session's own.</summary>
    public string NetNamespace { get; internal init; } = ".";
}

using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>A cmdlet that works in one network namespace: <c>-NetNamespace</c>, or the session's current one.</summary>
public abstract class NamespaceCommand : NetworkCommand
{
    private protected NamespaceCommand()
    {
    }

    /// <summary>The namespace: a name, a path, a NetNamespace object, or <c>.</c> for this session's own. Without it the current one.</summary>
    private protected abstract string? NamespaceArgument { get; }

    /// <summary>The namespace to work in.</summary>
    private protected NetNamespaceRef Where => NamespaceArgument is { } text ? NetNamespaceRef.Parse(text) : CurrentNamespace.Reference;
}

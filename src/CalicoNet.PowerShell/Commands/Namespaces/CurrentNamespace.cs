using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>
/// The namespace that a session's cmdlets work in when none is given. Each runspace has a stack of its own; the process's own namespace is
/// at the bottom. Only cmdlets look here: no thread ever moves.
/// </summary>
internal static class CurrentNamespace
{
    private static readonly ConditionalWeakTable<Runspace, Session> Sessions = new();

    /// <summary>The namespace on top of this runspace's stack.</summary>
    public static NetNamespaceRef Reference => Top?.Reference ?? NetNamespaceRef.Own;

    /// <summary>This runspace's stack; null when it is empty. It is a value: keeping it and putting it back pops whatever was pushed meanwhile.</summary>
    public static Frame? Top
    {
        get => Runspace.DefaultRunspace is { } runspace && Sessions.TryGetValue(runspace, out var session) ? session.Top : null;
        set => Sessions.GetOrCreateValue(Runspace.DefaultRunspace).Top = value;
    }

    /// <summary>A namespace that was entered, and what was entered before it.</summary>
    /// <param name="Reference">The namespace.</param>
    /// <param name="IsBlock">Whether a block runs in it, which leaves it at its end and not before.</param>
    /// <param name="Below">The rest of the stack.</param>
    public sealed record Frame(NetNamespaceRef Reference, bool IsBlock, Frame? Below);

    private sealed class Session
    {
        public Frame? Top { get; set; }
    }
}

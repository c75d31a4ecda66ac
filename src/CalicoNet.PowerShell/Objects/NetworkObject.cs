namespace CalicoNet;

/// <summary>
/// What every output object has in common. Its properties are texts, numbers, switches, times, lists of those or another output object, so
/// that it survives JSON, CSV, CLIXML and jobs.
/// </summary>
public abstract record NetworkObject
{
    private protected NetworkObject()
    {
    }

    /// <summary>The network namespace, as <c>-NetNamespace</c> takes it: a name, a path, or <c>.</c> for this session's own.</summary>
    public string NetNamespace { get; internal init; } = ".";

    /// <summary>Whether it was only planned, under <c>-WhatIf</c>: it stands for nothing real, and cmdlets refuse it.</summary>
    public bool Planned { get; internal init; }
}

namespace CalicoNet;

/// <summary>
/// What every output object has in common. Its properties are texts, numbers, switches, times, lists of those or another output object, so
/// that it survives JSON, CSV, CLIXML and jobs.
/// </summary>
public abstract record OutputObject
{
    private protected OutputObject()
    {
    }

    /// <summary>Whether it was only planned, under <c>-WhatIf</c>: it stands for nothing real, and cmdlets refuse it.</summary>
    public bool Planned { get; internal init; }
}

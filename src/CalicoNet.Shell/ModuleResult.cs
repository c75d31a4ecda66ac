using System.Management.Automation;

namespace CalicoNet.Shell;

/// <summary>What a run in a <see cref="ModuleHost"/> gave.</summary>
/// <param name="Output">The objects.</param>
/// <param name="Errors">The error records; the last is the one that ended it, where one did.</param>
/// <param name="Warnings">The warnings.</param>
/// <param name="Verbose">The verbose texts.</param>
/// <param name="HostText">What was written to the host: what -WhatIf says, and views.</param>
/// <param name="WasEnded">Whether an error, or a stop, ended it.</param>
internal sealed record ModuleResult(
    IReadOnlyList<PSObject> Output, IReadOnlyList<ErrorRecord> Errors, IReadOnlyList<string> Warnings, IReadOnlyList<string> Verbose, string HostText, bool WasEnded)
{
    public IReadOnlyList<string> Debug { get; init; } = [];

    public IReadOnlyList<InformationRecord> Information { get; init; } = [];

    public IReadOnlyList<ProgressRecord> Progress { get; init; } = [];

    /// <summary>Whether <see cref="ModuleHost.StopAsync"/> ended it.</summary>
    public bool WasStopped { get; init; }
}

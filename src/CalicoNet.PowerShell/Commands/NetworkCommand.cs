using System.Management.Automation;
using System.Reflection;
using CalicoNet.Core;

namespace CalicoNet.Commands;

/// <summary>
/// What every cmdlet is built on: faults become error records item by item, plans are previewed, told and applied, and stopping ends what
/// waits. A cmdlet is binding and nothing else.
/// </summary>
public abstract class NetworkCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<string> _shown = [];
    private bool _isRefused;

    private protected NetworkCommand()
    {
    }

    /// <summary>Ends with the pipeline (Ctrl-C).</summary>
    private protected CancellationToken Cancellation => _stop.Token;

    /// <summary>Whether this run only shows what it would do.</summary>
    private protected bool IsPreview
        => MyInvocation.BoundParameters.TryGetValue("WhatIf", out var given)
            ? given is SwitchParameter { IsPresent: true }
            : LanguagePrimitives.IsTrue(SessionState.PSVariable.GetValue("WhatIfPreference"));

    /// <summary>The engine that this cmdlet runs in: a cmdlet's own InvokeCommand is a copy whose hooks nobody calls.</summary>
    internal EngineIntrinsics Engine => (EngineIntrinsics)SessionState.PSVariable.GetValue("ExecutionContext");

    /// <summary>What an error is about when the exception does not say it.</summary>
    private protected virtual object? Target => null;

    /// <inheritdoc/>
    protected sealed override void BeginProcessing()
    {
        if (!Platform.IsSupported)
        {
            ThrowTerminatingError(ErrorMap.ToRecord(
                new CommandFault(ErrorIds.PlatformNotSupported, ErrorCategory.NotImplemented, "CalicoNet works on Linux only: it speaks to the Linux kernel."), null));
        }

        _isRefused = IsGivenPlanned() || !Succeeds(Start);
    }

    /// <inheritdoc/>
    protected sealed override void ProcessRecord()
    {
        if (!_isRefused && !IsGivenPlanned())
        {
            Guard(Process);
        }
    }

    /// <inheritdoc/>
    protected sealed override void EndProcessing()
    {
        if (!_isRefused)
        {
            Guard(Finish);
        }
    }

    /// <inheritdoc/>
    protected sealed override void StopProcessing() => _stop.Cancel();

    /// <summary>Runs before the first item; where it fails, no item has its turn.</summary>
    private protected virtual void Start()
    {
    }

    /// <summary>Runs for each item.</summary>
    private protected abstract void Process();

    /// <summary>Runs after the last item.</summary>
    private protected virtual void Finish()
    {
    }

    /// <summary>Whether an argument is a namespace or a datastore that is only planned, which is said: it serves in a preview and nowhere else.</summary>
    private bool IsGivenPlanned()
    {
        foreach (var argument in MyInvocation.BoundParameters.Values)
        {
            var datastore = argument is CalicoDatastore { Planned: true } given ? given : null;
            if ((datastore ?? PlannedNamespaces.Find(argument)) is { } planned)
            {
                if (IsPreview && GetType().GetCustomAttribute<CmdletAttribute>()!.SupportsShouldProcess)
                {
                    return false;
                }

                Report(CommandFault.Planned($"{(datastore is null ? "network namespace" : "datastore")} '{planned}'"), planned);
                return true;
            }
        }

        return false;
    }

    /// <summary>Runs work for one item of several: its fault becomes an error record, and the next item has its turn.</summary>
    private protected void Guard(Action work, object? target = null) => Succeeds(work, target);

    private bool Succeeds(Action work, object? target = null)
    {
        try
        {
            work();
            return true;
        }
        catch (OperationCanceledException) when (Cancellation.IsCancellationRequested)
        {
            // The pipeline was stopped: nothing is said.
        }
        catch (Exception e) when (ErrorMap.IsFault(e))
        {
            Report(e, target ?? Target);
        }

        return false;
    }

    /// <summary>Says what went wrong with one item of several.</summary>
    private protected void Report(Exception fault, object? target)
        => WriteError(ErrorMap.ToRecord(fault, target, GetType().GetCustomAttribute<NeedsAttribute>()?.Advice(MyInvocation.MyCommand.Name)));

    /// <summary>
    /// Asks or tells before something is changed. Under -WhatIf each command line is shown and nothing happens; with -Verbose they are told;
    /// with -Confirm one question is asked for all of them.
    /// </summary>
    /// <param name="commands">The pasteable command lines.</param>
    /// <param name="target">What is changed.</param>
    /// <param name="action">What is done, as a verb phrase.</param>
    private protected bool MayChange(IEnumerable<string> commands, string target, string action)
    {
        var question = $"{action}: {target}";
        if (IsPreview)
        {
            // What the items of a pipeline share is set up with the first: shown again, nft would add its rules again.
            List<string> lines = [.. commands.Where(line => !_shown.Contains(line))];
            lines.ForEach(line => ShouldProcess(line, question, action));
            _shown.UnionWith(lines);
            return false;
        }

        if (!IsVerbose)
        {
            return ShouldProcess(question, question, action);   // writing command lines that nobody sees costs more than some changes
        }

        var told = commands.ToList();
        if (!ShouldProcess(told.Count > 0 ? told[0] : question, question, action))
        {
            return false;
        }

        told.Skip(1).ToList().ForEach(WriteVerbose);
        return true;
    }

    private bool IsVerbose
        => MyInvocation.BoundParameters.TryGetValue("Verbose", out var given)
            ? given is SwitchParameter { IsPresent: true }
            : SessionState.PSVariable.GetValue("VerbosePreference") is not ActionPreference.SilentlyContinue;

    /// <summary>Shows, or applies and demands the success of, a plan. False when nothing was changed.</summary>
    /// <exception cref="CalicoException">A change was refused; what was done is undone.</exception>
    private protected bool Apply(NetworkPlan plan, NetworkSession session, string target, string action)
    {
        if (!MayChange(plan.Commands, target, action))
        {
            return false;
        }

        plan.Apply(session, OnFailure.Undo).ThrowIfFailed();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what the cmdlet holds. The engine calls it when the pipeline ends, however it ends.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Dispose();
        }
    }
}

/// <summary>Where this module works. Tests put another system in its place.</summary>
internal static class Platform
{
    public static bool IsSupported { get; set; } = OperatingSystem.IsLinux();
}

using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace CalicoNet.Shell;

/// <summary>What a run in a <see cref="ModuleHost"/> gave.</summary>
/// <param name="Output">The objects.</param>
/// <param name="Errors">The error records; the last is the one that ended it, where one did.</param>
/// <param name="Warnings">The warnings.</param>
/// <param name="Verbose">The verbose texts.</param>
/// <param name="HostText">What was written to the host: what -WhatIf says, and views.</param>
/// <param name="WasEnded">Whether an error, or <see cref="ModuleHost.Stop"/>, ended it.</param>
internal sealed record ModuleResult(
    IReadOnlyList<PSObject> Output, IReadOnlyList<ErrorRecord> Errors, IReadOnlyList<string> Warnings, IReadOnlyList<string> Verbose, string HostText, bool WasEnded);

/// <summary>
/// The PowerShell engine with the staged module imported: what the shell runs on, and the hosted tests. The first costs most of a second,
/// later ones in the same process 20 ms. One run at a time; several hosts side by side.
/// </summary>
internal sealed class ModuleHost : IDisposable
{
    private readonly TextSink _sink;
    private readonly Lock _gate = new();
    private PowerShell? _running;

    private ModuleHost(Runspace runspace, ShellHost host, TextSink sink)
    {
        Runspace = runspace;
        Host = host;
        _sink = sink;
    }

    public Runspace Runspace { get; }

    public ShellHost Host { get; }

    /// <summary>Opens an engine. Without a sink its text is kept for <see cref="ModuleResult.HostText"/>.</summary>
    /// <exception cref="ShellException">The module was not found, or could not be imported.</exception>
    public static ModuleHost Open(TextSink? sink = null, string? module = null)
    {
        sink ??= new RecordingSink();
        var state = InitialSessionState.CreateDefault2();
        state.ImportPSModule(StagedModule.Find(module));
        var host = new ShellHost(sink);
        var runspace = RunspaceFactory.CreateRunspace(host, state);
        runspace.Open();
        var opened = new ModuleHost(runspace, host, sink);
        var faults = opened.Run("$error").Output;
        if (faults.Count > 0)
        {
            opened.Dispose();
            throw new ShellException($"The module could not be imported: {faults[0]}", ExitCodes.Unavailable);
        }

        return opened;
    }

    /// <summary>Runs a script text with arguments (<c>$args</c>, or its <c>param</c> block) and gathers all its streams.</summary>
    public ModuleResult Run(string script, params object?[] arguments) => Gather(shell =>
    {
        shell.AddScript(script);
        foreach (var argument in arguments)
        {
            shell.AddArgument(argument);
        }
    });

    /// <summary>Runs a script text and gives what its objects look like in their default views.</summary>
    public string Format(string script, params object?[] arguments) => Gather(shell =>
    {
        shell.AddScript(script);
        foreach (var argument in arguments)
        {
            shell.AddArgument(argument);
        }

        shell.AddCommand("Out-Default");
    }).HostText;

    /// <summary>Runs a pipeline whose objects and errors go to the host as they come. True when no error ended it.</summary>
    public bool Show(Action<PowerShell> build)
    {
        using var shell = Create(build);
        foreach (var command in shell.Commands.Commands)
        {
            command.MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        }

        shell.AddCommand("Out-Default");
        try
        {
            Track(shell, () => shell.Invoke());
            return true;
        }
        catch (PipelineStoppedException)
        {
            return false;
        }
        catch (RuntimeException e)
        {
            Report(e.ErrorRecord);
            return false;
        }
    }

    /// <summary>Stops what runs, from any thread.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _running?.BeginStop(null, null);
        }
    }

    public void Dispose() => Runspace.Dispose();

    private ModuleResult Gather(Action<PowerShell> build)
    {
        using var shell = Create(build);
        var output = new PSDataCollection<PSObject>();
        List<ErrorRecord> errors = [];
        var ended = false;
        try
        {
            Track(shell, () => shell.Invoke(null, output));
        }
        catch (RuntimeException e)
        {
            ended = true;
            errors.Add(e.ErrorRecord);
        }

        ended |= shell.InvocationStateInfo.State is PSInvocationState.Stopped or PSInvocationState.Stopping;
        errors.InsertRange(0, shell.Streams.Error);
        return new ModuleResult(
            [.. output], errors, [.. shell.Streams.Warning.Select(w => w.Message)], [.. shell.Streams.Verbose.Select(v => v.Message)],
            (_sink as RecordingSink)?.Take() ?? "", ended);
    }

    /// <summary>Shows an error where errors go: as one that a command writes, because Out-Default takes any other object for output.</summary>
    private void Report(ErrorRecord record)
    {
        using var shell = Create(s => s.AddScript("[CmdletBinding()] param($record) $PSCmdlet.WriteError($record)", useLocalScope: true)
            .AddArgument(record).AddParameter("ErrorAction", ActionPreference.Continue));
        shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.AddCommand("Out-Default");
        shell.Invoke();
    }

    private PowerShell Create(Action<PowerShell> build)
    {
        var shell = PowerShell.Create(Runspace);
        build(shell);
        return shell;
    }

    private void Track(PowerShell shell, Action run)
    {
        lock (_gate)
        {
            _running = shell;
        }

        try
        {
            run();
        }
        finally
        {
            lock (_gate)
            {
                _running = null;
            }
        }
    }
}

using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace CalicoNet.Shell;

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
        var manifest = StagedModule.Find(module);
        StagedModule.OfferByName(manifest);
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");   // the engine's package reports to its maker unless told not to

        var state = InitialSessionState.CreateDefault2();
        state.ThreadOptions = PSThreadOptions.ReuseThread;   // as pwsh: a script sees one thread throughout
        state.ImportPSModule(manifest);
        var host = new ShellHost(sink);
        var runspace = RunspaceFactory.CreateRunspace(host, state);
        runspace.Open();

        var opened = new ModuleHost(runspace, host, sink);
        if (opened.Run("$Error").Output is [var fault, ..])
        {
            opened.Dispose();
            throw new ShellException($"The module could not be imported: {fault}", ExitCodes.Unavailable);
        }

        return opened;
    }

    /// <summary>Runs a script text with arguments (<c>$args</c>, or its <c>param</c> block) and gathers all its streams.</summary>
    public ModuleResult Run(string script, params object?[] arguments) => Gather(shell => Add(shell, script, arguments));

    /// <summary>The same beside the caller, who may <see cref="WaitForTextAsync"/> and <see cref="StopAsync"/> meanwhile.</summary>
    public Task<ModuleResult> RunAsync(string script, params object?[] arguments) => Task.Run(() => Run(script, arguments));

    /// <summary>Runs a script text and gives what its objects look like in their default views.</summary>
    public string Format(string script, params object?[] arguments)
        => Gather(shell => Add(shell, script, arguments).AddCommand("Out-Default")).HostText;

    /// <summary>Waits until the host was told a text by the run in progress; fails when that takes longer than anything does.</summary>
    public Task WaitForTextAsync(string text)
        => ((RecordingSink)_sink).WaitForAsync(text).WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>Runs a script file as <c>pwsh -File</c> does, objects and errors to the host. True when nothing ended it before its end.</summary>
    public bool ShowFile(string path, IEnumerable<CommandParameter> parameters)
    {
        // The engine keeps what a script file exits with to itself, unless told as pwsh tells it: by a property that is not public.
        const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic;
        var context = typeof(Runspace).GetProperty("ExecutionContext", Hidden)!.GetValue(Runspace)!;
        context.GetType().GetProperty("ScriptCommandProcessorShouldRethrowExit", Hidden)!.SetValue(context, true);
        return Show(shell =>
        {
            shell.AddCommand(path);
            foreach (var parameter in parameters)
            {
                shell.Commands.Commands[0].Parameters.Add(parameter);
            }
        });
    }

    /// <summary>Runs a pipeline whose objects and errors go to the host as they come. True when nothing ended it before its end.</summary>
    public bool Show(Action<PowerShell> build, bool addToHistory = false)
    {
        using var shell = Create(build);
        foreach (var command in shell.Commands.Commands)
        {
            command.MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        }

        shell.AddCommand("Out-Default");
        try
        {
            Track(shell, () => shell.Invoke(null, new PSInvocationSettings { AddToHistory = addToHistory }));
            return shell.InvocationStateInfo.State == PSInvocationState.Completed;
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
        finally
        {
            _sink.Progress(null);
        }
    }

    /// <summary>Stops what runs, from any thread. Completes when it has stopped.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            return _running?.StopAsync(null, null) ?? Task.CompletedTask;
        }
    }

    public void Dispose() => Runspace.Dispose();

    private static PowerShell Add(PowerShell shell, string script, object?[] arguments)
    {
        shell.AddScript(script);
        foreach (var argument in arguments)
        {
            shell.AddArgument(argument);
        }

        return shell;
    }

    private ModuleResult Gather(Action<PowerShell> build)
    {
        using var shell = Create(build);
        var output = new PSDataCollection<PSObject>();
        RuntimeException? end = null;
        try
        {
            Track(shell, () => shell.Invoke(null, output));
        }
        catch (RuntimeException e)
        {
            end = e;
        }

        var streams = shell.Streams;
        var wasStopped = shell.InvocationStateInfo.State == PSInvocationState.Stopped;   // of which an invocation says nothing, or throws it
        return new ModuleResult(
            [.. output],
            end is null || wasStopped ? [.. streams.Error] : [.. streams.Error, end.ErrorRecord],
            [.. streams.Warning.Select(w => w.Message)],
            [.. streams.Verbose.Select(v => v.Message)],
            (_sink as RecordingSink)?.Take() ?? "",
            WasEnded: end is not null || wasStopped)
        {
            Debug = [.. streams.Debug.Select(d => d.Message)],
            Information = [.. streams.Information],
            Progress = [.. streams.Progress],
            WasStopped = wasStopped,
        };
    }

    /// <summary>Shows the error that ended a pipeline. No stream of the engine carries it any more, so the host is told that what comes is an error.</summary>
    private void Report(ErrorRecord error)
    {
        using var shell = Create(shell => shell.AddCommand("Out-Default"));
        Host.UI.IsReporting = true;
        try
        {
            shell.Invoke(new[] { error });
        }
        finally
        {
            Host.UI.IsReporting = false;
        }
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
        catch (InvalidPowerShellStateException) when (shell.InvocationStateInfo.State == PSInvocationState.Stopped)
        {
            throw new PipelineStoppedException();   // stopped before it began
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

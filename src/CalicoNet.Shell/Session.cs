using System.Management.Automation.Language;
using System.Runtime.InteropServices;

namespace CalicoNet.Shell;

/// <summary>What the shell does with a host: a script, a command, or a prompt.</summary>
internal sealed class Session : IDisposable
{
    private readonly ModuleHost _host;
    private readonly ConsoleSink _console;
    private readonly PosixSignalRegistration[] _signals;
    private PosixSignal? _signal;
    private bool _isPrompting;

    public Session(ModuleHost host, ConsoleSink console)
    {
        _host = host;
        _console = console;
        _signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];
    }

    public int RunScript(string path, IReadOnlyList<string> arguments)
    {
        var file = Path.GetFullPath(path);
        if (!File.Exists(file))
        {
            throw new ShellException($"There is no script '{path}'.", ExitCodes.Usage);
        }

        if (!file.EndsWith(".ps1", StringComparison.OrdinalIgnoreCase))
        {
            throw new ShellException($"'{path}' is no script: its name does not end in .ps1.", ExitCodes.Usage);
        }

        return ExitCode(_host.ShowFile(file, ScriptArguments.Parse(arguments)));
    }

    /// <summary>Runs a command. As in pwsh its exit code is also a failure when its last statement failed without ending it.</summary>
    public int RunCommand(string text)
    {
        var wasNotEnded = _host.Show(shell => shell.AddScript($"{text}\n$Host.PrivateData.{ShellHost.Succeeded} = $?"));
        return ExitCode(wasNotEnded && _host.Host.PrivateData.Properties[ShellHost.Succeeded].Value is true);
    }

    public int Prompt()
    {
        _isPrompting = true;
        Console.WriteLine($"""
            CalicoNet on the bare PowerShell engine: core commands only; pwsh is the full shell.
            'Get-Command -Module CalicoNet' lists what the module adds, 'exit' leaves.{(Sandbox.IsInside ? "\nThis is a sandbox: networks made here are seen nowhere else and go with it." : "")}
            """);
        while (_host.Host.ExitCode is null && _signal is null or PosixSignal.SIGINT)
        {
            _signal = null;
            _console.Resume();
            try
            {
                if (ReadCommand() is not { } text)
                {
                    break;
                }

                if (text.Trim().Length > 0)
                {
                    _host.Show(shell => shell.AddScript(text), addToHistory: true);
                }
            }
            catch (OperationCanceledException)
            {
                // What was typed is dropped.
            }

            if (_signal is not null)
            {
                Console.WriteLine();   // the terminal has shown ^C and stayed on that line
            }
        }

        return ExitCode(succeeded: true);
    }

    public void Dispose()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }
    }

    /// <summary>Reads lines until they are a whole command, or an empty line says that they are; null at the end of the input.</summary>
    private string? ReadCommand()
    {
        var text = "";
        while (true)
        {
            Console.Write(text.Length == 0 ? $"CN {_host.Runspace.SessionStateProxy.Path.CurrentLocation}> " : ">> ");
            var line = _console.ReadLine();
            if (line is null)
            {
                Console.WriteLine();
                return null;
            }

            text += line;
            Parser.ParseInput(text, out _, out var faults);
            if (line.Length == 0 || !faults.Any(fault => fault.IncompleteInput))
            {
                return text;
            }

            text += Environment.NewLine;
        }
    }

    private void OnSignal(PosixSignalContext context)
    {
        // The pipeline ends, and the shell says with what. Who asks a script again, because it does not end, is obeyed at once.
        context.Cancel = _signal is null || (_isPrompting && context.Signal == PosixSignal.SIGINT);
        _signal = context.Signal;
        _console.Interrupt();
        _ = _host.StopAsync();
    }

    private int ExitCode(bool succeeded) => _signal switch
    {
        PosixSignal.SIGHUP => 128 + 1,
        PosixSignal.SIGINT => 128 + 2,
        PosixSignal.SIGTERM => 128 + 15,
        _ => _host.Host.ExitCode ?? (succeeded ? ExitCodes.Success : ExitCodes.Failure),
    };
}

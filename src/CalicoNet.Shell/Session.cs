using System.Management.Automation;
using System.Management.Automation.Language;

namespace CalicoNet.Shell;

/// <summary>What the shell does with a host: a script, a command, or a prompt.</summary>
internal sealed class Session
{
    private readonly ModuleHost _host;
    private volatile bool _wasInterrupted;
    private volatile bool _isReading;

    public Session(ModuleHost host)
    {
        _host = host;
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;   // the pipeline ends, the shell says with what
            _wasInterrupted = true;
            _host.Stop();
            if (_isReading && !Console.IsInputRedirected)
            {
                Console.WriteLine(" dropped: press Enter");
            }
        };
    }

    /// <summary>Runs a script file. It becomes a function of its name, because the engine keeps to itself what a script file exits with.</summary>
    public int RunScript(string path, IReadOnlyList<string> arguments)
    {
        var file = Path.GetFullPath(path);
        if (!File.Exists(file))
        {
            throw new ShellException($"There is no script '{path}'.", ExitCodes.Usage);
        }

        var script = Parser.ParseFile(file, out _, out var faults);
        if (faults.Length > 0)
        {
            foreach (var fault in faults)
            {
                Console.Error.WriteLine($"{file}:{fault.Extent.StartLineNumber}:{fault.Extent.StartColumnNumber}: {fault.Message}");
            }

            return ExitCodes.Failure;
        }

        var name = Path.GetFileName(file);
        _host.Runspace.SessionStateProxy.InvokeProvider.Item.Set($"function:global:{WildcardPattern.Escape(name)}", script.GetScriptBlock());
        return ExitCode(_host.Show(shell =>
        {
            shell.AddCommand(name);
            Bind(shell, arguments);
        }));
    }

    public int RunCommand(string text) => ExitCode(_host.Show(shell => shell.AddScript(text)));

    public int Prompt()
    {
        Console.WriteLine("CalicoNet on the PowerShell engine's core commands; pwsh is the full shell. 'exit' leaves.");
        while (_host.Host.ExitCode is null)
        {
            _wasInterrupted = false;
            if (ReadCommand() is not { } text)
            {
                break;
            }

            if (text.Trim().Length > 0)
            {
                _host.Show(shell => shell.AddScript(text));
            }
        }

        return _host.Host.ExitCode ?? ExitCodes.Success;
    }

    /// <summary>Reads lines until they are a whole command; null at the end of the input.</summary>
    private string? ReadCommand()
    {
        var text = "";
        while (true)
        {
            Console.Write(text.Length == 0 ? "CN> " : ">> ");
            _isReading = true;
            var line = Console.ReadLine();
            _isReading = false;
            if (_wasInterrupted && !Console.IsInputRedirected && line is not null)
            {
                // What was typed before Ctrl-C is still in the line, and must not be run.
                _wasInterrupted = false;
                text = "";
                continue;
            }

            if (line is null)
            {
                Console.WriteLine();
                return text.Length == 0 ? null : text;
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

    /// <summary>Arguments as <c>pwsh -File</c> takes them: <c>-Name value</c>, <c>-Name:value</c>, <c>-Switch</c>, and values. The engine decides which is which.</summary>
    private static void Bind(PowerShell shell, IReadOnlyList<string> arguments)
    {
        var parameters = shell.Commands.Commands[0].Parameters;
        foreach (var word in arguments)
        {
            if (word.Length < 2 || word[0] != '-' || !char.IsLetter(word[1]))
            {
                parameters.Add(null, word);
                continue;
            }

            var colon = word.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
            {
                parameters.Add(word);
            }
            else
            {
                var value = word[(colon + 1)..];
                parameters.Add(word[..colon], value switch { "$true" => true, "$false" => false, _ => value });
            }
        }
    }

    private int ExitCode(bool succeeded)
        => _wasInterrupted ? ExitCodes.Interrupted : _host.Host.ExitCode ?? (succeeded ? ExitCodes.Success : ExitCodes.Failure);
}

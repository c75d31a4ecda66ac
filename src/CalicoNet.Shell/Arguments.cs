namespace CalicoNet.Shell;

/// <summary>The shell's own command line; what follows the script's path is the script's.</summary>
internal sealed record Arguments
{
    public const string HelpText = """
        CalicoNet.Shell: a small host of the PowerShell engine with the CalicoNet module imported.

        It holds the engine's core commands only (ForEach-Object, Where-Object, Get-Command, Get-Help, ...);
        there is no Select-Object, Format-Table, ConvertTo-Json or Write-Host. pwsh is the full shell.

        usage: CalicoNet.Shell [options] [script.ps1 [arguments]]

          script.ps1 [arguments]   runs a script; -Name value and -Switch reach its parameters
          -Command "..."           runs a command; - reads it from standard input
          (neither)                a prompt
          --sandbox                in network and mount namespaces of its own, so that the machine is left alone; needs
                                   util-linux unshare, and no root where unprivileged user namespaces are allowed
          --module PATH            imports this module instead of the staged one (or set CALICONET_MODULE)
          --help                   this text

        The exit code is the script's; 1 after an error that nobody caught, 130 after Ctrl-C.
        """;

    public bool Help { get; private set; }

    public bool Sandbox { get; private set; }

    public string? Module { get; private set; }

    public string? Script { get; private set; }

    public string? Command { get; private set; }

    /// <summary>The script's arguments.</summary>
    public IReadOnlyList<string> Rest { get; private set; } = [];

    /// <summary>The same command line without what asks for a sandbox.</summary>
    public IReadOnlyList<string> Inside { get; private set; } = [];

    /// <exception cref="ShellException">There is no such option, or it lacks its value.</exception>
    public static Arguments Parse(string[] args)
    {
        var parsed = new Arguments();
        List<string> options = [];
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i].ToUpperInvariant())
            {
                case "--HELP" or "-HELP" or "-H" or "-?":
                    parsed.Help = true;
                    return parsed;
                case "--SANDBOX":
                    parsed.Sandbox = true;
                    break;
                case "--MODULE":
                    // Its full path: inside a sandbox, and for a script that changes the directory, it is the same file.
                    parsed.Module = Path.GetFullPath(After(i));
                    options.AddRange(["--module", parsed.Module]);
                    i++;
                    break;
                case "-COMMAND" or "-C":
                    // As in pwsh: everything that follows is the command.
                    After(i);
                    return parsed with { Command = string.Join(' ', args[(i + 1)..]), Inside = [.. options, .. args[i..]] };
                case "-FILE" or "--":
                    After(i);
                    return Script(i + 1);
                case ['-', _, ..]:
                    throw Fault($"Unknown option '{args[i]}'.");
                default:
                    return Script(i);
            }
        }

        return parsed with { Inside = options };

        Arguments Script(int i) => parsed with { Script = args[i], Rest = args[(i + 1)..], Inside = [.. options, "--", .. args[i..]] };

        string After(int i) => i + 1 < args.Length ? args[i + 1] : throw Fault($"{args[i]} wants a value.");
    }

    private static ShellException Fault(string message) => new(message + " --help says what there is.", ExitCodes.Usage);
}

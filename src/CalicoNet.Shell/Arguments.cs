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
          -Command "..."           runs a command
          (neither)                a prompt
          --sandbox                in network and mount namespaces of its own, so that the machine is left alone; needs
                                   util-linux unshare, and no root where unprivileged user namespaces are allowed
          --module PATH            imports this module instead of the staged one (or set CALICONET_MODULE)
          --help                   this text

        The exit code is the script's; 1 after an error that nobody caught, 130 after Ctrl-C.
        """;

    public bool Help { get; private init; }

    public bool Sandbox { get; private init; }

    public string? Module { get; private init; }

    public string? Script { get; private init; }

    public string? Command { get; private init; }

    /// <summary>The script's arguments.</summary>
    public IReadOnlyList<string> Rest { get; private init; } = [];

    /// <summary>The same command line without what asks for a sandbox.</summary>
    public IReadOnlyList<string> Inside { get; private init; } = [];

    public static bool TryParse(string[] args, out Arguments arguments, out string fault)
    {
        arguments = new Arguments();
        fault = "";
        List<string> inside = [];
        for (var i = 0; i < args.Length; i++)
        {
            var word = args[i];
            var next = i + 1 < args.Length ? args[i + 1] : null;
            switch (word)
            {
                case "--help" or "-h" or "-?":
                    arguments = arguments with { Help = true };
                    return true;
                case "--sandbox":
                    arguments = arguments with { Sandbox = true };
                    continue;
                case "--module" or "-Command" or "-c" or "-File" when next is null:
                    fault = $"{word} wants a value.";
                    return false;
                case "--module":
                    arguments = arguments with { Module = next };
                    inside.AddRange([word, next!]);
                    i++;
                    continue;
                case "-Command" or "-c":
                    // As in pwsh: everything that follows is the command.
                    arguments = arguments with { Command = string.Join(' ', args[(i + 1)..]), Inside = [.. inside, .. args[i..]] };
                    return true;
                case "-File" or "--":
                    if (next is null)
                    {
                        continue;
                    }

                    i++;
                    break;
                case ['-', ..]:
                    fault = $"Unknown option '{word}'.";
                    return false;
            }

            arguments = arguments with { Script = args[i], Rest = args[(i + 1)..], Inside = [.. inside, "--", .. args[i..]] };
            return true;
        }

        arguments = arguments with { Inside = inside };
        return true;
    }
}

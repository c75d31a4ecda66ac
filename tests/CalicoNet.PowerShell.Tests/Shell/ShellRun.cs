using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Shell;

/// <summary>The built shell as a process of its own, in a directory of its own that is gone afterwards.</summary>
internal sealed class ShellRun : IDisposable
{
    private readonly TempDirectory _directory = new();

    public static string Assembly => Path.Combine(AppContext.BaseDirectory, "CalicoNet.Shell.dll");

    public static IReadOnlyList<string> CommandLine => [ProcessRunner.DotnetHost, "exec", Assembly];

    public string Directory => _directory.Path;

    /// <summary>Writes a script; its path relative to the directory in which the shell runs.</summary>
    public string Script(string text, string name = "script.ps1")
    {
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(_directory.File(name))!);
        File.WriteAllText(_directory.File(name), text);
        return name;
    }

    /// <summary>For `env`: whoever runs the tests in the background of a script has them, and all they start, ignore these.</summary>
    public const string HearsSignals = "--default-signal=HUP,INT,TERM";

    public ProcessRunner Start(params IEnumerable<string> arguments) => ProcessRunner.Start("env", [HearsSignals, "-C", Directory, .. CommandLine, .. arguments]);

    /// <summary>Runs to the end without a terminal, with nothing or a text as standard input.</summary>
    public ExecResult Run(params IEnumerable<string> arguments) => Feed("", arguments);

    public ExecResult Feed(string input, params IEnumerable<string> arguments)
    {
        using var shell = Start(arguments);
        shell.Write(input);
        shell.CloseInput();
        return shell.WaitForExit();
    }

    public static void Signal(ProcessRunner process, string name) => Exec.Run("sh", "-c", $"kill -{name} {process.Id}");

    public void Dispose() => _directory.Dispose();
}

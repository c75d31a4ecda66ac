using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace CalicoNet.Testing;

/// <summary>
/// A child process with its output captured as it comes: to wait for a word of it, to kill it in the middle of its work, to see how it
/// ended. Disposing it ends the process and its descendants, and nothing else.
/// </summary>
public sealed class ProcessRunner : IDisposable
{
    private static readonly TimeSpan PipeGrace = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Process _process;
    private readonly Task _pumps;
    private readonly string _command;
    private bool _ended;

    private ProcessRunner(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        _command = string.Join(' ', start.ArgumentList.Prepend(program).Select(Quote));
        _process = Process.Start(start)!;
        _pumps = Task.WhenAll(Pump(_process.StandardOutput, _output), Pump(_process.StandardError, _error));
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Standard output so far.</summary>
    public string Output { get { lock (_gate) return _output.ToString(); } }

    /// <summary>Standard error so far.</summary>
    public string Error { get { lock (_gate) return _error.ToString(); } }

    public static ProcessRunner Start(string program, params IEnumerable<string> arguments) => new(program, arguments, null);

    public static ProcessRunner Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment) =>
        new(program, arguments, environment);

    /// <summary>Starts inside a network namespace. nsenter becomes the program (it forks nothing), so <see cref="Id"/> is the program's.</summary>
    public static ProcessRunner StartIn(string netns, string program, params IEnumerable<string> arguments) =>
        new("nsenter", [$"--net={Netns.PathOf(netns)}", "--", program, .. arguments], null);

    /// <summary>Starts a .NET program by its assembly, with the runtime that runs this process.</summary>
    public static ProcessRunner StartDotnet(string assembly, params IEnumerable<string> arguments) => new(DotnetHost, ["exec", assembly, .. arguments], null);

    /// <summary>
    /// Starts a .NET program that is killed (SIGKILL) on its way into a system call, by the call's name and its number in a thread: strace does
    /// it, and ends as the program does. What a killed runtime leaves of its own goes with the folder for temporary files.
    /// </summary>
    public static ProcessRunner StartDotnetKilledAt(string call, int number, TempDirectory folder, string assembly, params IEnumerable<string> arguments)
    {
        Requires.Tool("strace", "strace");
        return new ProcessRunner(
            "strace",
            ["-f", "-qqq", "-o", "/dev/null", "-e", $"trace={call}", "-e", $"inject={call}:signal=KILL:when={number}", DotnetHost, "exec", assembly, .. arguments],
            ToBeKilled(folder));
    }

    /// <summary>The environment of a .NET program that will be killed: its leavings go into a folder.</summary>
    public static IReadOnlyDictionary<string, string?> ToBeKilled(TempDirectory folder)
        => new Dictionary<string, string?> { ["TMPDIR"] = folder.Path, ["DOTNET_EnableDiagnostics"] = "0" };

    /// <summary>The `dotnet` beside the runtime in use: the one on PATH may be another, or none.</summary>
    public static string DotnetHost => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    public void Write(string text)
    {
        try
        {
            _process.StandardInput.Write(text);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It ended without reading on; its exit code and its words tell more than a broken pipe.
        }
    }

    public void CloseInput()
    {
        try { _process.StandardInput.Close(); }
        catch (IOException) { /* as above: what was still buffered found nobody */ }
    }

    /// <summary>Returns as soon as the output holds the text; throws when the output ends, or the time is over, without it.</summary>
    public void WaitForOutput(string text, TimeSpan? timeout = null)
    {
        var deadline = Deadline.In(timeout ?? Exec.Timeout);
        lock (_gate)
        {
            while (!_output.ToString().Contains(text, StringComparison.Ordinal))
            {
                if (_ended || !Monitor.Wait(_gate, deadline.Left))
                    throw new TimeoutException($"`{_command}` never said '{text}'; it said:\n{_output}{_error}");
            }
        }
    }

    /// <summary>SIGKILL to this one process: what a crash is. Its descendants live on, as they would.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Another signal, by its number.</summary>
    public void Signal(int number)
    {
        if (Interop.Kill(Id, number) != 0)
            throw Interop.LastError($"signal {number} to `{_command}`");
    }

    /// <summary>Waits for the end; when the time is over, kills the process with its descendants and throws.</summary>
    public ExecResult WaitForExit(TimeSpan? timeout = null)
    {
        var deadline = Deadline.In(timeout ?? Exec.Timeout);
        if (!_process.WaitForExit(deadline.Left))
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"`{_command}` did not end within {timeout ?? Exec.Timeout}; it said:\n{Error}{Output}");
        }
        // All it said is in the pipes already. They end with it, unless a descendant that lives on holds them: then nobody waits for that.
        _pumps.Wait(PipeGrace);
        return new ExecResult(_command, _process.ExitCode, Output, Error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }
        // Process closes none of the streams that somebody took from it.
        CloseInput();
        _process.StandardOutput.Dispose();
        _process.StandardError.Dispose();
        _process.Dispose();
    }

    private async Task Pump(StreamReader reader, StringBuilder into)
    {
        var buffer = new char[4096];
        try
        {
            int count;
            while ((count = await reader.ReadAsync(buffer).ConfigureAwait(false)) > 0)
            {
                lock (_gate)
                {
                    into.Append(buffer, 0, count);
                    Monitor.PulseAll(_gate);
                }
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or IOException or OperationCanceledException)
        {
            // Disposed while a descendant still held the pipe.
        }
        lock (_gate)
        {
            _ended |= ReferenceEquals(into, _output);
            Monitor.PulseAll(_gate);
        }
    }

    private static string Quote(string argument) =>
        argument.Length > 0 && !argument.AsSpan().ContainsAny(" \t\n'\"") ? argument : $"'{argument.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}

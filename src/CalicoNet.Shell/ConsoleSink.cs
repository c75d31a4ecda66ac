using Microsoft.Win32.SafeHandles;

namespace CalicoNet.Shell;

/// <summary>The terminal, or whatever stands in its place.</summary>
internal sealed class ConsoleSink : TextSink
{
    private static readonly bool UnderstandsColor = Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } and not "dumb"
        && Environment.GetEnvironmentVariable("NO_COLOR") is not { Length: > 0 };

    private readonly Lock _gate = new();
    private TaskCompletionSource _interrupt = new();
    private TextReader? _input;
    private Task<string?>? _line;
    private bool _showsProgress;

    public override int Width => Console.IsOutputRedirected || Console.WindowWidth < 20 ? base.Width : Console.WindowWidth;

    public override bool IsInteractive => !Console.IsInputRedirected && !Console.IsOutputRedirected;

    public override bool HasColor => UnderstandsColor && !Console.IsOutputRedirected;

    public override bool HasErrorColor => UnderstandsColor && !Console.IsErrorRedirected;

    public override void Write(string text)
    {
        lock (_gate)
        {
            Progress(null);
            Console.Out.Write(text);
        }
    }

    public override void WriteError(string text)
    {
        lock (_gate)
        {
            Progress(null);
            Console.Error.Write(text);
        }
    }

    public override string? ReadLine()
    {
        if (Console.IsInputRedirected)
        {
            return null;
        }

        // Read by the terminal's own line editing, not by Console's: Ctrl-C then drops what was typed, and no half line comes back later.
        // A thread waits for the line, because nothing interrupts a read; after Ctrl-C the next question gets that same wait.
        _input ??= new StreamReader(new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0));
        _line ??= Task.Factory.StartNew(_input.ReadLine, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (Task.WaitAny(_interrupt.Task, _line) == 0)
        {
            _line = _line.IsCompleted ? null : _line;
            throw new OperationCanceledException();
        }

        var line = _line.Result;
        _line = null;
        return line;
    }

    /// <summary>Ends the wait for an answer, now or at the next question.</summary>
    public void Interrupt() => _interrupt.TrySetResult();

    /// <summary>Makes good an interruption: the next question is asked.</summary>
    public void Resume()
    {
        if (_interrupt.Task.IsCompleted)
        {
            _interrupt = new TaskCompletionSource();
        }
    }

    public override void Progress(string? text)
    {
        lock (_gate)
        {
            if (Console.IsErrorRedirected || (text is null && !_showsProgress))
            {
                return;
            }

            // One line that is written over, and away before anything else is written.
            _showsProgress = text is not null;
            text ??= "";
            Console.Error.Write("\r\u001b[K" + (text.Length < Width ? text : text[..(Width - 1)]));
        }
    }
}

using System.Text;

namespace CalicoNet.Shell;

/// <summary>Where a host's text goes, and where its questions are answered.</summary>
internal abstract class TextSink
{
    /// <summary>The width of a line in columns.</summary>
    public virtual int Width => 120;

    /// <summary>Whether somebody sits there: questions can be answered.</summary>
    public virtual bool IsInteractive => false;

    /// <summary>Whether colour codes in text are understood.</summary>
    public virtual bool HasColor => false;

    /// <summary>Whether colour codes in errors are understood.</summary>
    public virtual bool HasErrorColor => false;

    public abstract void Write(string text);

    public abstract void WriteError(string text);

    /// <summary>An answer; null where there is nobody to give one.</summary>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    public virtual string? ReadLine() => null;

    /// <summary>Shows how far a long work is; null when nothing is to be shown any more.</summary>
    public virtual void Progress(string? text)
    {
    }
}

/// <summary>Keeps the text: what tests look at.</summary>
internal sealed class RecordingSink : TextSink
{
    private readonly StringBuilder _text = new();
    private readonly List<(string Text, TaskCompletionSource Seen)> _awaited = [];

    /// <summary>What was written since this was asked last.</summary>
    public string Take()
    {
        lock (_text)
        {
            var text = _text.ToString();
            _text.Clear();
            return text;
        }
    }

    /// <summary>Completes as soon as the text is there.</summary>
    public Task WaitForAsync(string text)
    {
        lock (_text)
        {
            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((text, seen));
            Announce();
            return seen.Task;
        }
    }

    public override void Write(string text)
    {
        lock (_text)
        {
            _text.Append(text);
            Announce();
        }
    }

    public override void WriteError(string text) => Write(text);

    private void Announce()
    {
        if (_awaited.Count > 0)
        {
            var text = _text.ToString();
            _awaited.RemoveAll(awaited => text.Contains(awaited.Text, StringComparison.Ordinal) && awaited.Seen.TrySetResult());
        }
    }
}

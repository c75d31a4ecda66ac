using System.Text;

namespace CalicoNet.Shell;

/// <summary>Where a host's text goes, and where its questions are answered.</summary>
internal abstract class TextSink
{
    /// <summary>The width of a line in columns.</summary>
    public virtual int Width => 120;

    /// <summary>Whether somebody sits there: colours are shown, questions can be answered.</summary>
    public virtual bool IsInteractive => false;

    public abstract void Write(string text);

    public abstract void WriteError(string text);

    /// <summary>An answer; null where there is nobody to give one.</summary>
    public virtual string? ReadLine() => null;

    public virtual void Progress(string? text)
    {
    }
}

/// <summary>The terminal, or whatever stands in its place.</summary>
internal sealed class ConsoleSink : TextSink
{
    private bool _showsProgress;

    public override int Width => Console.IsOutputRedirected || Console.WindowWidth < 20 ? base.Width : Console.WindowWidth;

    public override bool IsInteractive => !Console.IsInputRedirected && !Console.IsOutputRedirected;

    public override void Write(string text)
    {
        Progress(null);
        Console.Out.Write(text);
    }

    public override void WriteError(string text)
    {
        Progress(null);
        Console.Error.Write(text);
    }

    public override string? ReadLine() => Console.IsInputRedirected ? null : Console.ReadLine();

    public override void Progress(string? text)
    {
        if (Console.IsErrorRedirected || (text is null && !_showsProgress))
        {
            return;
        }

        // One line that is written over, and away before anything else is written.
        Console.Error.Write("\r\u001b[K");
        _showsProgress = text is not null;
        if (text is not null)
        {
            Console.Error.Write(text.Length < Width ? text : text[..(Width - 1)]);
        }
    }
}

/// <summary>Keeps the text: what tests look at.</summary>
internal sealed class RecordingSink : TextSink
{
    private readonly StringBuilder _text = new();

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

    public override void Write(string text)
    {
        lock (_text)
        {
            _text.Append(text);
        }
    }

    public override void WriteError(string text) => Write(text);
}

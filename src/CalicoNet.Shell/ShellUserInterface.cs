using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Internal;
using System.Security;

namespace CalicoNet.Shell;

/// <summary>Texts out, answers in. As in pwsh everything but errors goes to standard output.</summary>
internal sealed class ShellUserInterface(TextSink sink) : PSHostUserInterface
{
    public override PSHostRawUserInterface RawUI { get; } = new ShellRawUserInterface(sink);

    public override bool SupportsVirtualTerminal => sink.IsInteractive;

    public override void Write(string value) => sink.Write(Rendered(value));

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value) => Write(value + Environment.NewLine);

    public override void WriteErrorLine(string value) => sink.WriteError(Rendered(value + Environment.NewLine));

    public override void WriteDebugLine(string message) => WriteLine($"DEBUG: {message}");

    public override void WriteVerboseLine(string message) => WriteLine($"VERBOSE: {message}");

    public override void WriteWarningLine(string message) => WriteLine($"WARNING: {message}");

    public override void WriteProgress(long sourceId, ProgressRecord record)
        => sink.Progress(record.RecordType == ProgressRecordType.Completed ? null : $"{record.Activity}: {record.StatusDescription}");

    public override string ReadLine() => Answer("a line of input");

    public override SecureString ReadLineAsSecureString()
    {
        var secret = new SecureString();
        foreach (var c in Answer("a secret"))
        {
            secret.AppendChar(c);
        }

        return secret;
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        var answers = new Dictionary<string, PSObject>();
        foreach (var field in descriptions)
        {
            Write($"{field.Name}: ");
            answers[field.Name] = PSObject.AsPSObject(Answer($"a value for {field.Name}"));
        }

        return answers;
    }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        if (!sink.IsInteractive)
        {
            throw Nobody("a choice");   // a default taken in silence would answer a question nobody saw
        }

        WriteLine(caption);
        WriteLine(message);
        while (true)
        {
            Write(string.Join("  ", choices.Select((choice, i) => $"[{Key(choice)}] {choice.Label.Replace("&", "", StringComparison.Ordinal)}{(i == defaultChoice ? " (default)" : "")}")) + ": ");
            var answer = Answer("a choice").Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
            {
                return defaultChoice;
            }

            for (var i = 0; i < choices.Count; i++)
            {
                if (answer.Equals(Key(choices[i]), StringComparison.OrdinalIgnoreCase) || answer.Equals(choices[i].Label.Replace("&", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase))
                {
                    return i;
                }
            }
        }
    }

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName)
        => throw new NotSupportedException("This shell does not ask for credentials; pwsh does.");

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options)
        => PromptForCredential(caption, message, userName, targetName);

    /// <summary>The engine leaves it to hosts to keep colour codes out of files and pipes.</summary>
    private string Rendered(string value)
        => value.Contains('\u001b') && (!SupportsVirtualTerminal || PSStyle.Instance.OutputRendering == OutputRendering.PlainText)
            ? new StringDecorated(value).ToString(OutputRendering.PlainText)
            : value;

    private static string Key(ChoiceDescription choice)
    {
        var mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < choice.Label.Length ? choice.Label.Substring(mark + 1, 1) : choice.Label;
    }

    private static HostException Nobody(string what) => new($"The command asks for {what}, and there is no terminal to answer on: give it as an argument.");

    private string Answer(string what) => sink.ReadLine() ?? throw Nobody(what);
}

/// <summary>The window's size, which views want to know. What a full console can do beside it is not here.</summary>
internal sealed class ShellRawUserInterface(TextSink sink) : PSHostRawUserInterface
{
    private const int Lines = 50;

    public override Size BufferSize { get => new(sink.Width, Lines); set { } }

    public override Size WindowSize { get => BufferSize; set { } }

    public override Size MaxWindowSize => BufferSize;

    public override Size MaxPhysicalWindowSize => BufferSize;

    public override Coordinates CursorPosition { get; set; }

    public override Coordinates WindowPosition { get; set; }

    public override int CursorSize { get; set; } = 1;

    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    public override string WindowTitle { get; set; } = "CalicoNet";

    public override bool KeyAvailable => false;

    public override void FlushInputBuffer()
    {
    }

    public override KeyInfo ReadKey(ReadKeyOptions options) => throw Missing();

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw Missing();

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw Missing();

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw Missing();

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw Missing();

    private static NotSupportedException Missing() => new("This shell's window cannot do that; pwsh's can.");
}

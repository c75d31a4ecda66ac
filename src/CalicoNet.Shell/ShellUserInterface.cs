using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Internal;
using System.Security;

namespace CalicoNet.Shell;

/// <summary>Texts out, answers in. As in pwsh everything but errors goes to standard output.</summary>
internal sealed class ShellUserInterface(TextSink sink) : PSHostUserInterface
{
    /// <summary>Whether the lines that are written are those of an error.</summary>
    public bool IsReporting { get; set; }

    public override PSHostRawUserInterface RawUI { get; } = new ShellRawUserInterface(sink);

    public override bool SupportsVirtualTerminal => sink.HasColor;

    public override void Write(string value) => sink.Write(Rendered(value, sink.HasColor));

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value)
        => Write(Styled(PSStyle.MapColorPairToEscapeSequence(foregroundColor, backgroundColor), value));

    public override void WriteLine(string value)
    {
        if (IsReporting)
        {
            WriteErrorLine(value);
        }
        else
        {
            Write(value + Environment.NewLine);
        }
    }

    public override void WriteErrorLine(string value)
    {
        if (value.Length > 0)   // as pwsh: the view of an error ends in an empty line that nobody wants to see
        {
            sink.WriteError(Rendered(value, sink.HasErrorColor) + Environment.NewLine);
        }
    }

    public override void WriteDebugLine(string message) => WriteLine(Styled(PSStyle.Instance.Formatting.Debug, $"DEBUG: {message}"));

    public override void WriteVerboseLine(string message) => WriteLine(Styled(PSStyle.Instance.Formatting.Verbose, $"VERBOSE: {message}"));

    public override void WriteWarningLine(string message) => WriteLine(Styled(PSStyle.Instance.Formatting.Warning, $"WARNING: {message}"));

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        var percent = record.PercentComplete >= 0 ? $" {record.PercentComplete} %" : "";
        sink.Progress(record.RecordType == ProgressRecordType.Completed ? null : $"{record.Activity}: {record.StatusDescription}{percent}");
    }

    public override string ReadLine() => Answer("a line of input");

    public override SecureString ReadLineAsSecureString() => throw new NotSupportedException("This shell does not ask for secrets; pwsh does.");

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        RequireSomebody($"a value for {string.Join(" and ", descriptions.Select(field => field.Name))}");
        WriteHeading(caption, message);
        var answers = new Dictionary<string, PSObject>();
        foreach (var field in descriptions)
        {
            answers[field.Name] = PSObject.AsPSObject(field.ParameterTypeFullName.EndsWith("[]", StringComparison.Ordinal) ? Several(field.Name) : One(field.Name));
        }

        return answers;
    }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        RequireSomebody("a choice");   // a default taken in silence would answer a question nobody saw
        WriteHeading(caption, message);
        while (true)
        {
            var menu = string.Join("  ", choices.Select(choice => $"[{Key(choice)}] {Label(choice)}"));
            Write($"{menu}  [?] Help{(defaultChoice >= 0 ? $" (default is \"{Key(choices[defaultChoice])}\")" : "")}: ");
            var answer = Answer("a choice").Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
            {
                return defaultChoice;
            }

            for (var i = 0; i < choices.Count; i++)
            {
                if (answer.Equals(Key(choices[i]), StringComparison.OrdinalIgnoreCase) || answer.Equals(Label(choices[i]), StringComparison.OrdinalIgnoreCase))
                {
                    return i;
                }
            }

            if (answer == "?")
            {
                foreach (var choice in choices)
                {
                    WriteLine($"{Key(choice)} - {choice.HelpMessage}");
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
    private static string Rendered(string value, bool inColor)
        => value.Contains('\u001b') && (!inColor || PSStyle.Instance.OutputRendering == OutputRendering.PlainText)
            ? new StringDecorated(value).ToString(OutputRendering.PlainText)
            : value;

    private static string Styled(string style, string value) => style + value + PSStyle.Instance.Reset;

    private static string Label(ChoiceDescription choice) => choice.Label.Replace("&", "", StringComparison.Ordinal);

    private static string Key(ChoiceDescription choice)
    {
        var mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < choice.Label.Length ? choice.Label.Substring(mark + 1, 1).ToUpperInvariant() : choice.Label;
    }

    private static HostException Nobody(string what) => new($"The command asks for {what}, and there is no terminal to answer on: give it as an argument.");

    private void WriteHeading(string caption, string message)
    {
        foreach (var line in new[] { caption, message }.Where(line => !string.IsNullOrEmpty(line)))
        {
            WriteLine(line);
        }
    }

    private string One(string name)
    {
        Write($"{name}: ");
        return Answer($"a value for {name}");
    }

    /// <summary>Values up to an empty line.</summary>
    private List<string> Several(string name)
    {
        List<string> values = [];
        while (One($"{name}[{values.Count}]") is { Length: > 0 } value)
        {
            values.Add(value);
        }

        return values;
    }

    private void RequireSomebody(string what)
    {
        if (!sink.IsInteractive)
        {
            throw Nobody(what);
        }
    }

    private string Answer(string what)
    {
        RequireSomebody(what);
        try
        {
            return sink.ReadLine() ?? throw Nobody(what);
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
    }
}

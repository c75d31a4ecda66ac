using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace CalicoNet.Shell;

/// <summary>The engine's view of whoever runs it.</summary>
internal sealed class ShellHost(TextSink sink) : PSHost
{
    public const string Succeeded = nameof(Succeeded);

    /// <summary>The code a script asked to exit with; null as long as none did.</summary>
    public int? ExitCode { get; set; }

    /// <summary>Where a command leaves whether its last statement succeeded (<see cref="Session.RunCommand"/>).</summary>
    public override PSObject PrivateData { get; } = new() { Properties = { new PSNoteProperty(Succeeded, true) } };

    public override string Name => "CalicoNet.Shell";

    public override Version Version { get; } = typeof(ShellHost).Assembly.GetName().Version!;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override ShellUserInterface UI { get; } = new ShellUserInterface(sink);

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new NotSupportedException("This shell has no nested prompts; pwsh has.");

    public override void ExitNestedPrompt()
    {
    }

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}

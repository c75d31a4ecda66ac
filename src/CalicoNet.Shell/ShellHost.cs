using System.Globalization;
using System.Management.Automation.Host;

namespace CalicoNet.Shell;

/// <summary>The engine's view of whoever runs it.</summary>
internal sealed class ShellHost(TextSink sink) : PSHost
{
    /// <summary>The code a script asked to exit with; null as long as none did.</summary>
    public int? ExitCode { get; set; }

    public override string Name => "CalicoNet.Shell";

    public override Version Version { get; } = typeof(ShellHost).Assembly.GetName().Version!;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override PSHostUserInterface UI { get; } = new ShellUserInterface(sink);

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

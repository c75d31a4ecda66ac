using System.Management.Automation;

namespace CalicoNet.Shell;

internal static class Program
{
    private static int Main(string[] args)
    {
        try
        {
            var arguments = Arguments.Parse(args);
            if (arguments.Help)
            {
                Console.WriteLine(Arguments.HelpText);
                return ExitCodes.Success;
            }

            return arguments.Sandbox ? Sandbox.Enter(arguments.Inside) : Run(arguments);
        }
        catch (ShellException e)
        {
            Console.Error.WriteLine(e.Message);
            return e.ExitCode;
        }
    }

    private static int Run(Arguments arguments)
    {
        if (Sandbox.IsInside)
        {
            Sandbox.BringLoopbackUp();
        }

        var console = new ConsoleSink();
        if (!console.HasColor)
        {
            PSStyle.Instance.OutputRendering = OutputRendering.PlainText;
        }

        using var host = ModuleHost.Open(console, arguments.Module);
        using var session = new Session(host, console);
        return arguments switch
        {
            { Script: { } path } => session.RunScript(path, arguments.Rest),
            { Command: { } text and not "-" } => session.RunCommand(text),
            { Command: null } when !Console.IsInputRedirected => session.Prompt(),
            _ => session.RunCommand(Console.In.ReadToEnd()),   // as any shell: what is piped in is the script
        };
    }
}

/// <summary>The exit codes that are the shell's own; others are the script's, or 128 and the signal that ended it.</summary>
internal static class ExitCodes
{
    public const int Success = 0, Failure = 1;
    public const int Usage = 64;        // EX_USAGE, sysexits.h
    public const int Unavailable = 69;  // EX_UNAVAILABLE
}

/// <summary>Something that keeps the shell from running what it was asked to.</summary>
internal sealed class ShellException(string message, int exitCode) : Exception(message)
{
    public int ExitCode => exitCode;
}

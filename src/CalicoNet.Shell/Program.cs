namespace CalicoNet.Shell;

internal static class Program
{
    private static int Main(string[] args)
    {
        if (!Arguments.TryParse(args, out var arguments, out var fault))
        {
            Console.Error.WriteLine(fault);
            Console.Error.WriteLine("Run with --help to see what there is.");
            return ExitCodes.Usage;
        }

        if (arguments.Help)
        {
            Console.WriteLine(Arguments.HelpText);
            return ExitCodes.Success;
        }

        try
        {
            return arguments.Sandbox ? Sandbox.Run(arguments.Inside) : Run(arguments);
        }
        catch (ShellException e)
        {
            Console.Error.WriteLine(e.Message);
            return e.ExitCode;
        }
    }

    private static int Run(Arguments arguments)
    {
        using var host = ModuleHost.Open(new ConsoleSink(), arguments.Module);
        var session = new Session(host);
        return arguments switch
        {
            { Script: { } path } => session.RunScript(path, arguments.Rest),
            { Command: { } text } => session.RunCommand(text),
            _ => session.Prompt(),
        };
    }
}

/// <summary>The exit codes that are the shell's own; others are the script's.</summary>
internal static class ExitCodes
{
    public const int Success = 0, Failure = 1;
    public const int Usage = 64;        // EX_USAGE, sysexits.h
    public const int Unavailable = 69;  // EX_UNAVAILABLE
    public const int Interrupted = 130; // 128 + SIGINT
}

/// <summary>Something that keeps the shell from running what it was asked to.</summary>
internal sealed class ShellException(string message, int exitCode) : Exception(message)
{
    public int ExitCode => exitCode;
}

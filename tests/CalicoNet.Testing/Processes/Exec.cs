namespace CalicoNet.Testing;

/// <summary>Runs a program to its end. A network namespace is given by its name or by a path.</summary>
public static class Exec
{
    /// <summary>What hangs ends; what is slow, on two cores that run all tests at once, does not.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromMinutes(4);

    /// <summary>Runs in this process's own namespace; throws when the program fails.</summary>
    public static ExecResult Run(string program, params IEnumerable<string> arguments) => Wait(ProcessRunner.Start(program, arguments)).OrThrow();

    public static ExecResult Try(string program, params IEnumerable<string> arguments) => Wait(ProcessRunner.Start(program, arguments));

    /// <summary>Runs inside a network namespace; throws when the program fails.</summary>
    public static ExecResult In(string netns, string program, params IEnumerable<string> arguments) => TryIn(netns, program, arguments).OrThrow();

    /// <summary>Runs inside a network namespace and leaves the verdict to the caller.</summary>
    public static ExecResult TryIn(string netns, string program, params IEnumerable<string> arguments) =>
        Wait(ProcessRunner.StartIn(netns, program, arguments));

    /// <summary>Runs inside a network namespace (null: this process's own) with a text as standard input; throws when the program fails.</summary>
    public static ExecResult Feed(string? netns, string input, string program, params IEnumerable<string> arguments)
    {
        var child = netns is null ? ProcessRunner.Start(program, arguments) : ProcessRunner.StartIn(netns, program, arguments);
        child.Write(input);
        return Wait(child).OrThrow();
    }

    private static ExecResult Wait(ProcessRunner child)
    {
        using (child)
        {
            child.CloseInput();
            return child.WaitForExit(Timeout);
        }
    }
}

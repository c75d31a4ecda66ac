using CalicoNet.Shell;
using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Shell;

/// <summary>The built shell as a process of its own.</summary>
internal static class ShellProcess
{
    private const string Nobody = "65534";

    private static readonly Dictionary<string, string?> AsNobodyLives = new() { ["HOME"] = "/nonexistent", ["DOTNET_CLI_HOME"] = null };

    public static string Assembly { get; } = Path.Combine(AppContext.BaseDirectory, $"{typeof(ModuleHost).Assembly.GetName().Name}.dll");

    public static ProcessRunner Start(params IEnumerable<string> arguments) => ProcessRunner.StartDotnet(Assembly, arguments);

    public static ExecResult Run(params IEnumerable<string> arguments) => Wait(Start(arguments));

    public static ExecResult RunWith(string variable, string value, params IEnumerable<string> arguments)
        => Wait(ProcessRunner.Start(ProcessRunner.DotnetHost, ["exec", Assembly, .. arguments], new Dictionary<string, string?> { [variable] = value }));

    /// <summary>Runs with a text as standard input.</summary>
    public static ExecResult Feed(string input, params IEnumerable<string> arguments)
    {
        var child = Start(arguments);
        child.Write(input);
        return Wait(child);
    }

    /// <summary>Runs as a user without any rights; skips where such a user cannot read what was built.</summary>
    public static ExecResult RunAsNobody(params IEnumerable<string> arguments) => RunAsNobodyIn(null, null, arguments);

    /// <summary>The same inside a namespace, which is this process's own where it is null.</summary>
    /// <param name="netns">The namespace.</param>
    /// <param name="capability">The one capability that it has, as setpriv(1) names it; null for none.</param>
    /// <param name="arguments">What the shell is told.</param>
    public static ExecResult RunAsNobodyIn(string? netns, string? capability, params IEnumerable<string> arguments)
    {
        Requires.Root();
        Requires.Tool("setpriv", "util-linux");
        foreach (var path in (string[])[Assembly, Path.Combine(Repository.ModulePath, "CalicoNet.psd1"), ProcessRunner.DotnetHost])
        {
            if (!AsNobody("test", "-r", path).Succeeded)
            {
                throw new SkipException($"an unprivileged user cannot read '{Path.GetFileName(path)}' here");
            }
        }

        string[] command = [ProcessRunner.DotnetHost, "exec", Assembly, .. arguments];
        return netns is null ? AsNobody(command[0], command[1..]) : Wait(AsNobodyIn(Netns.PathOf(netns), capability, command));
    }

    public static ExecResult AsNobody(string program, params IEnumerable<string> arguments)
        => Wait(ProcessRunner.Start(
            "setpriv", ["--reuid", Nobody, "--clear-groups", "--", program, .. arguments],
            AsNobodyLives));

    private static ProcessRunner AsNobodyIn(string netns, string? capability, string[] command)
    {
        string[] rights = capability is null ? [] : [$"--inh-caps=+{capability}", $"--ambient-caps=+{capability}"];
        return ProcessRunner.Start("nsenter", [$"--net={netns}", "--", "setpriv", "--reuid", Nobody, "--clear-groups", .. rights, "--", .. command], AsNobodyLives);
    }

    /// <summary>Sends a signal to one process.</summary>
    public static void Signal(ProcessRunner process, string signal) => Exec.Run("sh", "-c", $"kill -{signal} {process.Id}");

    private static ExecResult Wait(ProcessRunner child)
    {
        using (child)
        {
            child.CloseInput();
            return child.WaitForExit();
        }
    }
}

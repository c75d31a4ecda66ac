using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Shell;

/// <summary><c>--sandbox</c>: namespaces of one's own, as root and as nobody in particular.</summary>
public sealed class SandboxTests : IDisposable
{
    private const int Nobody = 65534;

    private readonly ShellRun _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void As_root_it_sees_only_its_own_loopback_and_an_empty_run()
    {
        Requires.Root();
        Look([]);
    }

    [Fact]
    public void As_an_ordinary_user_it_is_the_same()
    {
        var user = OrdinaryUser();
        var trial = Exec.Try(user[0], [.. user[1..], "unshare", "--user", "--map-root-user", "--net", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/run"]);
        Assert.SkipUnless(trial.Succeeded, $"needs unprivileged user namespaces: {trial.Error.Trim()}");
        Look(user);
    }

    [Fact]
    public void What_another_users_process_of_the_same_number_left_is_no_hindrance()
    {
        Requires.Root();
        var user = OrdinaryUser();
        Assert.SkipUnless(Exec.Try(user[0], [.. user[1..], "unshare", "--user", "--map-root-user", "true"]).Succeeded, "needs unprivileged user namespaces");
        const string script = "file=/tmp/dotnet-diagnostic-$$-1-socket; touch $file; echo $file; exec \"$@\"";

        var result = Exec.Try("sh", ["-c", script, "sh", .. user, .. ShellRun.CommandLine, "--sandbox", "-Command", "'inside'"]);

        var lines = result.Output.Split('\n');
        File.Delete(lines[0]);
        Assert.Equal("inside", lines[1]);
    }

    [Fact]
    public void Namespaces_made_inside_are_not_seen_outside()
    {
        Requires.Root();
        Requires.Iproute2();
        var name = $"cnsh{Environment.ProcessId}";
        using var shell = _shell.Start("--sandbox", "-Command", $"ip netns add {name}; ip netns list; 'made'; cat");
        shell.WaitForOutput("made");

        Assert.Contains(name, shell.Output, StringComparison.Ordinal);
        Assert.False(File.Exists($"/run/netns/{name}"));
        shell.CloseInput();
        Assert.Equal(0, shell.WaitForExit().ExitCode);
    }

    [Fact]
    public void Arguments_exit_code_and_standard_input_pass_through()
    {
        Requires.Root();
        var script = _shell.Script("\"$args\"; cat; exit 9", "a b.ps1");

        var result = _shell.Feed("fed", "--sandbox", script, "-x", "y z", "--sandbox");

        Assert.Equal("-x y z --sandbox\nfed", result.Output);
        Assert.Equal(9, result.ExitCode);
    }

    [Fact]
    public void Ctrl_C_reaches_the_script_inside()
    {
        Requires.Root();
        using var shell = _shell.Start("--sandbox", _shell.Script("'ready'; while ($true) { }"));
        shell.WaitForOutput("ready");

        ShellRun.Signal(shell, "INT");

        Assert.Equal(130, shell.WaitForExit().ExitCode);
    }

    [Fact]
    public void A_machine_without_unshare_is_told_what_is_missing()
    {
        using var shell = ProcessRunner.Start(ProcessRunner.DotnetHost, ["exec", ShellRun.Assembly, "--sandbox", "-Command", "1"], new Dictionary<string, string?> { ["PATH"] = "/nowhere" });

        var result = shell.WaitForExit();

        Assert.Equal(69, result.ExitCode);
        Assert.Contains("util-linux", result.Error, StringComparison.Ordinal);
    }

    private void Look(string[] user)
    {
        _shell.Script("""
            "links $((sh -c 'ls /sys/class/net') -join ',')"
            "run $((sh -c 'ls /run/netns; touch /run/netns/x; ls /run/netns') -join ',')"
            "lo $(sh -c 'cat /sys/class/net/lo/flags')"
            "user $(sh -c 'id -u') sandbox $env:CALICONET_SANDBOX"
            """);
        Exec.Run("chmod", "755", _shell.Directory);

        string[] line = ["env", "-C", _shell.Directory, .. user, .. ShellRun.CommandLine, "--sandbox", "script.ps1"];
        var result = Exec.Run(line[0], line[1..]);

        Assert.Equal("links lo\nrun x\nlo 0x9\nuser 0 sandbox 1\n", result.Output);
        Assert.False(File.Exists("/run/netns/x"));
    }

    /// <summary>How to run as somebody who is not root: nothing to do, or setpriv.</summary>
    private static string[] OrdinaryUser()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return ["env"];
        }

        Requires.Tool("setpriv", "util-linux");
        string[] user = ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "env", "HOME=/nonexistent"];
        Assert.SkipUnless(
            Exec.Try(user[0], [.. user[1..], "test", "-r", ShellRun.Assembly, "-a", "-x", ProcessRunner.DotnetHost]).Succeeded,
            "needs a repository and a .NET that other users can read");
        return user;
    }
}

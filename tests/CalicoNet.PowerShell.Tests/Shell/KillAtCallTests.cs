using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Shell;

/// <summary>The shell is killed on its way into each system call with which a pipeline makes or removes an endpoint: nothing stays for good.</summary>
public sealed class KillAtCallTests
{
    [Theory]
    [InlineData("unshare", "New-CalicoEndpoint")]
    [InlineData("mount", "New-CalicoEndpoint")]
    [InlineData("sendto", "New-CalicoEndpoint")]
    [InlineData("sendto", "Remove-CalicoEndpoint")]
    [InlineData("umount2", "Remove-CalicoEndpoint")]
    [InlineData("unlink", "Remove-CalicoEndpoint")]
    public void Killed_at_any_call_of_the_pipeline_the_next_removal_leaves_nothing(string call, string command)
    {
        using var lab = Lab.Create();
        using var folder = new TempDirectory();
        var script = folder.File("endpoint.ps1");
        File.WriteAllText(script, $"param($p, $h, $d) {command} \"${{p}}web\" {(command == "New-CalicoEndpoint" ? "10.65.0.1, fd00:65::1" : "")} -HostNetNamespace $h -Datastore $d");
        lab.Run("$null = New-CalicoEndpoint other 10.66.0.1, fd00:66::1 -NetNamespace \"${p}other\" -HostNetNamespace $h");
        static string Lines(string of, string butNotOf) => string.Join('\n', of.Split('\n').Except(butNotOf.Split('\n')));
        string State() => string.Join(' ', lab.Workloads()) + KernelState.Of(lab.Sandbox, [$"{lab.Prefix}other"]);
        var before = State();

        for (var number = 1; ; number++)
        {
            if (command == "Remove-CalicoEndpoint")
            {
                lab.Run("$null = New-CalicoEndpoint \"${p}web\" 10.65.0.1, fd00:65::1 -HostNetNamespace $h");
            }

            using var shell = ProcessRunner.StartDotnetKilledAt(call, number, folder, ShellProcess.Assembly, script, lab.Prefix, lab.HostName, lab.DatastorePath);
            shell.CloseInput();
            var ended = shell.WaitForExit().ExitCode;
            Assert.True(ended is 0 or 137, $"{ended}");
            var removed = lab.Host.Run("Remove-CalicoEndpoint \"${p}web\" -HostNetNamespace $h");
            Assert.All(removed.Errors, error => Assert.StartsWith("ObjectNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal));
            Assert.Single(lab.Run("Get-CalicoEndpoint -HostNetNamespace $h").Output);
            var after = State();
            Assert.True(before == after, $"after SIGKILL at {call} {number} there is\n{Lines(after, before)}\ninstead of\n{Lines(before, after)}");
            if (ended == 0)
            {
                Assert.True(number > 1, $"{call} is never called");
                return;
            }
        }
    }
}

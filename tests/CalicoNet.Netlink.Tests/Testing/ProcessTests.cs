using System.Reflection;
using CalicoNet.Testing;

namespace CalicoNet.Netlink.Tests.Testing;

public class ProcessTests
{
    [Fact]
    public void A_program_is_killed_in_the_middle_of_its_work_and_says_so()
    {
        using var child = ProcessRunner.Start("sh", "-c", "echo ready; exec sleep 60");
        child.WaitForOutput("ready");

        child.Kill();

        Assert.Equal(128 + 9, child.WaitForExit().ExitCode);
    }

    [Fact]
    public void A_program_that_does_not_end_is_ended_with_its_descendants()
    {
        using var child = ProcessRunner.Start("sh", "-c", "sleep 61 & echo $!; wait");
        child.WaitForOutput("\n");
        var grandchild = child.Output.Trim();

        Assert.Throws<TimeoutException>(() => child.WaitForExit(TimeSpan.FromMilliseconds(1)));

        // Ended, though perhaps not yet taken note of by its new parent.
        Assert.True(Deadline.Until(
            () => !File.Exists($"/proc/{grandchild}/stat") || File.ReadAllText($"/proc/{grandchild}/stat").Contains(") Z ", StringComparison.Ordinal),
            TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void A_descendant_that_lives_on_does_not_hold_up_the_answer()
    {
        using var child = ProcessRunner.Start("sh", "-c", "sleep 63 & echo $!");

        var result = child.WaitForExit(TimeSpan.FromSeconds(30));

        Assert.Equal(0, result.ExitCode);
        Exec.Run("kill", result.Output.Trim());
    }

    [Fact]
    public void Waiting_for_a_word_that_never_comes_ends_with_the_program()
    {
        using var child = ProcessRunner.Start("sh", "-c", "echo other; echo trouble >&2");

        var error = Assert.Throws<TimeoutException>(() => child.WaitForOutput("ready"));

        Assert.Contains("other", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Output_error_and_exit_code_are_kept_apart()
    {
        var result = Exec.Try("sh", "-c", "echo out; echo err >&2; exit 3");

        Assert.Equal(("out\n", "err\n", 3, false), (result.Output, result.Error, result.ExitCode, result.Succeeded));
        Assert.Contains("sh -c 'echo out; echo err >&2; exit 3'", Assert.Throws<ExecException>(() => result.OrThrow()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Large_output_and_input_do_not_stall_a_program()
    {
        var text = new string('x', 300_000);
        Assert.Equal(text, Exec.Feed(null, text, "cat").Output);
    }

    [Fact]
    public void A_program_runs_inside_a_namespace_under_its_own_id()
    {
        using var sandbox = Sandbox.Create();
        using var child = ProcessRunner.StartIn(sandbox.HostName, "sh", "-c", "echo $$; exec sleep 62");
        child.WaitForOutput("\n");

        Assert.Equal(child.Id, int.Parse(child.Output, null));
        Assert.Equal(Netns.CookieOf(sandbox.HostName), Netns.CookieOf($"/proc/{child.Id}/ns/net"));
    }

    [Fact]
    public void A_dotnet_program_runs_by_its_assembly()
    {
        using var child = ProcessRunner.StartDotnet(Assembly.GetExecutingAssembly().Location, "-?");

        child.WaitForOutput("xUnit.net");
    }

    [Fact]
    public void C_source_is_compiled_once_and_runs()
    {
        const string Source = """
            #include <stdio.h>
            #include <linux/rtnetlink.h>
            int main(void) { printf("%d %zu\n", RTM_NEWROUTE, sizeof(struct rtmsg)); }
            """;

        var program = CCompiler.Compile(Source);

        Assert.Equal("24 12\n", Exec.Run(program).Output);
        Assert.Equal(program, CCompiler.Compile(Source));
        Assert.Contains("error:", Assert.Throws<ExecException>(() => CCompiler.Compile("int main(void) { return x; }")).Message, StringComparison.Ordinal);
    }
}

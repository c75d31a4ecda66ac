using CalicoNet.Testing;

namespace CalicoNet.Core.Tests.Endpoints;

/// <summary>
/// A process is killed (SIGKILL) on its way into each system call with which it makes or removes an endpoint with its record: the writes of the
/// datastore and the requests to the kernel. What it leaves is removed, or made whole, by the same command again: on both sides.
/// </summary>
public sealed class RecordKillTests
{
    [Theory]
    [InlineData("create", "pwrite64")]
    [InlineData("create", "sendto")]
    [InlineData("create", "unshare", "before")]   // of one after another, that is in the next one's kernel part, while its record is written
    [InlineData("remove", "pwrite64")]
    public void Killed_at_any_call_it_leaves_something_to_remove_by_and_no_address_is_lost(string command, string call, params string[] before)
    {
        using var lab = new RecordLab("four 10.65.0.0/24 26", "six fd00:65::/120 122");
        using var folder = new TempDirectory();
        using var endpoints = lab.Open();
        // What all endpoints share is there from the first translated one on.
        var first = lab.Request("first") with { NatFollowsPools = false };
        endpoints.Remove([endpoints.Create(first with { Endpoint = first.Endpoint with { NatOutgoing = true } }).Endpoint.Name]);
        EndpointName[] names = [.. before.Append("killed").Select(one => EndpointName.Create(EndpointName.DefaultWorkloadNamespace, lab.Kernel.Sandbox.Prefix + one))];
        var name = names[^1];
        var state = KernelState.Whole(lab.Kernel.Sandbox);
        var killed = 0;
        for (var number = 1; ; number++)
        {
            if (command == "remove")
                Run(lab, names, "create").OrThrow();
            ExecResult result;
            using (var process = ProcessRunner.StartDotnetKilledAt(call, number, folder, Program, Arguments(lab, names, command)))
            {
                process.CloseInput();
                result = process.WaitForExit();
            }

            if (result.Succeeded)
                break;
            Assert.Equal(137, result.ExitCode);
            killed++;

            // An address that is used is never free: what the kernel has is recorded, or gone.
            var kernel = endpoints.Kernel.List();
            if (command == "remove")
                Assert.All(kernel.SelectMany(state => state.Endpoint.Addresses), address => Assert.Contains(address.ToString(), lab.Used().Keys));

            if (command == "create" && number % 2 == 0)
            {
                endpoints.Remove(names[..^1]);
                var again = Run(lab, [name], "create");
                Assert.True(again.Succeeded || again.Error.Contains("it exists", StringComparison.Ordinal), again.Error);
                var made = Assert.Single(endpoints.List());
                Assert.Equal(EndpointStatus.Ready, made.Status);
                Assert.Equal(made.Endpoint.Addresses.Select(address => address.ToString()).Order(StringComparer.Ordinal), lab.Used().Keys.Order(StringComparer.Ordinal));
            }

            Assert.All(endpoints.Remove(names), removal => Assert.Null(removal.Error));
            lab.AssertNothingHeld();
            Assert.Equal(state, KernelState.Whole(lab.Kernel.Sandbox));
        }

        Assert.True(killed > 0, $"{call} is never called");
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "CalicoNet.NativeSmoke.dll");

    private static string[] Arguments(RecordLab lab, EndpointName[] names, string command)
        => [lab.Kernel.Sandbox.HostName, string.Join(',', names.Select(name => name.Name)), command, lab.Path];

    private static ExecResult Run(RecordLab lab, EndpointName[] names, string command)
        => Exec.Try(ProcessRunner.DotnetHost, ["exec", Program, .. Arguments(lab, names, command)]);
}

using CalicoNet.Testing;

namespace CalicoNet.Core.Tests;

/// <summary>
/// A process is killed (SIGKILL) on its way into each system call with which it makes or removes an endpoint: strace does it, by the name and
/// the number of the call. Removing the endpoint, or the same command again, then leaves nothing, and touches nothing of others.
/// </summary>
public sealed class KillTests
{
    [Theory]
    [InlineData("unshare")]
    [InlineData("mount")]
    [InlineData("sendto")]
    public void A_creation_killed_at_any_call_is_removed_or_made_again(string call)
        => KillAtEach(call, "create");

    [Theory]
    [InlineData("sendto")]
    [InlineData("umount2")]
    [InlineData("unlink")]
    public void A_removal_killed_at_any_call_is_removed_again(string call)
        => KillAtEach(call, "remove");

    private static void KillAtEach(string call, string command)
    {
        using var lab = new EndpointLab();
        using var folder = new TempDirectory();
        using (var manager = lab.Open())
        {
            // Somebody else's endpoint, and what stays on a host for good.
            manager.Create(lab.Endpoint("other", "10.66.0.1", "fd00:66::1") with { NatOutgoing = true });
        }

        // And of everything that an endpoint consists of, something that is nobody's of ours.
        var theirs = lab.Sandbox.AddNamespace("theirs");
        Ip.In(lab.Sandbox.HostName).RunBatch(
            $"link add foreign0 address 02:00:00:00:00:01 type veth peer name eth0 address 02:00:00:00:00:02 netns {theirs}",
            "link set foreign0 addrgenmode none",
            "link set foreign0 up",
            "route add 10.67.0.1 dev foreign0",
            "neigh add 10.67.0.1 lladdr 02:00:00:00:00:02 dev foreign0 nud permanent");
        Nft.In(lab.Sandbox.HostName).Run("add table inet theirs; add set inet theirs nat_addresses4 { type ipv4_addr; }; add element inet theirs nat_addresses4 { 10.65.0.1 }");
        var before = State(lab);
        for (var number = 1; ; number++)
        {
            if (command == "remove")
            {
                Create(lab);
            }

            var result = Killed(lab, folder, command, call, number);
            Assert.True(result.ExitCode is 0 or 137, result.Error);
            if (number % 2 == 0)
            {
                // The same command again: it does the whole work, or finds it done.
                if (command == "remove")
                {
                    Remove(lab);
                }
                else if (Record.Exception(() => Create(lab)) is { } refused)
                {
                    Assert.Equal(CalicoFault.Exists, Assert.IsType<CalicoException>(refused).Fault);
                }
            }

            Remove(lab);
            Assert.True(before == State(lab), $"after SIGKILL at {call} {number}:\n{State(lab)}\ninstead of\n{before}");
            if (result.Succeeded)
            {
                Assert.True(number > 1, $"{call} is never called");
                return;
            }
        }
    }

    private static void Create(EndpointLab lab)
    {
        using var manager = lab.Open();
        manager.Create(lab.Endpoint("killed", "10.65.0.1", "fd00:65::1") with
        {
            Name = Name(lab),
            Host = new LinkRef(lab.Host, Name(lab).HostLinkName),
            Workload = new LinkRef(Netlink.NetNamespaceRef.Parse(Name(lab).Name), "eth0"),
            NatOutgoing = true,
            StaticNeighbor = true,
        });
    }

    private static void Remove(EndpointLab lab)
    {
        using var manager = lab.Open();
        Assert.Null(manager.Remove([Name(lab)])[0].Error);
    }

    private static string State(EndpointLab lab)
        => string.Join('\n', KernelState.Whole(lab.Sandbox));

    private static EndpointName Name(EndpointLab lab) => EndpointName.Create(EndpointName.DefaultWorkloadNamespace, $"{lab.Sandbox.Prefix}killed");

    private static string Program => Path.Combine(AppContext.BaseDirectory, "CalicoNet.NativeSmoke.dll");

    private static ExecResult Killed(EndpointLab lab, TempDirectory folder, string command, string call, int number)
    {
        using var process = ProcessRunner.StartDotnetKilledAt(call, number, folder, Program, lab.Sandbox.HostName, Name(lab).Name, command);
        process.CloseInput();
        return process.WaitForExit();
    }
}

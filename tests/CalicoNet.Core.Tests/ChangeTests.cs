using CalicoNet.Testing;

namespace CalicoNet.Core.Tests;

/// <summary>What every change promises: it is found as it is, its way back leads where it came from, and its command lines do the same.</summary>
public sealed class ChangeTests
{
    public static TheoryData<string> Cases => [.. ChangeCases.All.Keys];

    [Fact]
    public void Every_kind_of_change_is_tried()
    {
        using var lab = new EndpointLab();
        var tried = ChangeCases.All.Values.Where(it => !it.Prepared.Contains("route add", StringComparison.Ordinal)).Select(it => it.Change(lab).GetType()).Append(typeof(RemoveRoute));

        Assert.Empty(typeof(NetworkChange).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(NetworkChange)) && !type.IsAbstract).Except(tried));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_change_is_found_absent_in_place_and_altered_by_others(string name)
    {
        var it = ChangeCases.All[name];
        using var lab = it.Open();
        var change = it.Change(lab);

        Assert.Equal(it.Before, ChangeCases.Inspect(change).State);
        ChangeCases.Apply(change);
        Assert.Equal(FindingState.Present, ChangeCases.Inspect(change).State);
        lab.Run(it.Altered);
        var altered = ChangeCases.Inspect(change);
        Assert.Equal(it.After, altered.State);
        Assert.NotEqual(altered.Expected, altered.Actual);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(1)]
    [InlineData(0)]
    public void A_proxy_delay_that_the_kernel_rounds_is_found_in_place(int milliseconds)
    {
        using var lab = new EndpointLab();
        var change = new SetProxyDelay(new LinkRef(lab.Host, Sandbox.Uplink), Netlink.IPFamily.IPv4, TimeSpan.FromMilliseconds(milliseconds));

        ChangeCases.Apply(change);

        Assert.Equal(FindingState.Present, ChangeCases.Inspect(change).State);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Undoing_a_change_leads_to_the_very_state_there_was_before(string name)
    {
        var it = ChangeCases.All[name];
        using var lab = it.Open();
        var change = it.Change(lab);
        if (!it.IsUndone)
        {
            Assert.Null(change.Inverse);
            return;
        }

        var before = KernelState.Whole(lab.Sandbox);
        ChangeCases.Apply(change);
        Assert.NotEqual(before, KernelState.Whole(lab.Sandbox));
        ChangeCases.Apply(change.Inverse!);

        AssertSame(before, KernelState.Whole(lab.Sandbox));
        Assert.Equal(it.Before, ChangeCases.Inspect(change).State);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_command_lines_of_a_change_and_of_its_way_back_do_the_same_as_it(string name)
    {
        var it = ChangeCases.All[name];
        using var byHand = it.Open();
        using var byChange = it.Open();
        var (printed, applied) = (it.Change(byHand), it.Change(byChange));

        Paste(printed.Commands);
        ChangeCases.Apply(applied);
        AssertSame(KernelState.Whole(byChange.Sandbox), KernelState.Whole(byHand.Sandbox));
        Assert.Equal(FindingState.Present, ChangeCases.Inspect(printed).State);

        if (it.IsUndone)
        {
            Paste(printed.Inverse!.Commands);
            ChangeCases.Apply(applied.Inverse!);
            AssertSame(KernelState.Whole(byChange.Sandbox), KernelState.Whole(byHand.Sandbox));
        }
    }

    [Theory]
    [InlineData("10.65.0.1")]
    [InlineData("fd00:65::1")]
    [InlineData("10.65.0.1", "fd00:65::1", "10.65.0.2", "fd00:65::2")]
    public void The_command_lines_of_an_endpoint_and_of_its_removal_do_the_same_as_they(params string[] addresses)
    {
        foreach (var hasOptions in new[] { false, true })
        {
            using var byHand = new EndpointLab();
            using var byPlan = new EndpointLab();
            var (printed, made) = (Wanted(byHand), Wanted(byPlan));
            using var hand = byHand.Open();
            using var manager = byPlan.Open();

            Paste(hand.Preview(printed).Commands);
            manager.Create(made);
            AssertSame(Whole(byPlan, made), Whole(byHand, printed));
            Assert.Equal(EndpointStatus.Ready, hand.Find(printed.Name)!.Status);

            Paste(hand.PreviewRemoval(printed.Name)!.Commands);
            manager.Remove([made.Name]);
            AssertSame(Whole(byPlan, made), Whole(byHand, printed));
            Assert.Null(hand.Find(printed.Name));

            Endpoint Wanted(EndpointLab lab)
            {
                var endpoint = lab.Endpoint("web", addresses) with { Mac = Netlink.LinkLayerAddress.ParseMac("02:00:00:00:00:0a") };
                return hasOptions ? endpoint with { NatOutgoing = true, StaticNeighbor = true, Gateway = Netlink.IPAddr.Parse("169.254.7.7"), Mtu = 1400 } : endpoint with { Mtu = 0 };
            }
        }
    }

    private static IEnumerable<string> Whole(EndpointLab lab, Endpoint endpoint)
        => KernelState.Whole(lab.Sandbox).Select(line => line.Replace(endpoint.Host.Name, "CALI", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    /// <summary>As somebody does who has read them: in a shell, anywhere.</summary>
    private static void Paste(IEnumerable<string> commands)
    {
        Assert.NotEmpty(commands);
        Exec.Feed(null, $"set -e\n{string.Join('\n', commands)}\n", "sh");
    }

    private static void AssertSame(IEnumerable<string> expected, IEnumerable<string> actual)
    {
        Assert.Empty(actual.Except(expected).Select(line => $"more: {line}").Concat(expected.Except(actual).Select(line => $"less: {line}")));
        Assert.Equal(expected, actual);
    }
}

using CalicoNet.Testing;
using Sandbox = CalicoNet.Testing.Sandbox;

namespace CalicoNet.PowerShell.Tests.Commands;

public sealed class WorkloadConnectionTests : CommandTest
{
    private string Endpoint => $"$e = New-CalicoEndpoint {Sandbox.Prefix}web 10.65.0.2, fd00:65::2 -HostNetNamespace $h; ";

    [Theory]
    [InlineData(Sandbox.HostAddress)]
    [InlineData(Sandbox.HostAddressV6)]
    [InlineData(Sandbox.OutsideAddress)]
    [InlineData(Sandbox.OutsideAddressV6)]
    public void A_target_that_answers_is_told_with_its_times(string target)
    {
        var result = One(Endpoint + $"$e | Test-WorkloadConnection {target} -IntervalMilliseconds 1");

        Assert.Equal((target, "3", "3", "0", "True", ""), (result.Text("TargetName"), result.Text("Sent"), result.Text("Received"), result.Text("LossPercent"), result.Text("Succeeded"), result.Text("Reason")));
        var times = new[] { "LatencyMin", "LatencyAverage", "LatencyMax" }.Select(name => Assert.IsType<double>(result.Get(name))).ToList();
        Assert.Equal(times.Order(), times);
        Assert.InRange(times[0], double.Epsilon, 1000);
    }

    [Fact]
    public void It_sends_from_a_namespace_a_pair_an_endpoint_or_the_current_one()
    {
        Run(Endpoint);
        Assert.All(
            Run($"Test-WorkloadConnection {Sandbox.HostAddress} -NetNamespace {Sandbox.Prefix}web -Count 1 -Quiet; Get-NetNamespace {Sandbox.Prefix}web | Test-WorkloadConnection {Sandbox.HostAddress} -Count 1 -Quiet; "
                + $"$e.VethPair | Test-WorkloadConnection {Sandbox.HostAddress} -Count 1 -Quiet; Invoke-NetNamespace {Sandbox.Prefix}web {{ Test-WorkloadConnection {Sandbox.HostAddress} -Count 1 -Quiet }}").Output,
            answer => Assert.Equal("True", answer.ToString()));
    }

    [Fact]
    public void Each_target_has_its_result_and_silence_is_all_loss()
    {
        Run(Endpoint);
        // Somebody who takes packets and answers none: a neighbor with a MAC address that nobody has.
        Ip.In(Sandbox.HostName).Run($"neigh replace 192.0.2.77 lladdr ee:00:00:00:00:77 dev {Sandbox.Uplink} nud permanent");

        var results = Run($"$e | Test-WorkloadConnection {Sandbox.HostAddress}, 192.0.2.77 -Count 2 -IntervalMilliseconds 1").Output;

        Assert.Equal([Sandbox.HostAddress, "192.0.2.77"], results.Texts("TargetName"));
        var silent = results[1];
        Assert.Equal(("2", "0", "100", "False"), (silent.Text("Sent"), silent.Text("Received"), silent.Text("LossPercent"), silent.Text("Succeeded")));
        Assert.Null(silent.Get("LatencyMin"));
        Assert.NotEmpty(silent.Text("Reason"));
        Assert.Equal(["True", "False"], Run($"$e | Test-WorkloadConnection {Sandbox.HostAddress}, 192.0.2.77 -Count 1 -Quiet").Output.Select(value => value.ToString()));
    }

    [Fact]
    public void Without_a_way_there_the_result_says_why()
    {
        var result = One($"Test-WorkloadConnection {Sandbox.OutsideAddress} -NetNamespace $w -Count 1");

        Assert.Equal(("False", "100"), (result.Text("Succeeded"), result.Text("LossPercent")));
        Assert.Contains("unreachable", result.Text("Reason"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Stopping_ends_it_at_once()
    {
        Run(Endpoint);
        var running = Module.RunAsync($"$host.UI.WriteLine('begun'); $e | Test-WorkloadConnection {Sandbox.HostAddress} -Count 10000 -IntervalMilliseconds 60000");
        await Module.WaitForTextAsync("begun");
        await Module.StopAsync();
        Assert.Empty((await running).Output);   // ten thousand minutes were asked for
    }

    [Theory]
    [InlineData("Test-WorkloadConnection 192.0.2.1 -NetNamespace no-such-namespace", "ObjectNotFound")]
    [InlineData("New-VethPair $w -HostNetNamespace $h -WhatIf | Test-WorkloadConnection 192.0.2.1", "PlannedObject")]
    public void What_cannot_be_is_an_error(string script, string id) => Fails(script, id);

    [Theory]
    [InlineData("192.0.2.300")]
    [InlineData("fe80::1%eth0")]
    [InlineData("example.org")]
    public void A_target_that_is_no_address_is_refused_by_its_value(string target)
        => Assert.Contains(target, Assert.Single(Module.Run($"Test-WorkloadConnection {target} -NetNamespace $w").Errors).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("-Count 0")]
    [InlineData("-Count 10001")]
    [InlineData("-TimeoutSeconds 0")]
    [InlineData("-IntervalMilliseconds 0")]
    public void Numbers_out_of_range_are_refused(string argument)
        => Assert.Contains("ParameterArgumentValidationError", Assert.Single(Module.Run($"Test-WorkloadConnection 192.0.2.1 -NetNamespace $w {argument}").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
}

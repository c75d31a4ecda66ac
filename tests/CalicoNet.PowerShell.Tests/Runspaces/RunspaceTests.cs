using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests.Runspaces;

public sealed class RunspaceTests
{
    [Fact]
    public async Task Four_engines_make_and_remove_endpoints_side_by_side()
    {
        using var lab = Lab.Create();
        var census = LeakCensus.Take(LeakScope.Of(lab.Sandbox));
        Task[] Each(string script) => [.. Enumerable.Range(0, 4).Select(part => Task.Run(() =>
        {
            using var engine = CalicoNet.Shell.ModuleHost.Open();
            var result = engine.Run("param($h, $p, $part)\n" + script, lab.HostName, lab.Prefix, part);
            Assert.Empty(result.Errors.Select(error => error.ToString()));
        }))];

        await Task.WhenAll(Each("1..16 | New-CalicoEndpoint -Name { \"${p}web$part-$_\" } -IPAddress { \"10.65.$part.$_\" } -HostNetNamespace $h"));
        var made = lab.Run("Get-CalicoEndpoint -HostNetNamespace $h").Output;
        Assert.Equal(64, made.Count);
        Assert.All(made, endpoint => Assert.Equal("Ready", endpoint.Text("Status")));
        Assert.Equal(64, lab.NatAddresses().Count);

        await Task.WhenAll(Each("Get-CalicoEndpoint \"${p}web$part-*\" -HostNetNamespace $h | Remove-CalicoEndpoint"));
        lab.AssertNoEndpoints();
        lab.Host.Dispose();
        census.AssertNothingLeft();
    }

    [Fact]
    public async Task Of_several_that_make_the_same_endpoint_one_succeeds()
    {
        using var lab = Lab.Create();

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            using var engine = CalicoNet.Shell.ModuleHost.Open();
            return engine.Run("param($h, $p) New-CalicoEndpoint \"${p}web\" 10.65.0.2 -HostNetNamespace $h", lab.HostName, lab.Prefix);
        })));

        Assert.Single(results, result => result.Output.Count == 1 && result.Errors.Count == 0);
        Assert.All(results.Where(result => result.Output.Count == 0), result =>
            Assert.StartsWith("ResourceExists,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal));
        Assert.Equal("Ready", Assert.Single(lab.Run("Get-CalicoEndpoint -HostNetNamespace $h").Output).Text("Status"));
    }

    [Fact]
    public void In_pwsh_parallel_runspaces_lose_nothing()
    {
        Requires.Pwsh();
        using var lab = Lab.Create();

        var result = Exec.Run("pwsh", "-NoProfile", "-NonInteractive", "-Command", $$"""
            $ErrorActionPreference = 'Stop'
            Import-Module '{{Repository.ModulePath}}/CalicoNet.psd1'
            $made = 1..64 | ForEach-Object -Parallel {
                Import-Module '{{Repository.ModulePath}}/CalicoNet.psd1'
                New-CalicoEndpoint "{{lab.Prefix}}web$_" "10.65.0.$_" -HostNetNamespace {{lab.HostName}}
            } -ThrottleLimit 8
            "$(@($made).Count) made, $(@($made | Where-Object Status -eq Ready).Count) ready"
            "$(@(Get-ChildItem /proc/self/task/*/ns/net | ForEach-Object Target | Select-Object -Unique).Count) namespace"
            """);

        Assert.Equal("64 made, 64 ready\n1 namespace\n", result.Output);
        Assert.Equal(64, lab.EndpointLinks().Count);
        lab.Run("Get-CalicoEndpoint -HostNetNamespace $h | Remove-CalicoEndpoint");
        lab.AssertNoEndpoints();
    }
}

using System.Diagnostics;
using CalicoNet.Shell;

namespace CalicoNet.Benchmarks.Rows;

/// <summary><c>1..500 | New-CalicoEndpoint</c> in the hosted engine: with an address from a pool, and a record.</summary>
internal sealed class CreateInPipeline(string against, Peer peer, double? atMost) : Row
{
    private const string Script = """
        param($count)
        if (-not (Get-CalicoIPPool bench*)) { $null = New-CalicoIPPool bench 10.5.0.0/16 }
        $made = @(1..$count | New-CalicoEndpoint -Name { "bm$_" } -MtuSize 1450)
        $made.Count
        """;

    private readonly Lazy<ModuleHost> _host = new(() => ModuleHost.Open());

    public override string Work => "1..500 | New-CalicoEndpoint";

    public override string Against => against;

    public override double? AtMost => atMost;

    public override void WarmUp()
    {
        for (var i = 0; i < 2; i++)
        {
            Create(200);
            RemoveAll();
        }
    }

    public override (double Ours, double Peer) Measure(int round)
    {
        var theirs = peer.Create();
        var ours = Create(500);
        RemoveAll();
        return (ours, theirs);
    }

    public override void CleanUp() => _host.Value.Dispose();

    private void RemoveAll()
    {
        var result = _host.Value.Run("Get-CalicoEndpoint | Remove-CalicoEndpoint");
        if (result.Errors.Count > 0)
        {
            throw new InvalidOperationException($"The pipeline failed: {string.Join("; ", result.Errors)}");
        }

        Settle.Wait();
    }

    private double Create(int count)
    {
        Settle.Wait();
        var watch = Stopwatch.StartNew();
        var result = _host.Value.Run(Script, count);
        var each = watch.Elapsed.TotalMilliseconds / count;
        return result.Errors.Count == 0 && (int)result.Output[0].BaseObject == count
            ? each
            : throw new InvalidOperationException($"The pipeline failed: {string.Join("; ", result.Errors)}");
    }
}

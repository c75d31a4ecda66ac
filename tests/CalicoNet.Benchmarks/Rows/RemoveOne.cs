using System.Diagnostics;
using CalicoNet.Shell;
using CalicoNet.Testing;

namespace CalicoNet.Benchmarks.Rows;

/// <summary><c>Remove-CalicoEndpoint</c> until the link is gone, against <c>ip link del</c> of a veth.</summary>
internal sealed class RemoveOne : Row
{
    private const int Count = 20;
    private readonly Lazy<ModuleHost> _host = new(() => ModuleHost.Open());

    public override string Work => "remove one endpoint (Remove-CalicoEndpoint)";

    public override string Against => "ip link del";

    public override double? AtLeast => 8;

    public override void WarmUp() => Measure(-1);

    public override (double Ours, double Peer) Measure(int round)
    {
        double ours = 0, theirs = 0;
        for (var i = 0; i < Count; i++)
        {
            Exec.Run("ip", "link", "add", "vb0", "type", "veth", "peer", "name", "vb1");
            var watch = Stopwatch.StartNew();
            Exec.Run("ip", "link", "del", "vb0");
            theirs += watch.Elapsed.TotalMilliseconds;

            var made = _host.Value.Run("New-CalicoEndpoint bm1 10.5.0.1");
            watch.Restart();
            var removed = _host.Value.Run("Remove-CalicoEndpoint bm1");
            ours += watch.Elapsed.TotalMilliseconds;
            if (made.Errors.Count + removed.Errors.Count > 0)
            {
                throw new InvalidOperationException($"{made.Errors.Concat(removed.Errors).First()}");
            }
        }

        return (ours / Count, theirs / Count);
    }

    public override void CleanUp()
    {
        _host.Value.Dispose();
        Settle.Wait();
    }
}

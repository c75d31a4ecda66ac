using System.Diagnostics;
using System.Globalization;
using CalicoNet.Core;
using CalicoNet.Netlink;
using CalicoNet.Testing;

namespace CalicoNet.Benchmarks.Rows;

/// <summary>500 endpoints removed, until all links and namespaces are gone, against a loop of <c>ip netns del</c> and <c>ip link del</c>.</summary>
internal sealed class RemoveMany : Row
{
    private const int PeerCount = 100;
    private const string Loop = "for ((i = 0; i < $1; i++)); do ip link del v-sd$i-peer; ip netns del sd$i; done";

    public override string Work => "remove 500 endpoints";

    public override string Against => "loop of ip link del + ip netns del";

    public override double? AtLeast => 20;

    public override (double Ours, double Peer) Measure(int round)
    {
        Exec.Run("bash", Peer.Source("seed-script.sh"), PeerCount.ToString(CultureInfo.InvariantCulture));
        Settle.Wait();
        var watch = Stopwatch.StartNew();
        Exec.Run("bash", "-c", Loop, "loop", PeerCount.ToString(CultureInfo.InvariantCulture));
        var theirs = watch.Elapsed.TotalMilliseconds / PeerCount;

        const int count = 500;
        using var manager = EndpointManager.Open(NetNamespaceRef.Own);
        var names = Enumerable.Range(0, count).Select(i => Endpoints.Make(i, Kind.Plain)).Select(endpoint => manager.Create(endpoint).Endpoint.Name).ToList();
        Settle.Wait();
        watch.Restart();
        var removals = manager.Remove(names);
        var ours = watch.Elapsed.TotalMilliseconds / count;
        Settle.Wait();
        return removals.All(removal => removal.Found && removal.Error is null) ? (ours, theirs) : throw new InvalidOperationException("Not all were removed.");
    }
}

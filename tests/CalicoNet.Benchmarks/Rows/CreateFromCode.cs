using System.Diagnostics;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Benchmarks.Rows;

/// <summary>500 endpoints from C#, one thread.</summary>
internal sealed class CreateFromCode(string against, Peer peer, double? atMost, Kind kind) : Row
{
    public override string Work => kind switch
    {
        Kind.Plain => "create 500 endpoints from C#",
        Kind.Static => "the same, permanent neighbors at both ends",
        _ => "the same, dual stack",
    };

    public override string Against => against;

    public override double? AtMost => atMost;

    public override void WarmUp()
    {
        for (var i = 0; i < 2; i++)
        {
            Create(200);
            Endpoints.RemoveAll();
        }
    }

    public override (double Ours, double Peer) Measure(int round)
    {
        var theirs = peer.Create();
        var ours = Create(peer.Count);
        Endpoints.RemoveAll();
        return (ours, theirs);
    }

    private double Create(int count)
    {
        Settle.Wait();
        var watch = Stopwatch.StartNew();
        using var manager = EndpointManager.Open(NetNamespaceRef.Own);
        for (var i = 0; i < count; i++)
        {
            manager.Create(Endpoints.Make(i, kind));
        }

        return watch.Elapsed.TotalMilliseconds / count;
    }
}

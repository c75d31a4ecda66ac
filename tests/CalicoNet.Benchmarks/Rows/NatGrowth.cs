using System.Diagnostics;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Benchmarks.Rows;

/// <summary>One address more for outgoing NAT, with 10,000 there, against with 10 there.</summary>
internal sealed class NatGrowth : Row
{
    private const int Few = 10, Many = 10_000, Sample = 200;
    private static readonly UInt128 First = IPAddr.Parse("10.8.0.0").Bits();

    public override string Work => "outgoing NAT, the 10,000th address";

    public override string Against => "the 10th";

    public override double? AtMost => 1.5;

    public override void WarmUp() => Measure(-1);

    public override (double Ours, double Peer) Measure(int round)
    {
        using var host = NetworkStack.Open(NetNamespaceRef.Own);
        using var session = new NetworkSession(host);
        HostSetup.MissingFirewall(host).Apply(session, OnFailure.Undo).ThrowIfFailed();
        Fill(session, 0, Few);
        var few = Time(session, Few);
        Fill(session, Few, Many);
        var many = Time(session, Many);
        Remove(session, 0, Many);
        return (many, few);
    }

    private static AddNatElement Element(int number) => new(NetNamespaceRef.Own, NatSet.Addresses, IPAddr.FromBits(IPFamily.IPv4, First + (UInt128)number).ToPrefix());

    private static void Fill(NetworkSession session, int from, int to) => Apply(session, Enumerable.Range(from, to - from).Select(Element));

    private static void Remove(NetworkSession session, int from, int to) => Apply(session, Enumerable.Range(from, to - from).Select(number => Element(number).Inverse));

    private static void Apply(NetworkSession session, IEnumerable<NetworkChange> changes)
    {
        var plan = new NetworkPlan();
        foreach (var change in changes)
        {
            plan.Add(change);
        }

        plan.Apply(session, OnFailure.Undo).ThrowIfFailed();
    }

    /// <summary>Each address in a transaction of its own, and taken out uncounted, so that the number stays.</summary>
    private static double Time(NetworkSession session, int there)
    {
        var watch = new Stopwatch();
        for (var i = 0; i < Sample; i++)
        {
            watch.Start();
            Fill(session, there, there + 1);
            watch.Stop();
            Remove(session, there, there + 1);
        }

        return watch.Elapsed.TotalMilliseconds / Sample;
    }
}

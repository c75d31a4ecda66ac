using System.Diagnostics;
using System.Globalization;
using CalicoNet.Netlink;
using CalicoNet.Shell;
using CalicoNet.Testing;

namespace CalicoNet.Benchmarks.Rows;

/// <summary><c>Get-NeighborTable</c> with 100,000 entries.</summary>
internal sealed class NeighborDump(NeighborDump.Peer peer) : Row
{
    private const int Entries = 100_000;
    private const string Name = "bmneigh";
    private readonly Lazy<ModuleHost> _host = new(() => ModuleHost.Open());

    public enum Peer
    {
        PlainIp,
        JsonInPwsh,
    }

    public override string Work => "Get-NeighborTable, 100,000 entries";

    public override string Against => peer == Peer.PlainIp ? "ip neigh" : "ip -j neigh | ConvertFrom-Json, in pwsh";

    public override double? AtMost => peer == Peer.PlainIp ? 1.5 : null;

    public override double? AtLeast => peer == Peer.JsonInPwsh ? 8 : null;

    public override string? Missing => peer == Peer.JsonInPwsh && !Exec.Try("sh", "-c", "command -v pwsh").Succeeded ? "no pwsh here" : null;

    public override void WarmUp()
    {
        using var stack = NetNamespaces.Create(Name);
        using var own = NetworkStack.Open(NetNamespaceRef.Own);
        var link = own.Links.AddVeth(new VethSpec("bmneigh0", "eth0"), stack);
        stack.Links.SetState(link.PeerIndex, up: true);
        var first = IPAddr.Parse("10.8.0.1").Bits();
        for (var i = 0; i < Entries;)
        {
            for (; i < Entries && !stack.Batch.IsFull; i++)
            {
                NeighborWire.Add(stack.Batch, new NeighborEntry(link.PeerIndex, IPAddr.FromBits(IPFamily.IPv4, first + (UInt128)i), LinkLayerAddress.ParseMac("02:00:00:00:00:01"), NeighborState.Permanent));
            }

            stack.Flush();
        }

        Ours();
    }

    public override (double Ours, double Peer) Measure(int round)
    {
        var ours = Ours();
        if (peer == Peer.JsonInPwsh)
        {
            var script = $"$null = ip -n {Name} -j neigh | ConvertFrom-Json; (Measure-Command {{ $rows = ip -n {Name} -j neigh | ConvertFrom-Json }}).TotalMilliseconds";
            return (ours, double.Parse(Exec.Run("pwsh", "-NoProfile", "-NonInteractive", "-Command", script).Output.Trim(), CultureInfo.InvariantCulture));
        }

        var watch = Stopwatch.StartNew();
        Exec.Run("sh", "-c", $"ip -n {Name} neigh > /dev/null");
        return (ours, watch.Elapsed.TotalMilliseconds);
    }

    public override void CleanUp()
    {
        NetNamespaces.Remove(Name);
        if (_host.IsValueCreated)
        {
            _host.Value.Dispose();
        }

        Settle.Wait();
    }

    private double Ours()
    {
        GC.Collect();
        var watch = Stopwatch.StartNew();
        var result = _host.Value.Run("param($name) $rows = Get-NeighborTable $name; $rows.Count", Name);
        return result.Errors.Count == 0 && (int)result.Output[0].BaseObject >= Entries ? watch.Elapsed.TotalMilliseconds : throw new InvalidOperationException($"{string.Join("; ", result.Errors)}");
    }
}

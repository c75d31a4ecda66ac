using CalicoNet.Shell;

namespace CalicoNet.Benchmarks.Rows;

/// <summary>
/// The managed heap of a session after 10,000 endpoints made and removed, against after 1,000, when everything is compiled and every cache is full.
/// The unit is MiB, not milliseconds.
/// </summary>
internal sealed class Memory : Row
{
    private const int Few = 1_000, Many = 10_000, Each = 250;

    public override string Work => "memory after 10,000 endpoints made and removed (MiB)";

    public override string Against => "after 1,000";

    public override double? AtMost => 1.1;

    public override (double Ours, double Peer) Measure(int round)
    {
        using var host = ModuleHost.Open();
        Cycle(host, Few);
        var few = Heap();
        Cycle(host, Many - Few);
        var many = Heap();
        Settle.Wait();
        return (many, few);
    }

    private static void Cycle(ModuleHost host, int count)
    {
        for (; count > 0; count -= Each)
        {
            var result = host.Run("param($n) 1..$n | New-CalicoEndpoint -Name { \"bm$_\" } -IPAddress { \"10.5.0.$_\" } -StaticNeighbor Enabled | Remove-CalicoEndpoint", Each);
            if (result.Errors.Count > 0)
            {
                throw new InvalidOperationException($"{result.Errors[0]}");
            }
        }
    }

    private static double Heap()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true) / 1024.0 / 1024.0;
    }
}

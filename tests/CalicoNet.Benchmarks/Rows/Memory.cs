using CalicoNet.Shell;

namespace CalicoNet.Benchmarks.Rows;

/// <summary>The managed heap of the process after 1,000 endpoints made and removed, against after 10. The unit is MiB, not milliseconds.</summary>
internal sealed class Memory : Row
{
    public override string Work => "memory after 1,000 endpoints made and removed (MiB)";

    public override string Against => "after 10";

    public override double? AtMost => 1.1;

    public override (double Ours, double Peer) Measure(int round)
    {
        using var host = ModuleHost.Open();
        Cycle(host, 100);
        Cycle(host, 10);
        var few = Heap();
        for (var i = 0; i < 10; i++)
        {
            Cycle(host, 100);
        }

        var many = Heap();
        Settle.Wait();
        return (many, few);
    }

    private static void Cycle(ModuleHost host, int count)
    {
        var result = host.Run("param($n) 1..$n | New-CalicoEndpoint -Name { \"bm$_\" } -IPAddress { \"10.5.0.$_\" } | Remove-CalicoEndpoint", count);
        if (result.Errors.Count > 0)
        {
            throw new InvalidOperationException($"{result.Errors[0]}");
        }
    }

    private static double Heap()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true) / 1024.0 / 1024.0;
    }
}

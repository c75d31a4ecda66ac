using System.Diagnostics;

namespace CalicoNet.Benchmarks;

/// <summary>
/// Waits until the kernel has taken down the namespaces that were removed before: it does so in the background, under the lock that what is
/// measured next needs.
/// </summary>
internal static class Settle
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static void Wait()
    {
        // A link cannot be removed completely while the clean-up holds the lock; three in a row at an idle pace say that it is through.
        var watch = Stopwatch.StartNew();
        for (var quiet = 0; quiet < 3 && watch.Elapsed < Patience;)
        {
            var before = NetNamespacesInKernel();
            Thread.Sleep(100);
            quiet = NetNamespacesInKernel() == before ? quiet + 1 : 0;
        }
    }

    /// <summary>How many network namespaces the kernel has, dying ones included.</summary>
    private static string NetNamespacesInKernel()
        => File.ReadLines("/proc/slabinfo").FirstOrDefault(line => line.StartsWith("net_namespace ", StringComparison.Ordinal))?.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1] ?? "";
}

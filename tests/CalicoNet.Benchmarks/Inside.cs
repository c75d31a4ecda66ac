using System.Diagnostics;

namespace CalicoNet.Benchmarks;

/// <summary>Runs the benchmark again in network and mount namespaces of its own: the process's own namespace plays the host.</summary>
internal static class Inside
{
    private const string Prepare = "mount -t tmpfs -o mode=755 tmpfs /run && mkdir /run/netns && ip link set lo up && exec \"$@\"";

    public static int Run(string[] args)
    {
        var start = new ProcessStartInfo("unshare") { UseShellExecute = false };
        foreach (var word in (string[])["--net", "--mount", "--", "sh", "-c", Prepare, "sh", Environment.ProcessPath!, .. Options.ForInside(args)])
        {
            start.ArgumentList.Add(word);
        }

        // On a disk, as a machine's own is.
        var folder = Directory.CreateTempSubdirectory("caliconet-benchmark-");
        start.Environment["CALICONET_DATASTORE"] = Path.Combine(folder.FullName, "caliconet.db");
        try
        {
            using var process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

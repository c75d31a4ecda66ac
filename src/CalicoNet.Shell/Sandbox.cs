using System.ComponentModel;
using System.Diagnostics;

namespace CalicoNet.Shell;

/// <summary>
/// Runs this program again in namespaces of its own: network, so that nothing reaches the machine's; mount, with an empty /run, so that
/// namespaces made here are seen nowhere else and go with the process; user, where it is not root's.
/// </summary>
internal static class Sandbox
{
    // mount's propagation is private under unshare --mount, so the machine's /run stays what it is. /run/netns must be there to be shared.
    private const string Prepare = "mount -t tmpfs -o mode=755 tmpfs /run && mkdir /run/netns && exec \"$@\"";

    public static int Run(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("unshare") { UseShellExecute = false };
        foreach (var word in (string[])["--net", "--mount", .. Environment.IsPrivilegedProcess ? [] : (string[])["--user", "--map-root-user"], "--", "sh", "-c", Prepare, "sh", .. Self(), .. arguments])
        {
            start.ArgumentList.Add(word);
        }

        // Ctrl-C reaches the whole foreground group: the shell inside handles it, this one waits for it.
        Console.CancelKeyPress += (_, e) => e.Cancel = true;
        try
        {
            using var process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (Win32Exception)
        {
            throw new ShellException("--sandbox needs the program unshare of util-linux, which was not found.", ExitCodes.Unavailable);
        }
    }

    /// <summary>The command line of this program: its executable, or dotnet and its assembly.</summary>
    private static IEnumerable<string> Self()
    {
        var executable = Environment.ProcessPath!;
        var assembly = Path.Combine(AppContext.BaseDirectory, $"{typeof(Sandbox).Assembly.GetName().Name}.dll");
        return Path.GetFileNameWithoutExtension(executable) == "dotnet" ? [executable, assembly] : [executable];
    }
}

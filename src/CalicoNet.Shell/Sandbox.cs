using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CalicoNet.Shell;

/// <summary>
/// Runs this program again in namespaces of its own: network, so that nothing reaches the machine's; mount, with an empty /run, so that
/// namespaces made here are seen nowhere else and go with the process; user, where it is not root's.
/// </summary>
internal static class Sandbox
{
    // mount's propagation is private under unshare --mount, so the machine's /run stays what it is. /run/netns must be there to be shared.
    private const string Prepare = "{ mount -t tmpfs -o mode=755 tmpfs /run && mkdir /run/netns; } || exit 69; exec \"$@\""; // EX_UNAVAILABLE

    public static int Run(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("unshare") { UseShellExecute = false };
        foreach (var word in (string[])["--net", "--mount", .. Environment.IsPrivilegedProcess ? [] : (string[])["--user", "--map-root-user"], "--", "sh", "-c", Prepare, "sh", .. Self(), .. arguments])
        {
            start.ArgumentList.Add(word);
        }

        // unshare and sh become the shell inside, so the child's number is that shell's. Whoever ends this process means that one.
        Process? process = null;
        var gate = new Lock();
        void Forward(PosixSignalContext context)
        {
            lock (gate)
            {
                context.Cancel = process is not null;
                var (number, isSent) = context.Signal switch
                {
                    PosixSignal.SIGINT => (2, Console.IsInputRedirected),   // Ctrl-C on a terminal reaches the whole foreground group
                    PosixSignal.SIGHUP => (1, true),
                    _ => (15, true),
                };
                if (isSent && process is { HasExited: false })
                {
                    _ = SendSignal(process.Id, number);
                }
            }
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Forward);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Forward);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Forward);
        try
        {
            lock (gate)
            {
                process = Process.Start(start)!;
            }

            process.WaitForExit();
            return process.ExitCode;
        }
        catch (Win32Exception)
        {
            throw new ShellException("--sandbox needs the program unshare of util-linux, which was not found.", ExitCodes.Unavailable);
        }
        finally
        {
            process?.Dispose();
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int process, int signal);

    /// <summary>The command line of this program: its executable, or dotnet and its assembly.</summary>
    private static IEnumerable<string> Self()
    {
        var executable = Environment.ProcessPath!;
        var assembly = Path.Combine(AppContext.BaseDirectory, $"{typeof(Sandbox).Assembly.GetName().Name}.dll");
        return Path.GetFileNameWithoutExtension(executable) == "dotnet" ? [executable, assembly] : [executable];
    }
}

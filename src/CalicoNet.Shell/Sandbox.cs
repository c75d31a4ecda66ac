using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CalicoNet.Shell;

/// <summary>
/// Runs this program again in namespaces of its own: network, so that nothing reaches the machine's; mount, with an empty /run, so that
/// namespaces made here are seen nowhere else and go with the process, and so is the datastore; user, where it is not root's.
/// </summary>
internal static partial class Sandbox
{
    private const string Mark = "CALICONET_SANDBOX";
    private const nuint SetInterfaceFlags = 0x8914;   // SIOCSIFFLAGS

    // All of /run, not /run/netns: that may not exist, and only root could make it. A /sys of its own shows the links of the new network
    // namespace in /sys/class/net, as `ip netns exec` does; where a container's masks forbid it, netlink still tells the truth.
    private const string Prepare = $$"""
        mount -t tmpfs -o mode=755 tmpfs /run && mkdir /run/netns || exit 1
        mount -t sysfs sysfs /sys 2>/dev/null
        export CALICONET_DATASTORE=/run/caliconet/caliconet.db
        export {{Mark}}=1
        exec "$@"
        """;

    /// <summary>Whether this process was started by <see cref="Enter"/>. Scripts see it as the environment variable CALICONET_SANDBOX.</summary>
    public static bool IsInside => Environment.GetEnvironmentVariable(Mark) is { Length: > 0 };

    /// <summary>Becomes the program inside: same process, so terminal, exit code and signals are its own. Returns only by an exception.</summary>
    public static int Enter(IReadOnlyList<string> arguments)
    {
        string[] user = Environment.IsPrivilegedProcess ? [] : ["--user", "--map-root-user"];
        string[] unshare = ["unshare", "--net", "--mount", "--propagation", "private", .. user, "--", "sh", "-c", Prepare, "sh"];
        Rehearse(unshare);
        LeaveNothingBehind();
        _ = Execute(unshare[0], [.. unshare, .. Self(), .. arguments, null]);
        throw new ShellException($"unshare did not start: {new Win32Exception().Message}.", ExitCodes.Unavailable);
    }

    /// <summary>Switches the loopback link on: a new network namespace has it down, no machine has.</summary>
    public static void BringLoopbackUp()
    {
        Span<byte> request = stackalloc byte[40];   // struct ifreq: the name in 16 bytes, the flags
        "lo"u8.CopyTo(request);
        request[16] = 1;                            // IFF_UP
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Dgram, 0);
        _ = Control((int)socket.Handle, SetInterfaceFlags, ref MemoryMarshal.GetReference(request));
    }

    /// <summary>The same with nothing inside, so that a machine that forbids it says so in words: after exec nobody could.</summary>
    private static void Rehearse(string[] unshare)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(unshare[0], [.. unshare[1..], "true"]) { RedirectStandardError = true })!;
            var complaint = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new ShellException(
                    $"This machine allows no sandbox: {complaint}\nRoot can, or a user where unprivileged user namespaces are switched on.", ExitCodes.Unavailable);
            }
        }
        catch (Win32Exception)
        {
            throw new ShellException("--sandbox needs the program unshare of util-linux, which was not found.", ExitCodes.Unavailable);
        }
    }

    /// <summary>The runtime removes its diagnostics socket when it ends; a process that becomes another never ends it.</summary>
    private static void LeaveNothingBehind()
    {
        foreach (var file in Directory.EnumerateFiles(Path.GetTempPath(), $"*-{Environment.ProcessId}-*").Where(IsRuntimes))
        {
            try
            {
                File.Delete(file);
            }
            catch (UnauthorizedAccessException)
            {
                // Another user's: of a process that was killed, and had the number that is ours now.
            }
        }

        static bool IsRuntimes(string path) => Path.GetFileName(path) is var name
            && (name.StartsWith("dotnet-diagnostic-", StringComparison.Ordinal) || name.StartsWith("clr-debug-pipe-", StringComparison.Ordinal));
    }

    /// <summary>The command line of this program: its executable, or dotnet and its assembly.</summary>
    private static string[] Self()
    {
        var executable = Environment.ProcessPath!;
        return Path.GetFileName(executable) == "dotnet" ? [executable, Environment.GetCommandLineArgs()[0]] : [executable];
    }

    [LibraryImport("libc", EntryPoint = "execvp", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string file, string?[] arguments);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int descriptor, nuint request, ref byte argument);
}

using System.Collections.Concurrent;

namespace CalicoNet.Testing;

/// <summary>
/// What a test needs of its machine. What is absent skips the test and says why; under CI (the environment variable `CI`) it fails it,
/// because a suite that skips everything there is green for nothing. PowerShell and Pester alone stay skips.
/// </summary>
public static class Requires
{
    private static readonly Lazy<string?> NamespaceRefusal = new(TryNamespace);
    private static readonly ConcurrentDictionary<(string, string), bool> HasModule = new();

    public static bool IsCI => Environment.GetEnvironmentVariable("CI") is { Length: > 0 } value && value is not ("0" or "false");

    /// <summary>Root that may make network namespaces: in a container without the capability, being root is not enough.</summary>
    public static void Root()
    {
        if (NamespaceRefusal.Value is { } refusal)
            throw Absence($"root with the right to make network namespaces ({refusal})", IsCI);
    }

    public static void Iproute2() => Tool("ip", "iproute2");

    public static void Nftables() => Tool("nft", "nftables");

    public static void Ping() => Tool("ping", "iputils-ping");

    public static void Etcd() => Tool("etcd", "etcd-server");

    public static void CCompiler() => Tool("gcc", "gcc");

    /// <summary>NativeAOT links with clang, or with gcc where there is none.</summary>
    public static void NativeAotLinker()
    {
        if (Find("clang") is null && Find("gcc") is null)
            throw Absence("a linker for NativeAOT: clang or gcc", IsCI);
    }

    public static void Pwsh()
    {
        if (Find("pwsh") is null)
            throw Absence("pwsh", fails: false);
    }

    public static void Pester() => PwshModule("Pester", "5.0");

    /// <summary>A module of pwsh, of a version or a later one.</summary>
    public static void PwshModule(string name, string version)
    {
        Pwsh();
        if (!HasModule.GetOrAdd((name, version), _ => Exec.Try(
            "pwsh", "-NoProfile", "-NonInteractive", "-Command",
            $"if (-not (Get-Module -ListAvailable {name} | Where-Object {{ $_.Version -ge [version]'{version}' }})) {{ exit 1 }}").Succeeded))
            throw Absence($"{name} {version} in pwsh", fails: false);
    }

    /// <summary>The path of the recorded outputs, or of one file or folder of them.</summary>
    public static string Golden(params string[] parts)
    {
        var path = Path.Combine([Repository.GoldenPath, .. parts]);
        return Path.Exists(path) ? path : throw Absence($"the recorded outputs: {Path.GetRelativePath(Repository.Root, path)}", IsCI);
    }

    public static void Tool(string name, string package)
    {
        if (Find(name) is null)
            throw Absence(name == package ? name : $"{name} (package {package})", IsCI);
    }

    /// <summary>What to throw for something absent: a failure, or what xUnit v3 takes for a skip.</summary>
    public static Exception Absence(string need, bool fails) =>
        fails ? new InvalidOperationException($"CI must have what tests need: {need}") : new SkipException($"needs {need}");

    /// <summary>Looks a program up on PATH and, because an unprivileged PATH often lacks them, in the administrator's folders.</summary>
    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/sbin", "/sbin"])
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    private static string? TryNamespace()
    {
        if (!Environment.IsPrivilegedProcess)
            return "not root";
        string? refusal = null;
        // On a thread that ends with its namespace: nothing else ever sees it.
        var thread = new Thread(() => refusal = Interop.Unshare(Interop.CloneNewNet) == 0 ? null : Interop.LastError("unshare").Message);
        thread.Start();
        thread.Join();
        return refusal;
    }
}

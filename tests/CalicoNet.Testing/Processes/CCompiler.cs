using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace CalicoNet.Testing;

/// <summary>
/// Compiles C: the kernel's own headers as an oracle for constants and offsets, and helpers that a managed process cannot be.
/// The same source is compiled once in a process; everything is removed when the process ends.
/// </summary>
public static class CCompiler
{
    private static readonly ConcurrentDictionary<string, Lazy<string>> Cache = new();

    private static readonly Lazy<TempDirectory> Directory = new(() =>
    {
        var directory = new TempDirectory();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => directory.Dispose();
        return directory;
    });

    private static readonly Lazy<bool> LinksStatically = new(() => TryCompile("int main(void) { return 0; }", ["-static"], "static-probe").Succeeded);

    /// <summary>Where the executables are, once there is one; not a leak before the process ends.</summary>
    internal static string? CachePath => Directory.IsValueCreated ? Directory.Value.Path : null;

    /// <summary>The path of the executable made from a source text: static where the machine has a static libc.</summary>
    public static string Compile(string source, params string[] options)
    {
        Requires.CCompiler();
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', [source, .. options]))))[..24];
        return Cache.GetOrAdd(key, _ => new Lazy<string>(() =>
        {
            TryCompile(source, LinksStatically.Value ? ["-static", .. options] : options, key).OrThrow();
            return Path.Combine(Directory.Value.Path, key);
        })).Value;
    }

    private static ExecResult TryCompile(string source, string[] options, string name)
    {
        var path = Path.Combine(Directory.Value.Path, name);
        File.WriteAllText(path + ".c", source);
        return Exec.Try("gcc", ["-std=gnu17", "-O1", "-Wall", "-o", path, path + ".c", .. options]);
    }
}

using System.Diagnostics;
using System.Globalization;
using CalicoNet.Testing;

namespace CalicoNet.Benchmarks;

/// <summary>What we are measured against: programs that make endpoints.</summary>
internal abstract class Peer
{
    public static readonly Peer Floor = new CProgram("floor.c", count => [count], after: "total", removePrefix: "fl");
    public static readonly Peer Shortest = new CProgram("shortest.c", count => ["loop", count], after: "endpoints,", removePrefix: "sh");
    public static readonly Peer Seed = new SeedScript();

    /// <summary>How many endpoints a run makes.</summary>
    public virtual int Count => 500;

    /// <summary>Makes endpoints, and removes them uncounted. Milliseconds for each.</summary>
    public abstract double Create();

    public static string Source(string file) => Path.Combine(AppContext.BaseDirectory, "Peers", file);

    /// <summary>Removes namespaces by their names' beginning; their links go with them, in the kernel's own time.</summary>
    protected static void Remove(string prefix)
    {
        foreach (var name in Netlink.NetNamespaces.List().Select(found => found.Name).Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            Netlink.NetNamespaces.Remove(name);
        }

        Settle.Wait();
    }

    private sealed class CProgram(string source, Func<string, string[]> arguments, string after, string removePrefix) : Peer
    {
        private readonly Lazy<string> _program = new(() => CCompiler.Compile(File.ReadAllText(Source(source)), "-O2"));

        public override double Create()
        {
            Settle.Wait();
            var output = Exec.Run(_program.Value, arguments(Count.ToString(CultureInfo.InvariantCulture))).Output;
            Remove(removePrefix);
            var words = output.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
            var value = double.Parse(words[Array.IndexOf(words, after) + 1], CultureInfo.InvariantCulture);
            return after == "total" ? value / Count : value;
        }
    }

    private sealed class SeedScript : Peer
    {
        public override int Count => 50;

        public override double Create()
        {
            Settle.Wait();
            var watch = Stopwatch.StartNew();
            Exec.Run("bash", Source("seed-script.sh"), Count.ToString(CultureInfo.InvariantCulture));
            var each = watch.Elapsed.TotalMilliseconds / Count;
            Remove("sd");
            return each;
        }
    }
}

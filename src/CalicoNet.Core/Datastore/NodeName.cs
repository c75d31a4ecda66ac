namespace CalicoNet.Core;

/// <summary>What this host is called as a node: blocks, allocations and records carry the name, letter by letter.</summary>
public static class NodeName
{
    /// <summary>The environment variable that names it.</summary>
    public const string Variable = "CALICONET_NODENAME";

    /// <summary>What CALICONET_NODENAME says, else the host's name in lower case.</summary>
    /// <param name="environment">Gives an environment variable's value; the process's own when null.</param>
    /// <exception cref="ArgumentException">It is no name of a node; the message names it, the rule and the way out.</exception>
    public static string FromEnvironment(Func<string, string?>? environment = null)
        => (environment ?? Environment.GetEnvironmentVariable)(Variable) is { Length: > 0 } given
            ? Check(given)
            : Check(File.ReadAllText("/proc/sys/kernel/hostname").Trim().ToLowerInvariant());

    /// <summary>Checks a name: Calico has nodes as DNS names in lower case, and finds no others.</summary>
    /// <exception cref="ArgumentException">It is none; the message names it, the rule and the way out.</exception>
    public static string Check(string name)
    {
        WorkloadEndpointName.CheckNode(name);
        return name;
    }
}

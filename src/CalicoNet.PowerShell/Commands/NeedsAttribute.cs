namespace CalicoNet.Commands;

/// <summary>
/// The capabilities without which the kernel refuses a cmdlet's work in the session's own namespace (capabilities(7)). To get into another
/// namespace CAP_SYS_ADMIN is needed for all of them.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class NeedsAttribute(params string[] capabilities) : Attribute
{
    public const string NetAdmin = "CAP_NET_ADMIN", NetRaw = "CAP_NET_RAW", SysAdmin = "CAP_SYS_ADMIN";

    /// <summary>Their names.</summary>
    public IReadOnlyList<string> Capabilities => capabilities;

    /// <summary>What to do where they are missing.</summary>
    /// <param name="command">The cmdlet's name.</param>
    public string Advice(string command)
    {
        var all = string.Join(" and ", Capabilities);
        return Capabilities.Contains(SysAdmin)
            ? $"{command} needs {all}: run as root, or give the process what is missing."
            : $"{command} needs {all}, in another namespace than the session's own {SysAdmin} too: run as root, or give the process what is missing.";
    }
}

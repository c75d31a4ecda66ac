namespace CalicoNet.Testing;

/// <summary>Whose leftovers a census looks for: what else runs at the same time decides which can be told apart.</summary>
public sealed class LeakScope
{
    private readonly Func<string, bool> _covers;

    private LeakScope(Func<string, bool> covers, bool isWholeProcess) => (_covers, IsWholeProcess) = (covers, isWholeProcess);

    /// <summary>Every namespace that is not another process's sandbox, and this process: for a machine that runs nothing but tests.</summary>
    public static LeakScope Machine { get; } = new(name => Sandbox.IsOurs(name) || !Sandbox.IsSandboxName(name), true);

    /// <summary>The sandboxes of this process, and the process itself: beside anything else, but with no other test in this process.</summary>
    public static LeakScope Process { get; } = new(Sandbox.IsOurs, true);

    /// <summary>One sandbox, and of the process what is in that sandbox's namespaces: beside other tests.</summary>
    public static LeakScope Of(Sandbox sandbox) => new(sandbox.Owns, false);

    /// <summary>Whether what belongs to no sandbox counts: files, threads, links of the machine.</summary>
    internal bool IsWholeProcess { get; }

    internal bool Covers(string namespaceName) => _covers(namespaceName);
}

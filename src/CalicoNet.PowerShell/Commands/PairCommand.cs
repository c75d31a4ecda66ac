namespace CalicoNet.Commands;

/// <summary>
/// A cmdlet that takes a veth pair, or an object that has one. It acts once for each distinct pair of a pipeline: two routes of a
/// dual-stack pair do not run the rest twice.
/// </summary>
public abstract class PairCommand : NamespaceCommand
{
    private readonly HashSet<(string, string, int)> _seen = [];

    private protected PairCommand()
    {
    }

    /// <summary>Whether a pair came that was not seen in this pipeline yet.</summary>
    private protected bool IsNew(VethPair pair) => _seen.Add((pair.HostNetNamespaceCookie, pair.HostInterfaceAlias, pair.HostInterfaceIndex));

    /// <summary>Runs work on a pair that is open for it, unless it was seen before.</summary>
    private protected void OnPair(VethPair pair, Action<OpenPair> work)
    {
        if (!IsNew(pair))
        {
            return;
        }

        using var open = OpenPair.Open(pair, IsPreview);
        work(open);
    }

    /// <summary>
    /// Runs work on a pair, unless it was seen before, and writes what it gives when the pair's namespaces are closed again: what comes after in
    /// the pipeline takes its time, or removes them.
    /// </summary>
    private protected void FromPair<T>(VethPair pair, Func<OpenPair, IEnumerable<T>> work)
    {
        List<T> found = [];
        OnPair(pair, open => found.AddRange(work(open)));
        WriteObject(found, enumerateCollection: true);
    }
}

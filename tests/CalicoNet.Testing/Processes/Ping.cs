using System.Globalization;

namespace CalicoNet.Testing;

/// <summary>iputils' ping: the judge of "does it work".</summary>
public static class Ping
{
    /// <summary>One echo from a namespace: true as soon as it is answered, false after the wait.</summary>
    public static bool Reaches(string netns, string address, string? source = null, double seconds = 2)
    {
        Requires.Ping();
        string[] from = source is null ? [] : ["-I", source];
        return Exec.TryIn(netns, "ping", ["-n", "-q", "-c", "1", "-W", seconds.ToString(CultureInfo.InvariantCulture), .. from, address]).Succeeded;
    }
}

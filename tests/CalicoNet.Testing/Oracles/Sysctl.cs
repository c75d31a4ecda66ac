namespace CalicoNet.Testing;

/// <summary>
/// /proc/sys as a thread inside the namespace sees it. Names as sysctl(8) has them: dots, or slashes where a link's own name has a dot
/// (`net/ipv4/conf/eth0.100/proxy_arp`).
/// </summary>
public sealed class Sysctl
{
    private readonly string _netns;

    private Sysctl(string netns) => _netns = netns;

    public static Sysctl In(string netns) => new(netns);

    public string Read(string name) => Inside.Run(_netns, () => File.ReadAllText(PathOf(name))).TrimEnd('\n');

    /// <summary>All that can be read below some names, by their full names.</summary>
    public IReadOnlyDictionary<string, string> ReadAll(params string[] below) => Inside.Run(_netns, () =>
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in below.SelectMany(name => Directory.EnumerateFiles(PathOf(name), "*", SearchOption.AllDirectories)))
        {
            try
            {
                found.Add(Path.GetRelativePath("/proc/sys", file).Replace('/', '.'), File.ReadAllText(file).TrimEnd('\n'));
            }
            catch (IOException)
            {
                // Without a value (stable_secret that was never set), or to be written only.
            }
        }

        return found;
    });

    public bool Exists(string name) => Inside.Run(_netns, () => File.Exists(PathOf(name)));

    public void Write(string name, string value) => Inside.Run(_netns, () => File.WriteAllText(PathOf(name), value));

    private static string PathOf(string name) =>
        "/proc/sys/" + (name.Contains('/', StringComparison.Ordinal) ? name : name.Replace('.', '/'));
}

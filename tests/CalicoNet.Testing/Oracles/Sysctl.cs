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

    public bool Exists(string name) => Inside.Run(_netns, () => File.Exists(PathOf(name)));

    public void Write(string name, string value) => Inside.Run(_netns, () => File.WriteAllText(PathOf(name), value));

    private static string PathOf(string name) =>
        "/proc/sys/" + (name.Contains('/', StringComparison.Ordinal) ? name : name.Replace('.', '/'));
}

using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace CalicoNet.Testing;

/// <summary>
/// A host of one's own: a namespace that plays it, with an uplink to a second one that plays the outside world, default routes
/// through it, and no way back for anything but the host's own addresses - as on a real network, workloads need NAT to be answered.
/// <code>
/// host                                   outside
///   up0  192.0.2.1/24      ------------  out0  192.0.2.254/24
///        2001:db8::1/64                        2001:db8::fe/64
///   default via the gateways             lo    203.0.113.8, 2001:db8:8::8, all of 198.51.100.0/24
/// </code>
/// Every namespace whose name begins with <see cref="Prefix"/> goes when the sandbox is disposed, whoever made it.
/// </summary>
public sealed partial class Sandbox : IDisposable
{
    public const string Uplink = "up0";
    public const string HostAddress = "192.0.2.1";
    public const string HostAddressV6 = "2001:db8::1";

    public const string OutsideLink = "out0";
    public const string Gateway = "192.0.2.254";
    public const string GatewayV6 = "2001:db8::fe";

    public const string OutsideAddress = "203.0.113.8";
    public const string OutsideAddressV6 = "2001:db8:8::8";

    /// <summary>Every address of it answers, from <see cref="OutsideHost"/>.</summary>
    public const string OutsideNetwork = "198.51.100.0/24";

    // So many that no process gets a prefix that another one had before: each looks at its end whether something of its own was left.
    private const int PrefixDigits = 6;

    private static readonly ConcurrentDictionary<string, Sandbox> Made = new();
    private static readonly ConcurrentDictionary<ulong, string> Cookies = new();

    private readonly ConcurrentDictionary<string, int> _names = new();

    private Sandbox(string prefix)
    {
        Prefix = prefix;
        HostName = NewName("host");
        OutsideName = NewName("out");
    }

    /// <summary>Begins the name of every namespace of this sandbox, the hyphen included: `cn3f2a91-`.</summary>
    public string Prefix { get; }

    public string HostName { get; }

    public string OutsideName { get; }

    public string HostPath => Netns.PathOf(HostName);

    public string OutsidePath => Netns.PathOf(OutsideName);

    /// <summary>Makes the two namespaces, addressed and up: every address is usable when this returns.</summary>
    public static Sandbox Create()
    {
        Requires.Root();
        Requires.Iproute2();
        var sandbox = Claim();
        try
        {
            sandbox.Build();
            return sandbox;
        }
        catch
        {
            sandbox.Dispose();
            throw;
        }
    }

    /// <summary>A namespace name that is this sandbox's: `cn3f2a91-web`, then `cn3f2a91-web2`. Nothing is made.</summary>
    public string NewName(string what)
    {
        var number = _names.AddOrUpdate(what, 1, (_, last) => last + 1);
        return number == 1 ? $"{Prefix}{what}" : $"{Prefix}{what}{number}";
    }

    /// <summary>Makes an empty namespace, as a container runtime would before it calls a plugin, and returns its name.</summary>
    public string AddNamespace(string what)
    {
        var name = NewName(what);
        Ip.Here.Run($"netns add {name}");
        Know(name);
        return name;
    }

    /// <summary>The n-th address (1-254) of the outside network.</summary>
    public static string OutsideHost(byte number) => $"198.51.100.{number}";

    public void Dispose()
    {
        foreach (var name in Netns.Names().Where(Owns))
            Netns.Remove(name);
    }

    internal static void DisposeAll()
    {
        foreach (var sandbox in Made.Values)
            sandbox.Dispose();
    }

    internal bool Owns(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Whether a namespace name is one of a sandbox that this process made, living or disposed.</summary>
    internal static bool IsOurs(string name) => Made.Values.Any(sandbox => sandbox.Owns(name));

    /// <summary>Whether it is the name of some process's sandbox: test projects run beside each other.</summary>
    internal static bool IsSandboxName(string name) => SandboxName().IsMatch(name);

    /// <summary>The name a namespace had, even when it has lost it; null for one that no sandbox of this process made.</summary>
    internal static string? NameOf(ulong cookie) => Cookies.GetValueOrDefault(cookie);

    [GeneratedRegex("^cn[0-9a-f]{6}-")]
    private static partial Regex SandboxName();

    /// <summary>Creating the host's name is what claims a prefix, against other processes as well.</summary>
    private static Sandbox Claim()
    {
        while (true)
        {
            var sandbox = new Sandbox($"cn{RandomNumberGenerator.GetHexString(PrefixDigits, lowercase: true)}-");
            if (Netns.Exists(sandbox.HostName))
                continue;
            // One process makes both namespaces and the cable; the ends are born where they belong, the machine's own namespace never sees them.
            try
            {
                Ip.Here.RunBatch($"""
                    netns add {sandbox.HostName}
                    netns add {sandbox.OutsideName}
                    link add {Uplink} netns {sandbox.HostName} type veth peer name {OutsideLink} netns {sandbox.OutsideName}
                    """);
            }
            catch (ExecException e) when (e.Message.Contains($"namespace file \"{sandbox.HostPath}\": File exists", StringComparison.Ordinal))
            {
                continue;
            }
            catch
            {
                sandbox.Dispose();
                throw;
            }
            Made.TryAdd(sandbox.Prefix, sandbox);
            return sandbox;
        }
    }

    private void Build()
    {
        Know(HostName);
        Know(OutsideName);

        // The outside first: the host's routes then find a link with a carrier.
        // No duplicate address detection on the addresses made here, but the namespaces keep the kernel's defaults: what is tested must
        // cope with those.
        Ip.In(OutsideName).RunBatch($"""
            link set lo up
            link set {OutsideLink} addrgenmode none
            link set {OutsideLink} up
            address add {Gateway}/24 dev {OutsideLink}
            address add {GatewayV6}/64 dev {OutsideLink} nodad
            address add fe80::fe/64 dev {OutsideLink} nodad
            address add {OutsideAddress}/32 dev lo
            address add {OutsideAddressV6}/128 dev lo nodad
            route add local {OutsideNetwork} dev lo
            """);
        Ip.In(HostName).RunBatch($"""
            link set lo up
            link set {Uplink} addrgenmode none
            link set {Uplink} up
            address add {HostAddress}/24 dev {Uplink}
            address add {HostAddressV6}/64 dev {Uplink} nodad
            address add fe80::1/64 dev {Uplink} nodad
            route add default via {Gateway}
            route add default via {GatewayV6}
            """);
    }

    /// <summary>
    /// Notes which namespace it is, and gives it the kernel's defaults: a new namespace inherits the IPv4 settings of the machine's own
    /// (where a container engine has turned forwarding on, and systemd rp_filter), and a test must see the same everywhere.
    /// </summary>
    private static void Know(string name)
    {
        var cookie = Inside.Run(name, () =>
        {
            foreach (var setting in (string[])["forwarding", "rp_filter", "proxy_arp"])
            {
                File.WriteAllText($"/proc/sys/net/ipv4/conf/all/{setting}", "0");
                File.WriteAllText($"/proc/sys/net/ipv4/conf/default/{setting}", "0");
            }
            return Netns.CurrentCookie();
        });
        Cookies[cookie] = name;
    }
}

namespace CalicoNet.Testing;

/// <summary>What the kernel holds of a host and its workloads, as texts that can be compared: numbers that differ by chance are left out.</summary>
public static class KernelState
{
    private static readonly string[] LinkSettings = ["proxy_arp", "rp_filter", "forwarding", "route_localnet"];

    /// <summary>Everything of a sandbox's host, and of workloads in it; what is called by other names in another sandbox is replaced.</summary>
    public static string Of(Sandbox sandbox, IEnumerable<string> workloads, params (string Name, string As)[] names)
    {
        var text = string.Join('\n', workloads.Prepend(sandbox.HostName).Select(Of));
        foreach (var (name, replacement) in names)
        {
            text = text.Replace(name, replacement, StringComparison.Ordinal);
        }

        return text.Replace(sandbox.Prefix, "PREFIX-", StringComparison.Ordinal);
    }

    /// <summary>Everything of one namespace.</summary>
    public static string Of(string netns)
    {
        var ip = Ip.In(netns);
        var links = ip.Links();
        IEnumerable<string> lines =
        [
            $"=== {netns}",
            .. links.Select(link => $"link {link.Name} up={link.IsUp} mtu={link.Mtu} mac={(link.Name is Sandbox.Uplink ? "any" : link.Mac)} kind={link.Kind} group={link.Group} alias={link.Alias} gen={link.AddressGeneration}"),
            .. ip.Addresses().Select(address => $"address {address.Device} {address.Prefix} {address.Scope} {address.IsTentative}"),
            .. ip.Routes().Select(route => $"route {route with { Metric = route.Metric ?? 0 }}"),
            .. ip.Neighbors().Where(neighbor => neighbor.State == "PERMANENT").Select(neighbor => $"neighbor {neighbor}"),
            .. links.SelectMany(link => LinkSettings.Select(name => $"net/ipv4/conf/{link.Name}/{name}").Concat([$"net/ipv4/neigh/{link.Name}/proxy_delay", $"net/ipv6/conf/{link.Name}/proxy_ndp"]))
                .Concat(["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"]).Select(name => $"{name} = {Sysctl.In(netns).Read(name)}"),
        ];
        return string.Join('\n', lines.Order(StringComparer.Ordinal)) + "\n" + Nft.In(netns).Text();
    }

    /// <summary>The machine's own network, which nothing here may touch.</summary>
    public static string OfMachine()
        => string.Join('\n',
        [
            .. Ip.Here.Links().Select(link => $"{link with { State = "" }}"),
            .. Ip.Here.Addresses().Select(address => address.ToString()),
            .. Ip.Here.Routes().Select(route => route.ToString()),
            File.ReadAllText("/proc/sys/net/ipv4/ip_forward"),
            File.ReadAllText("/proc/sys/net/ipv4/conf/default/forwarding"),
            Exec.Run("nft", "-s", "list", "ruleset").Output,
        ]);
}

using System.Text.Json;

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
            // Not whether it is tentative: the search for duplicates ends when it ends.
            .. ip.Addresses().Select(address => $"address {address.Device} {address.Prefix} {address.Scope}"),
            .. ip.Routes().Select(route => $"route {route with { Metric = route.Metric ?? 0 }}"),
            .. ip.Neighbors().Where(neighbor => neighbor.State == "PERMANENT").Select(neighbor => $"neighbor {neighbor}"),
            .. links.SelectMany(link => LinkSettings.Select(name => $"net/ipv4/conf/{link.Name}/{name}").Concat([$"net/ipv4/neigh/{link.Name}/proxy_delay", $"net/ipv6/conf/{link.Name}/proxy_ndp"]))
                .Concat(["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"]).Select(name => $"{name} = {Sysctl.In(netns).Read(name)}"),
        ];
        return string.Join('\n', lines.Order(StringComparer.Ordinal)) + "\n" + Nft.In(netns).Text();
    }

    /// <summary>
    /// All that ip, nft and /proc/sys tell of the namespaces of a sandbox that are no outside world, property by property: for "exactly as it
    /// was" and "exactly the same". What the kernel counts and learns by itself is left out.
    /// </summary>
    public static IReadOnlyList<string> Whole(Sandbox sandbox)
        => [.. Netns.Names().Where(name => sandbox.Owns(name) && name != sandbox.OutsideName).SelectMany(WholeOf).Select(line => line.Replace(sandbox.Prefix, "PREFIX-", StringComparison.Ordinal))];

    private static IEnumerable<string> WholeOf(string netns)
    {
        static string All(JsonElement row) => string.Join(' ', row.EnumerateObject().Select(property => $"{property.Name}={Value(property)}"));
        var (links, addresses, neighbors, proxies, routes, rules) = ShownWithEveryLocalRoute(Ip.In(netns));
        IEnumerable<string> lines =
        [
            "is there",
            .. links.EnumerateArray().SelectMany(link => link.EnumerateObject().Where(property => !IsByChance(link, property.Name)).Select(property => $"link {link.Text("ifname")} {property.Name} {Value(property)}")),
            .. addresses.EnumerateArray().SelectMany(link => link.GetProperty("addr_info").EnumerateArray().Select(address => $"address {link.Text("ifname")} {All(address)}")),
            // That of multicast the kernel makes by itself when a link is ready, whenever that is.
            .. routes.EnumerateArray().Where(route => route.Text("type") != "multicast").Select(route => $"route {All(route)}"),
            .. neighbors.EnumerateArray().Where(neighbor => neighbor.Texts("state").Contains("PERMANENT")).Select(neighbor => $"neighbor {All(neighbor)}"),
            .. proxies.EnumerateArray().Select(neighbor => $"proxy {All(neighbor)}"),
            .. rules.EnumerateArray().Concat(Ip.In(netns).Json("-6 rule show").EnumerateArray()).Select(rule => $"rule {All(rule)}"),
            .. Sysctl.In(netns).ReadAll("net.ipv4.conf", "net.ipv4.neigh", "net.ipv6.conf", "net.ipv6.neigh").Select(setting => $"{setting.Key} = {setting.Value}"),
        ];
        return lines.Distinct().Order(StringComparer.Ordinal).Concat(Nft.In(netns).Text().Split('\n', StringSplitOptions.RemoveEmptyEntries)).Select(line => $"{netns}: {line}");
    }

    /// <summary>Routes of an IPv6 address itself the kernel makes a moment after it, in the background, and says nothing: they are awaited.</summary>
    private static (JsonElement Links, JsonElement Addresses, JsonElement Neighbors, JsonElement Proxies, JsonElement Routes, JsonElement Rules) ShownWithEveryLocalRoute(Ip ip)
    {
        IReadOnlyList<JsonElement> show = [];
        Deadline.Until(
            () =>
            {
                // Addresses before routes: what comes between the two is not missed.
                show = ip.JsonOf("-d", "link show", "address show", "neighbor show", "neighbor show proxy", "route show table all", "rule show");
                var local = show[4].EnumerateArray().Where(route => route.Text("type") == "local").Select(route => (route.Text("dev"), route.Text("dst"))).ToHashSet();
                return show[1].EnumerateArray().Where(link => link.Texts("flags").Contains("UP"))
                    .SelectMany(link => link.GetProperty("addr_info").EnumerateArray().Select(address => AddressRow.From(link, address)))
                    .All(address => address.Family == 4 || address.IsTentative || local.Contains((address.Device, address.Address)));
            },
            TimeSpan.FromSeconds(10));
        return (show[0], show[1], show[2], show[3], show[4], show[5]);
    }

    /// <summary>A property's value; of flags only those that somebody set: that of the carrier follows at the kernel's leisure.</summary>
    private static string Value(JsonProperty property)
        => property.Name == "flags"
            ? string.Join(',', property.Value.EnumerateArray().Select(flag => flag.GetString()).Where(flag => flag is not ("NO-CARRIER" or "LOWER_UP" or "linkdown" or "dead")))
            : property.Value.ToString();

    /// <summary>Numbers that the kernel gives, and the MAC address that it made of the sandbox's cable.</summary>
    private static bool IsByChance(JsonElement link, string property)
        => property is "ifindex" or "link_index" or "link_netnsid" or "operstate" || (property == "address" && link.Text("ifname") == Sandbox.Uplink);

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

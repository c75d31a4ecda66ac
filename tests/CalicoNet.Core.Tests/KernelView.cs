using System.Text.Json;
using CalicoNet.Testing;

namespace CalicoNet.Core.Tests;

/// <summary>
/// What the kernel has of one endpoint, on the host and in the workload, as lines that can be compared: without numbers and MAC addresses that
/// differ from run to run, and without what the kernel learns by itself.
/// </summary>
internal sealed record KernelView(IReadOnlyList<string> Addresses, int Mtu, IReadOnlyCollection<string> Lines)
{
    private static readonly string[] LinkProperties = ["mtu", "qdisc", "operstate", "linkmode", "group", "txqlen", "inet6_addr_gen_mode", "num_tx_queues", "num_rx_queues", "ifalias", "flags"];
    private static readonly string[] AddressProperties = ["prefixlen", "scope", "nodad", "noprefixroute", "valid_life_time"];
    private static readonly string[] RouteProperties = ["type", "gateway", "table", "protocol", "scope", "metric", "prefsrc", "flags"];
    private static readonly string[] RuleProperties = ["priority", "src", "dst", "fwmark", "table"];

    /// <summary>The state in the form in which Calico's was recorded.</summary>
    public static JsonDocument Record(string host, string workload)
    {
        string Side(string netns)
        {
            string Ask(params string[] arguments) => Exec.In(netns, "ip", ["-j", "-d", .. arguments]).Output;
            var sysctls = Sysctl.In(netns).ReadAll("net.ipv4.conf", "net.ipv4.neigh", "net.ipv6.conf", "net.ipv6.neigh");
            return $$"""
                {"link":{{Ask("link")}},"address":{{Ask("address")}},"route4":{{Ask("-4", "route", "show", "table", "all")}},"route6":{{Ask("-6", "route", "show", "table", "all")}},
                 "neighbor":{{Ask("-4", "neigh")}},"neighbor6":{{Ask("-6", "neigh")}},"rule":{{Ask("rule")}},"sysctl":{{JsonSerializer.Serialize(sysctls)}}}
                """;
        }

        return JsonDocument.Parse($$"""{"host":{{Side(host)}},"workload":{{Side(workload)}}}""");
    }

    public static KernelView Of(JsonElement state, string hostLink)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        var (host, workload) = (state.GetProperty("host"), state.GetProperty("workload"));
        var link = Rows(workload, "link").SingleOrDefault(row => Text(row, "ifname") == "eth0");   // none after a removal
        var isThere = link.ValueKind == JsonValueKind.Object;
        var mac = isThere ? Text(link, "address") : "no MAC";
        var linkLocal = isThere ? Core.Endpoint.LinkLocalOf(Netlink.LinkLayerAddress.ParseMac(mac)).ToString() : "no address";
        string Plain(string line) => line.Replace(mac, "MAC", StringComparison.Ordinal).Replace(linkLocal, "fe80::MAC", StringComparison.Ordinal);

        Add(host, "host", hostLink, "cali");
        Add(workload, "workload", "eth0", "eth0");
        Add(workload, "workload", "lo", "lo");
        foreach (var (side, where) in new[] { (host, "host"), (workload, "workload") })
        {
            lines.UnionWith(Rows(side, "rule").Select(row => $"{where} rule {Properties(row, RuleProperties)}"));
        }

        var addresses = Rows(workload, "address").Where(row => Text(row, "ifname") == "eth0").SelectMany(row => Rows(row, "addr_info"))
            .Where(row => Text(row, "scope") == "global").Select(row => Text(row, "local")).ToList();
        return new KernelView(addresses, isThere ? link.GetProperty("mtu").GetInt32() : 0, lines);

        void Add(JsonElement side, string where, string device, string shown)
        {
            void Line(string text) => lines.Add($"{where} {shown} {Plain(text)}");

            foreach (var row in Rows(side, "link").Where(row => Text(row, "ifname") == device))
            {
                Line($"address {Text(row, "address")}");
                foreach (var property in LinkProperties)
                {
                    Line($"{property} {Text(row, property)}");
                }
            }

            foreach (var row in Rows(side, "address").Where(row => Text(row, "ifname") == device).SelectMany(row => Rows(row, "addr_info")))
            {
                Line($"address {Text(row, "local")} {Properties(row, AddressProperties)}");
            }

            // ip -4 lists both families when it is asked for all tables, where it was recorded.
            foreach (var row in Rows(side, "route4").Concat(Rows(side, "route6")).Where(row => Text(row, "dev") == device))
            {
                Line($"route {Text(row, "dst")} {Properties(row, RouteProperties)}");
            }

            foreach (var row in Rows(side, "neighbor").Concat(Rows(side, "neighbor6")).Where(row => Text(row, "dev") == device && Text(row, "state") == "PERMANENT"))
            {
                Line($"neighbor {Text(row, "dst")} {Text(row, "lladdr")} PERMANENT");
            }

            // Of the loopback interface Calico's switches were not recorded.
            foreach (var sysctl in side.GetProperty("sysctl").EnumerateObject().Where(sysctl => device != "lo" && sysctl.Name.Split('.').Contains(device)))
            {
                Line($"sysctl {sysctl.Name.Replace($".{device}.", ".DEV.", StringComparison.Ordinal)} = {sysctl.Value.GetString()}");
            }
        }
    }

    private static string Properties(JsonElement row, string[] names)
        => string.Join(' ', names.Where(name => row.TryGetProperty(name, out _)).Select(name => $"{name}={Text(row, name)}"));

    private static JsonElement.ArrayEnumerator Rows(JsonElement of, string property) => of.GetProperty(property).EnumerateArray();

    private static string Text(JsonElement row, string property) => !row.TryGetProperty(property, out var value) ? "" : value.ValueKind switch
    {
        JsonValueKind.Array => string.Join(',', value.EnumerateArray().Select(item => item.ToString())),
        _ => value.ToString(),
    };
}

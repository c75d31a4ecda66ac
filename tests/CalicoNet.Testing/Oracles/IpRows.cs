using System.Globalization;
using System.Text.Json;

namespace CalicoNet.Testing;

/// <summary>
/// A link as `ip -d link` prints it. The other end of a veth is a PeerName in the same namespace, a PeerIndex in another one.
/// AddressGeneration is how IPv6 makes its link-local address: `none`, `eui64`, ...
/// </summary>
public sealed record LinkRow(
    int Index, string Name, bool IsUp, string State, int Mtu, string? Mac, string? Kind, int? PeerIndex, string? PeerName,
    uint Group, string? Alias, int TxQueues, int RxQueues, string? AddressGeneration)
{
    internal static LinkRow From(JsonElement row) => new(
        row.Number("ifindex") ?? 0, row.Text("ifname")!, row.Texts("flags").Contains("UP"), row.Text("operstate")!, row.Number("mtu") ?? 0,
        row.Text("address"), row.TryGetProperty("linkinfo", out var info) ? info.Text("info_kind") : null, row.Number("link_index"), row.Text("link"),
        GroupOf(row.Text("group")), row.Text("ifalias"), row.Number("num_tx_queues") ?? 0, row.Number("num_rx_queues") ?? 0,
        row.Text("inet6_addr_gen_mode"));

    private static uint GroupOf(string? group) => group is null or "default" ? 0 : uint.Parse(group, CultureInfo.InvariantCulture);
}

/// <summary>An address as `ip address` prints it.</summary>
public sealed record AddressRow(string Device, int Family, string Address, int PrefixLength, string Scope, bool IsTentative, bool IsPermanent, string? Peer)
{
    /// <summary>`192.0.2.1/24`.</summary>
    public string Prefix => $"{Address}/{PrefixLength}";

    internal static AddressRow From(JsonElement link, JsonElement row) => new(
        link.Text("ifname")!, row.Text("family") == "inet6" ? 6 : 4, row.Text("local")!, row.Number("prefixlen") ?? 0, row.Text("scope")!,
        row.TryGetProperty("tentative", out _), !row.TryGetProperty("dynamic", out _), row.Text("address"));
}

/// <summary>A route as `ip route` prints it: a host route's destination has no length (`10.65.0.2`), the default route's is `default`.</summary>
public sealed record RouteRow(
    int Family, string Type, string Destination, string? Gateway, string? Device, string Table, string? Protocol, string? Scope, int? Metric,
    string? PreferredSource, bool IsOnLink)
{
    internal static RouteRow From(int family, string table, JsonElement row) => new(
        family, row.Text("type") ?? "unicast", row.Text("dst")!, row.Text("gateway"), row.Text("dev"), row.Text("table") ?? table, row.Text("protocol"),
        row.Text("scope"), row.Number("metric"), row.Text("prefsrc"), row.Texts("flags").Contains("onlink"));
}

/// <summary>A neighbor as `ip neighbor` prints it.</summary>
public sealed record NeighborRow(string Device, string Address, string? Mac, string State)
{
    internal static NeighborRow From(JsonElement row) => new(row.Text("dev")!, row.Text("dst")!, row.Text("lladdr"), string.Join(',', row.Texts("state")));
}

/// <summary>A policy rule as `ip rule` prints it.</summary>
public sealed record RuleRow(int Family, int Priority, string Source, string? Destination, string? Table, string? Mark)
{
    internal static RuleRow From(int family, JsonElement row) => new(
        family, row.Number("priority") ?? 0, row.Text("src")!, row.Text("dst"), row.Text("table"), row.Text("fwmark"));
}

/// <summary>What `ip -j` leaves out when it is not there, as null or nothing.</summary>
internal static class IpJson
{
    internal static string? Text(this JsonElement row, string name) => row.TryGetProperty(name, out var value) ? value.GetString() : null;

    internal static int? Number(this JsonElement row, string name) => row.TryGetProperty(name, out var value) ? value.GetInt32() : null;

    internal static IEnumerable<string> Texts(this JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) ? value.EnumerateArray().Select(item => item.GetString()!) : [];
}

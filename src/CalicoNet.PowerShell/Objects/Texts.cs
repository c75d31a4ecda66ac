using System.Globalization;
using CalicoNet.Netlink;

namespace CalicoNet;

/// <summary>The kernel's values as the texts that output objects and parameters have.</summary>
internal static class Texts
{
    public const string Enabled = "Enabled", Disabled = "Disabled", Up = "Up", Down = "Down";

    private static readonly Lazy<string> Boot = new(() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());

    /// <summary>The identity of this boot of the machine.</summary>
    public static string BootId => Boot.Value;

    public static string Of(bool enabled) => enabled ? Enabled : Disabled;

    /// <summary>Whether something is on, for both families or for one alone.</summary>
    public static string Of(bool enabled, IPFamily? only) => enabled && only is { } family ? Family(family) : Of(enabled);

    public static string Family(IPFamily family) => family.ToString();

    public static string Cookie(ulong cookie) => cookie.ToString(CultureInfo.InvariantCulture);

    /// <summary>A link's operational state; loopback and its like do not tell, so theirs is the administrator's.</summary>
    public static string Status(Link link) => link.OperationalState == OperationalState.Unknown ? (link.IsUp ? Up : Down) : link.OperationalState.ToString();

    public static string Table(uint table) => table switch
    {
        Route.MainTable => "main",
        Route.LocalTable => "local",
        253 => "default",   // RT_TABLE_DEFAULT
        _ => table.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Reads a table's name or number.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static uint TableNumber(string text) => text switch
    {
        "main" => Route.MainTable,
        "local" => Route.LocalTable,
        "default" => 253,
        _ => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new ArgumentException($"'{text}' is not a routing table: main, local, default, or a number from 1 to 4294967295."),
    };
}

using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Sets how long the kernel waits before it answers for another host on a link (<c>net.ipv4.neigh.NAME.proxy_delay</c>).</summary>
/// <param name="Link">The link.</param>
/// <param name="Family">IPv4: proxy ARP; IPv6: proxy NDP.</param>
/// <param name="To">The new delay; the kernel picks a random time up to it.</param>
/// <param name="From">The old delay; null where it is not to be undone.</param>
public sealed record SetProxyDelay(LinkRef Link, IPFamily Family, TimeSpan To, TimeSpan? From = null) : NetworkChange(Link.Namespace)
{
    private const int TicksPerSecond = 100;   // USER_HZ: the unit of the file

    /// <summary>The kernel rounds to its clock's ticks, 10 ms at most (CONFIG_HZ=100): of 50 ms it makes 52 where it counts 250 a second.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(10);

    /// <inheritdoc/>
    public override Channel Channel => Channel.Rtnetlink;

    /// <inheritdoc/>
    public override string Title => $"set a proxy delay of {To.TotalMilliseconds} ms on interface {Link}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands =>
        [SetSysctl.Command(Namespace, Path(Family, Link.Name), $"{(long)(To.TotalSeconds * TicksPerSecond)}")];

    /// <inheritdoc/>
    public override NetworkChange? Inverse => From is { } from && from != To ? this with { To = from, From = To } : null;

    /// <summary>The setting's path below /proc/sys. It counts in hundredths of a second.</summary>
    public static string Path(IPFamily family, string interfaceName) => $"net/{(family == IPFamily.IPv4 ? "ipv4" : "ipv6")}/neigh/{interfaceName}/proxy_delay";

    /// <summary>Reads the setting's text.</summary>
    public static TimeSpan FromText(string text) => TimeSpan.FromSeconds(long.Parse(text, System.Globalization.CultureInfo.InvariantCulture) / (double)TicksPerSecond);

    /// <inheritdoc/>
    public override Facts Facts => Facts.Links | Facts.NeighborParameters;

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var index = session.IndexOf(Link);
        NeighborWire.SetProxyDelay(session.Stack(Namespace).Batch, Family, index, To);
    }

    /// <inheritdoc/>
    public override Finding Inspect(NetworkSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        TimeSpan? delay = seen.Find(Link) is { } link && seen[Namespace]!.ProxyDelays.TryGetValue((Family, link.Index), out var found) ? found : null;
        return Finding.Compare(this, Text(To), delay is { } actual ? Text((actual - To).Duration() < Rounding ? To : actual) : null);
    }

    private static string Text(TimeSpan delay) => $"{(long)delay.TotalMilliseconds} ms";
}

using CalicoNet.Netlink;

namespace CalicoNet.Core;

/// <summary>Sets switches of a link that was just made. It goes with the link, so it has no inverse.</summary>
/// <param name="Link">The link.</param>
/// <param name="Settings">The settings.</param>
public sealed record ConfigureLink(LinkRef Link, LinkSettings Settings) : NetworkChange(Link.Namespace)
{
    /// <inheritdoc/>
    public override Channel Channel => Channel.Rtnetlink;

    /// <inheritdoc/>
    public override string Title => $"configure interface {Link}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Commands
    {
        get
        {
            List<string> commands = [];
            var name = CommandText.Quote(Link.Name);
            if (Settings.AddressGeneration is { } mode)
            {
                commands.Add(CommandText.Ip(Namespace, $"link set dev {name} addrgenmode {ModeName(mode)}"));
            }

            if (Settings.Group is { } group)
            {
                commands.Add(CommandText.Ip(Namespace, $"link set dev {name} group {group}"));
            }

            foreach (var (setting, value) in Settings.IPv4)
            {
                commands.Add(SetSysctl.Command(Namespace, Sysctls.InterfacePath(IPFamily.IPv4, Link.Name, SetLinkSetting.SysctlName(setting)), $"{value}"));
            }

            if (Settings.Alias is { } alias)
            {
                commands.Add(CommandText.Ip(Namespace, $"link set dev {name} alias {CommandText.Quote(alias)}"));
            }

            return commands;
        }
    }

    /// <inheritdoc/>
    public override NetworkChange? Inverse => null;

    /// <inheritdoc/>
    public override Facts Facts => Facts.Links;

    /// <inheritdoc/>
    public override void Write(NetworkSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var index = session.IndexOf(Link);
        LinkWire.Configure(session.Stack(Namespace).Batch, index, Settings);
    }

    /// <inheritdoc/>
    public override Finding Inspect(NetworkSnapshot seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        var (expected, actual) = (Describe(null), seen.Find(Link) is { } link ? Describe(link) : null);
        return Finding.Compare(this, expected, actual);
    }

    /// <summary>What is wanted, or for a link what it has of it.</summary>
    private string Describe(Link? link)
    {
        List<string> parts = [];
        foreach (var (setting, wanted) in Settings.IPv4)
        {
            var value = link is null ? wanted : link.Setting(setting);
            // Felix, where it runs beside us, sets its own rp_filter; loose filtering on an interface without IPv4 address is strict.
            value = setting == IPv4Setting.ReversePathFilter && value is > 0 ? 1 : value;
            parts.Add($"{SetLinkSetting.SysctlName(setting)}={value}");
        }

        if (Settings.AddressGeneration is { } mode)
        {
            parts.Add($"addrgenmode={ModeName(link is null ? mode : link.AddressGeneration)}");
        }

        if (Settings.Group is { } group)
        {
            parts.Add($"group={(link is null ? group : link.Group)}");
        }

        if (Settings.Alias is { } alias)
        {
            parts.Add($"alias={(link is null ? alias : link.Alias)}");
        }

        return string.Join(' ', parts);
    }

    private static string ModeName(AddressGeneration? mode) => mode switch
    {
        AddressGeneration.None => "none",
        AddressGeneration.Eui64 => "eui64",
        AddressGeneration.StablePrivacy => "stable_secret",
        AddressGeneration.Random => "random",
        _ => "",
    };
}

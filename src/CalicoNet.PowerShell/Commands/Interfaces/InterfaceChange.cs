using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>What an interface should become; null: as it is.</summary>
internal sealed record InterfaceChange
{
    public bool? Up { get; init; }

    public int? Mtu { get; init; }

    public LinkLayerAddress? Address { get; init; }

    public string? Name { get; init; }

    /// <summary>
    /// The changes that lead there, with what they undo to, and the link's name after each. Down comes late, because it takes routes along that
    /// no way back brings again, and before the new name, because kernels before 6.2 rename only what is down; up comes last for the same reason.
    /// </summary>
    /// <param name="link">The link.</param>
    /// <param name="now">How it is; null for one that is only planned.</param>
    public (NetworkPlan Plan, LinkRef Link) PlanFor(LinkRef link, Link? now)
    {
        var plan = new NetworkPlan();
        if (Mtu is { } mtu && mtu != now?.Mtu)
        {
            plan.Add(new SetLinkMtu(link, mtu, now?.Mtu ?? 0));
        }

        if (Address is { } address && address != now?.Address)
        {
            plan.Add(new SetLinkAddress(link, address, now?.Address ?? default));
        }

        if (Up == false && now?.IsUp != false)
        {
            plan.Add(new SetLinkState(link, Up: false) { Was = now?.IsUp });
        }

        if (Name is not null && Name != link.Name)
        {
            plan.Add(new RenameLink(link, Name));
            link = link with { Name = Name };
        }

        if (Up == true && now?.IsUp != true)
        {
            plan.Add(new SetLinkState(link, Up: true) { Was = now?.IsUp });
        }

        return (plan, link);
    }

    /// <summary>An interface as it will be.</summary>
    public HostInterface Preview(HostInterface found) => found with
    {
        Planned = true,
        InterfaceAlias = Name ?? found.InterfaceAlias,
        MtuSize = Mtu ?? found.MtuSize,
        MacAddress = Address?.ToString() ?? found.MacAddress,
        AdminStatus = Up is { } up ? (up ? Texts.Up : Texts.Down) : found.AdminStatus,
        Status = Up is { } state ? (state ? Texts.Up : Texts.Down) : found.Status,
    };
}

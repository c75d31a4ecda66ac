using CalicoNet.Core;

namespace CalicoNet.Commands;

/// <summary>Parameters of pools as the document has them: those that were not given leave it as it is.</summary>
internal sealed record IPPoolSettings
{
    public string? NatOutgoing { get; init; }

    public string? Status { get; init; }

    public string[]? AllowedUses { get; init; }

    public string? NodeSelector { get; init; }

    public string? NamespaceSelector { get; init; }

    public string? AssignmentMode { get; init; }

    public string? IpipMode { get; init; }

    public string? VxlanMode { get; init; }

    public string? BgpExport { get; init; }

    /// <summary>All of a pool's.</summary>
    public static IPPoolSettings Of(CalicoIPPool pool) => new()
    {
        NatOutgoing = pool.NatOutgoing,
        Status = pool.Status,
        AllowedUses = [.. pool.AllowedUses],
        NodeSelector = pool.NodeSelector,
        NamespaceSelector = pool.NamespaceSelector,
        AssignmentMode = pool.AssignmentMode,
        IpipMode = pool.IpipMode,
        VxlanMode = pool.VxlanMode,
        BgpExport = pool.BgpExport,
    };

    public IPPoolSpec Apply(IPPoolSpec spec) => spec with
    {
        NatOutgoing = NatOutgoing is null ? spec.NatOutgoing : IsOn(NatOutgoing),
        Disabled = Status is null ? spec.Disabled : !IsOn(Status),
        AllowedUses = Uses is not { } uses || (spec.AllowedUses is { } seen && uses.SequenceEqual(seen)) ? spec.AllowedUses : uses,
        NodeSelector = NodeSelector ?? spec.NodeSelector,
        NamespaceSelector = NamespaceSelector ?? spec.NamespaceSelector,
        AssignmentMode = AssignmentMode is null ? spec.AssignmentMode : Spelled(AssignmentMode, IPPoolSpec.Automatic, IPPoolSpec.Manual),
        IpipMode = IpipMode is null ? spec.IpipMode : Spelled(IpipMode, IPPoolSpec.Never, IPPoolSpec.Always, IPPoolSpec.CrossSubnet),
        VxlanMode = VxlanMode is null ? spec.VxlanMode : Spelled(VxlanMode, IPPoolSpec.Never, IPPoolSpec.Always, IPPoolSpec.CrossSubnet),
        DisableBgpExport = BgpExport is null ? spec.DisableBgpExport : !IsOn(BgpExport),
    };

    private string[]? Uses => AllowedUses is null ? null : [.. AllowedUses.Select(use => Spelled(use, IPPoolUse.Workload, IPPoolUse.Tunnel, IPPoolUse.LoadBalancer)).Distinct()];

    /// <summary>What was given, as words.</summary>
    public override string ToString() => string.Join(", ", new (string Name, string? Value)[]
    {
        ("NatOutgoing", NatOutgoing), ("Status", Status), ("AllowedUses", AllowedUses is null ? null : string.Join(", ", AllowedUses)), ("NodeSelector", NodeSelector),
        ("NamespaceSelector", NamespaceSelector), ("AssignmentMode", AssignmentMode), ("IpipMode", IpipMode), ("VxlanMode", VxlanMode), ("BgpExport", BgpExport),
    }.Where(pair => pair.Value is not null).Select(pair => $"{pair.Name} {pair.Value}"));

    public static bool IsOn(string text) => text.Equals(Texts.Enabled, StringComparison.OrdinalIgnoreCase);

    /// <summary>A word as Calico spells it; any other stays, and is refused by name.</summary>
    private static string Spelled(string word, params ReadOnlySpan<string> known)
    {
        foreach (var candidate in known)
        {
            if (candidate.Equals(word, StringComparison.OrdinalIgnoreCase))
            {
                return candidate;
            }
        }

        return word;
    }
}

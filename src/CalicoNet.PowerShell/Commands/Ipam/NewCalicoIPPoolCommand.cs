using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Makes an IP pool: addresses that are given to workloads, a block of them to a node at a time.</summary>
[Cmdlet(VerbsCommon.New, "CalicoIPPool", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(CalicoIPPool))]
public sealed class NewCalicoIPPoolCommand : DatastoreCommand
{
    /// <summary>Its name: a DNS name in lower case.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string Name { get; set; } = "";

    /// <summary>Its addresses, as a prefix without host bits. They never change, and overlap no other pool's.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true), IPAddressTransformation(AllowPrefix = true, Single = true)]
    public string Cidr { get; set; } = "";

    /// <summary>The prefix length of its blocks: 20 to 32 bits, for IPv6 116 to 128. Without it 26, or 122. It never changes.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int BlockSize { get; set; }

    /// <summary>Whether what its workloads send to the outside of all pools gets the host's address. Disabled, as in Calico.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ValidateSet(Texts.Enabled, Texts.Disabled)]
    public string NatOutgoing { get; set; } = Texts.Disabled;

    /// <summary>Whether addresses are given out of it. Enabled.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ValidateSet(Texts.Enabled, Texts.Disabled)]
    public string Status { get; set; } = Texts.Enabled;

    /// <summary>What its addresses are for: Workload, Tunnel, or LoadBalancer alone. Workload and Tunnel.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), TextListTransformation]
    public string[]? AllowedUses { get; set; }

    /// <summary>Which nodes it serves, as Calico's selector over their labels. All of them.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? NodeSelector { get; set; }

    /// <summary>Which workload namespaces it serves, as Calico's selector over their labels. All of them.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? NamespaceSelector { get; set; }

    /// <summary>Automatic, or Manual: for requests that name it. Automatic.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? AssignmentMode { get; set; }

    /// <summary>For Calico's nodes: Never, Always or CrossSubnet. CalicoNet makes no tunnels. Never.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? IpipMode { get; set; }

    /// <summary>For Calico's nodes: Never, Always or CrossSubnet. CalicoNet makes no tunnels. Never.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? VxlanMode { get; set; }

    /// <summary>For Calico's nodes: whether BGP peers are told of it. Enabled.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ValidateSet(Texts.Enabled, Texts.Disabled)]
    public string? BgpExport { get; set; }

    /// <inheritdoc/>
    [Parameter(ValueFromPipelineByPropertyName = true), AllowNull, AllowEmptyString, ArgumentCompleter(typeof(NodeCompleter))]
    public override string? NodeName { get; set; }

    /// <summary>Takes an equal pool that exists.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override object? Target => Name;

    private protected override bool MakesDatastore => true;

    private protected override void Process()
    {
        var pools = new IPPools(Store);
        var spec = Settings.Apply(new IPPoolSpec { Cidr = IPPrefix.Parse(Cidr), BlockSize = BlockSize });
        var now = DateTimeOffset.UtcNow;
        if (Force && IpamSurvey.Take(Store, Cancellation) is var survey && survey.Pools.FirstOrDefault(pool => pool.Name == Name) is { } existing)
        {
            WriteObject(Difference(IPPool.Create(Name, spec, now), existing) is { } difference
                ? throw CommandFault.Exists($"IP pool '{Name}'", difference)
                : IpamObjects.Pool(Source, existing, survey));
            return;
        }

        var planned = pools.Create(Name, spec, now, isPreview: true, Cancellation);
        if (MayChange([$"create IP pool '{Name}' of {planned.Cidr} in blocks of /{planned.BlockSize} in {Source}: {Settings}"], Name, "Create IP pool"))
        {
            WriteObject(IpamObjects.Pool(Source, pools.Create(Name, spec, now, cancellation: Cancellation)));
        }
        else if (IsPreview)
        {
            WriteObject(IpamObjects.Pool(Source, planned) with { Planned = true });
        }
    }

    /// <summary>What of an existing pool is not as it is wanted; null for nothing.</summary>
    private string? Difference(IPPool wanted, IPPool existing)
    {
        var (expected, actual) = (IpamObjects.Pool(Source, wanted), IpamObjects.Pool(Source, existing));
        (string Name, object Expected, object Actual)[] all =
        [
            (nameof(Cidr), expected.Cidr, actual.Cidr), (nameof(BlockSize), expected.BlockSize, actual.BlockSize), (nameof(NatOutgoing), expected.NatOutgoing, actual.NatOutgoing),
            (nameof(Status), expected.Status, actual.Status), (nameof(AllowedUses), expected.AllowedUses, actual.AllowedUses), (nameof(NodeSelector), expected.NodeSelector, actual.NodeSelector),
            (nameof(NamespaceSelector), expected.NamespaceSelector, actual.NamespaceSelector), (nameof(AssignmentMode), expected.AssignmentMode, actual.AssignmentMode),
            (nameof(IpipMode), expected.IpipMode, actual.IpipMode), (nameof(VxlanMode), expected.VxlanMode, actual.VxlanMode), (nameof(BgpExport), expected.BgpExport, actual.BgpExport),
        ];
        var differences = all.Where(one => !one.Expected.Equals(one.Actual)).Select(one => $"its {one.Name} is {one.Actual}").ToList();
        return differences.Count == 0 ? null : string.Join("; ", differences);
    }

    private IPPoolSettings Settings => new()
    {
        NatOutgoing = NatOutgoing,
        Status = Status,
        AllowedUses = AllowedUses is { Length: > 0 } ? AllowedUses : null,
        NodeSelector = NodeSelector,
        NamespaceSelector = NamespaceSelector,
        AssignmentMode = AssignmentMode,
        IpipMode = IpipMode,
        VxlanMode = VxlanMode,
        BgpExport = BgpExport,
    };
}

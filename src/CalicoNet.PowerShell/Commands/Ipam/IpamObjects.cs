using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>What a datastore holds of address management, as objects.</summary>
internal static class IpamObjects
{
    public static CalicoIPPool Pool(CalicoDatastore source, IPPool pool, IpamSurvey? survey = null) => new()
    {
        Source = source,
        Name = pool.Name,
        Cidr = pool.Cidr.ToString(),
        BlockSize = pool.BlockSize,
        NatOutgoing = Texts.Of(pool.Spec!.NatOutgoing),
        Status = Texts.Of(pool.IsAllocatable),
        AllowedUses = TextList.Of(pool.AllowedUses),
        NodeSelector = pool.NodeSelector,
        NamespaceSelector = pool.NamespaceSelector,
        AssignmentMode = pool.IsAutomatic ? IPPoolSpec.Automatic : pool.Spec.AssignmentMode!,
        IpipMode = Mode(pool.Spec.IpipMode),
        VxlanMode = Mode(pool.Spec.VxlanMode),
        BgpExport = Texts.Of(!pool.Spec.DisableBgpExport),
        AddressesInUse = survey?.Blocks.Values.Where(block => pool.Cidr.Contains(block.Cidr.Address)).Sum(block => (long)InUse(block)) ?? 0,
        AddressesTotal = Math.Pow(2, pool.Cidr.Address.BitCount - pool.Cidr.Length),
        AddressFamily = Texts.Family(pool.Cidr.Family),
    };

    public static CalicoIPBlock Block(CalicoDatastore source, IPAMBlock block, IpamSurvey survey) => new()
    {
        Source = source,
        Cidr = block.Cidr.ToString(),
        NodeName = block.Node ?? "",
        Pool = survey.PoolOf(block.Cidr.Address)?.Name ?? "",
        Affinity = survey.Affinities.FirstOrDefault(affinity => affinity.Key.Cidr == block.Cidr && affinity.Key.Node == block.Node).Document?.State switch
        {
            null => "None",
            BlockAffinity.Pending => "Pending",
            BlockAffinity.PendingDeletion => "PendingDeletion",
            _ => "Confirmed",
        },
        AddressesInUse = InUse(block),
        AddressesFree = block.Unallocated.Length,
        ClaimTime = block.AffinityClaimTime?.UtcDateTime,
        AddressFamily = Texts.Family(block.Cidr.Family),
    };

    public static CalicoIPAllocation Allocation(CalicoDatastore source, IpamSurvey survey, IPAddr address, IPAMBlock block, AllocationAttribute attribute, string endpoint) => new()
    {
        Source = source,
        IPAddress = address.ToString(),
        Handle = attribute.Handle() ?? "",
        NodeName = attribute.Secondary?.Get(AllocationAttribute.NodeKey) ?? "",
        Endpoint = endpoint,
        Block = block.Cidr.ToString(),
        Pool = survey.PoolOf(address)?.Name ?? "",
        AllocatedAt = GoTime.TryParse(attribute.Secondary?.Get(AllocationAttribute.TimestampKey), out var time) ? time.UtcDateTime : null,
        AddressFamily = Texts.Family(address.Family),
        SequenceNumber = block.SequenceNumberForAllocation is { } numbers && numbers.TryGetValue(block.OrdinalOf(address)!.Value, out var number) ? number : null,
    };

    public static CalicoNode Node(CalicoDatastore source, Node node, IpamSurvey? survey = null) => new()
    {
        Source = source,
        Name = node.Name,
        Label = new TextList(node.Labels.Select(label => $"{label.Key}={label.Value}").Order(StringComparer.Ordinal)),
        Blocks = survey?.Blocks.Values.Count(block => block.Node == node.Name) ?? 0,
        AddressesInUse = survey?.Allocations().Count(allocation => allocation.Attribute.Secondary?.Get(AllocationAttribute.NodeKey) == node.Name) ?? 0,
        Endpoints = survey?.Endpoints.Count(endpoint => endpoint.Spec!.Node == node.Name) ?? 0,
    };

    public static CalicoIpamConfiguration Configuration(CalicoDatastore source, IpamSettings settings) => new()
    {
        Source = source,
        StrictAffinity = Texts.Of(settings.Calico.StrictAffinity),
        AutoAllocateBlocks = Texts.Of(settings.Calico.AutoAllocateBlocks),
        MaxBlocksPerHost = settings.Calico.BlockLimit,
        CoolDownSeconds = settings.CalicoNet.CoolDownSeconds,
    };

    /// <summary>Which record has which address.</summary>
    public static ILookup<IPAddr, string> EndpointsByAddress(IpamSurvey survey)
        => survey.Endpoints.SelectMany(endpoint => endpoint.Addresses.Select(address => (address, Name: $"{endpoint.Metadata!.Namespace}/{endpoint.Name}"))).ToLookup(use => use.address, use => use.Name);

    private static int InUse(IPAMBlock block) => block.Size - block.Unallocated.Length;

    private static string Mode(string? mode) => string.IsNullOrEmpty(mode) ? IPPoolSpec.Never : mode;
}

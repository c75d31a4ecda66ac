using System.Management.Automation;
using System.Security.Cryptography;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>
/// Takes addresses out of the pools for something that is no endpoint: all that are asked for, or none. They stay taken until
/// Remove-CalicoIPAllocation gives them back; Test-CalicoIpam does not take them for lost, Calico's own check does.
/// </summary>
[Cmdlet(VerbsLifecycle.Request, "CalicoIPAllocation", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low, DefaultParameterSetName = AnySet)]
[OutputType(typeof(CalicoIPAllocation))]
public sealed class RequestCalicoIPAllocationCommand : DatastoreCommand
{
    private const string AnySet = "Any", NamedSet = "Address";

    /// <summary>These very addresses. Selectors and limits of pools do not apply to them; reservations and allowed uses do.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = NamedSet), IPAddressTransformation]
    public string[] IPAddress { get; set; } = [];

    /// <summary>How many of any name. One.</summary>
    [Parameter(ParameterSetName = AnySet), ValidateRange(1, 1024)]
    public int Count { get; set; } = 1;

    /// <summary>IPv4 or IPv6. IPv4.</summary>
    [Parameter(ParameterSetName = AnySet), ValidateSet("IPv4", "IPv6")]
    public string AddressFamily { get; set; } = "IPv4";

    /// <summary>The pools to take them of, by name or prefix, in this order. Without it all that serve the node.</summary>
    [Parameter(ParameterSetName = AnySet), ArgumentCompleter(typeof(IPPoolCompleter)), TextListTransformation]
    public string[] Pool { get; set; } = [];

    /// <summary>The handle they are released by together. Without it a random one.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? Handle { get; set; }

    private protected override object? Target => ParameterSetName == NamedSet ? string.Join(", ", IPAddress) : null;

    private protected override bool MakesDatastore => true;

    private protected override void Process()
    {
        var handle = Handle ?? $"caliconet-request.{RandomNumberGenerator.GetHexString(12, lowercase: true)}";
        var request = new AddressRequest(Node, new HandleKey(handle).Handle, DateTimeOffset.UtcNow)
        {
            Addresses = [.. IPAddress.Select(IPAddr.Parse)],
            IPv4Count = ParameterSetName == AnySet && AddressFamily.Equals("IPv4", StringComparison.OrdinalIgnoreCase) ? Count : 0,
            IPv6Count = ParameterSetName == AnySet && AddressFamily.Equals("IPv6", StringComparison.OrdinalIgnoreCase) ? Count : 0,
            Pools = Pool,
            Attributes = StringMap.Of((AllocationAttribute.RequestedKey, "true")),
        };
        var what = ParameterSetName == NamedSet ? string.Join(", ", IPAddress) : $"{Count} {AddressFamily} of {(Pool.Length == 0 ? "the pools that serve the node" : string.Join(", ", Pool))}";
        if (MayChange([$"allocate {what} to node '{Node}' under the handle '{handle}' in {Source}"], what, "Allocate addresses"))
        {
            var given = new Assignments(Store).Assign(request, Cancellation).Select(assigned => assigned.Address).ToHashSet();
            var survey = IpamSurvey.Take(Store, Cancellation);
            WriteObject(
                survey.Allocations().Where(found => given.Contains(found.Address)).Select(found => IpamObjects.Allocation(Source, survey, found.Address, found.Block, found.Attribute, "")),
                enumerateCollection: true);
        }
        else if (IsPreview)
        {
            // Which of any name they will be is not known before.
            WriteObject(
                request.Addresses.Select(address => new CalicoIPAllocation
                {
                    Source = Source,
                    IPAddress = address.ToString(),
                    Handle = handle,
                    NodeName = Node,
                    AddressFamily = Texts.Family(address.Family),
                    Planned = true,
                }),
                enumerateCollection: true);
        }
    }
}

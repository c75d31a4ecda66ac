using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Lists the addresses that are in use: by whom, on which node, since when.</summary>
[Cmdlet(VerbsCommon.Get, "CalicoIPAllocation")]
[OutputType(typeof(CalicoIPAllocation))]
public sealed class GetCalicoIPAllocationCommand : DatastoreCommand
{
    /// <summary>Addresses, or prefixes for all that are in use there.</summary>
    [Parameter(Position = 0), IPAddressTransformation(AllowPrefix = true)]
    public string[]? IPAddress { get; set; }

    /// <summary>Only those of this handle.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? Handle { get; set; }

    /// <summary>Only those of this pool.</summary>
    [Parameter, ArgumentCompleter(typeof(IPPoolCompleter)), ValidateNotNullOrEmpty]
    public string? Pool { get; set; }

    private protected override void Process()
    {
        var survey = IpamSurvey.Take(Store, Cancellation);
        var endpoints = IpamObjects.EndpointsByAddress(survey);
        var pool = Pool is null ? null : Named.Pools(survey, Pool)[0];
        var all = survey.Allocations()
            .Where(found => (Handle is null || found.Attribute.Handle() == Handle) && (pool is null || pool.Cidr.Contains(found.Address))
                && (NodeName is null || found.Attribute.Secondary?.Get(AllocationAttribute.NodeKey) == Node))
            .ToList();
        foreach (var text in IPAddress ?? [""])
        {
            Guard(
                () =>
                {
                    var wanted = text.Length == 0 ? default : IPPrefix.Parse(text);
                    var found = text.Length == 0 ? all : [.. all.Where(allocation => wanted.Contains(allocation.Address))];
                    if (found.Count == 0 && wanted.IsHost)
                    {
                        throw CommandFault.NotFound($"allocation of {wanted.Address}");
                    }

                    WriteObject(
                        found.Select(allocation => IpamObjects.Allocation(Source, survey, allocation.Address, allocation.Block, allocation.Attribute, string.Join(", ", endpoints[allocation.Address]))),
                        enumerateCollection: true);
                },
                text);
        }
    }
}

using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Gives addresses back. One that an endpoint's record has is refused: remove the endpoint, or use -Force.</summary>
[Cmdlet(VerbsCommon.Remove, "CalicoIPAllocation", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = AddressSet)]
public sealed class RemoveCalicoIPAllocationCommand : DatastoreCommand
{
    private const string AddressSet = "Address", HandleSet = "Handle", ObjectSet = "InputObject";

    /// <summary>Addresses.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = AddressSet), IPAddressTransformation]
    public string[] IPAddress { get; set; } = [];

    /// <summary>The handle of which every address is given back.</summary>
    [Parameter(Mandatory = true, ParameterSetName = HandleSet), ValidateNotNullOrEmpty]
    public string Handle { get; set; } = "";

    /// <summary>Allocations. One that was given back and to another since is left alone.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ObjectSet)]
    public CalicoIPAllocation InputObject { get; set; } = null!;

    /// <summary>Even if an endpoint's record has it: another may get it while that one uses it.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override void Process()
    {
        switch (ParameterSetName)
        {
            case ObjectSet:
                Guard(
                    () => Remove(
                        SourceOf(InputObject),
                        InputObject.Planned && !IsPreview ? throw CommandFault.Planned($"allocation of {InputObject}") : $"allocation of {InputObject.IPAddress}",
                        found => found.Address == IPAddr.Parse(InputObject.IPAddress) && (found.Attribute.Handle() ?? "") == InputObject.Handle
                            && (InputObject.SequenceNumber is null || IpamObjects.Allocation(Source, Survey(SourceOf(InputObject)), found.Address, found.Block, found.Attribute, "").SequenceNumber == InputObject.SequenceNumber)),
                    InputObject);
                break;
            case HandleSet:
                Guard(() => Remove(Source, $"handle '{Handle}'", found => found.Attribute.Handle() == Handle), Handle);
                break;
            default:
                foreach (var address in IPAddress)
                {
                    Guard(() => Remove(Source, $"allocation of {address}", found => found.Address == IPAddr.Parse(address)), address);
                }

                break;
        }
    }

    private IpamSurvey Survey(CalicoDatastore source) => IpamSurvey.Take(source.Connection.Open(), Cancellation);

    private void Remove(CalicoDatastore source, string what, Func<(IPAddr Address, IPAMBlock Block, AllocationAttribute Attribute), bool> isMeant)
    {
        var survey = Survey(source);
        var users = IpamObjects.EndpointsByAddress(survey);
        var found = survey.Allocations().Where(isMeant).Select(allocation => IpamObjects.Allocation(source, survey, allocation.Address, allocation.Block, allocation.Attribute, "")).ToList();
        if (found.Count == 0)
        {
            throw CommandFault.NotFound(what);
        }

        if (!Force && found.Find(allocation => users.Contains(IPAddr.Parse(allocation.IPAddress))) is { } used)
        {
            throw new CommandFault(ErrorIds.AddressInUse, ErrorCategory.ResourceBusy,
                $"Address {used.IPAddress} is in use: endpoint '{string.Join(", ", users[IPAddr.Parse(used.IPAddress)])}' has it.", "Remove the endpoint, or use -Force.");
        }

        if (MayChange(found.Select(allocation => $"release {allocation.IPAddress} of the handle '{allocation.Handle}' in {source}"), string.Join(", ", found), "Release addresses"))
        {
            var released = new Assignments(source.Connection.Open()).Release(
                [new ReleaseRequest { Addresses = [.. found.Select(allocation => new AddressRelease(IPAddr.Parse(allocation.IPAddress), allocation.Handle.Length == 0 ? null : allocation.Handle, allocation.SequenceNumber))] }],
                Cancellation);
            if (released.Others.Count > 0)
            {
                throw new CommandFault(ErrorIds.AddressInUse, ErrorCategory.ResourceBusy, $"Another has it by now: {string.Join(", ", released.Others)}.");
            }
        }
    }
}

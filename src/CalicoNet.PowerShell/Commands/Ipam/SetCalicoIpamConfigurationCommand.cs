using System.Management.Automation;
using CalicoNet.Core;

namespace CalicoNet.Commands;

/// <summary>Changes the rules by which addresses are given, for all nodes: Calico's too, but for the cool-down.</summary>
[Cmdlet(VerbsCommon.Set, "CalicoIpamConfiguration", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(CalicoIpamConfiguration))]
public sealed class SetCalicoIpamConfigurationCommand : DatastoreCommand
{
    /// <summary>Whether a node uses addresses of its own blocks only.</summary>
    [Parameter, ValidateSet(Texts.Enabled, Texts.Disabled)]
    public string? StrictAffinity { get; set; }

    /// <summary>Whether a node takes new blocks. Disabled needs strict affinity.</summary>
    [Parameter, ValidateSet(Texts.Enabled, Texts.Disabled)]
    public string? AutoAllocateBlocks { get; set; }

    /// <summary>The most blocks of a node and address family; 0 for the default, 20. Another needs strict affinity.</summary>
    [Parameter, ValidateRange(0, int.MaxValue)]
    public int? MaxBlocksPerHost { get; set; }

    /// <summary>For how many seconds CalicoNet gives a released address to nobody who does not ask for it by name; 0 for none.</summary>
    [Parameter, ValidateRange(0, int.MaxValue)]
    public int? CoolDownSeconds { get; set; }

    private protected override bool MakesDatastore => true;

    private protected override void Process()
    {
        var before = IpamSettings.Read(Store, Cancellation);
        var planned = Change(before);
        planned.Check();
        var after = IpamObjects.Configuration(Source, planned);
        if (MayChange(planned == before ? [] : [$"configure address management in {Source}: {after}"], Source.Location, "Configure address management"))
        {
            WriteObject(IpamObjects.Configuration(Source, IpamSettings.Change(Store, Change, Cancellation)));
        }
        else if (IsPreview)
        {
            WriteObject(after with { Planned = true });
        }
    }

    private IpamSettings Change(IpamSettings before) => new(
        before.Calico with
        {
            StrictAffinity = StrictAffinity is null ? before.Calico.StrictAffinity : IPPoolSettings.IsOn(StrictAffinity),
            AutoAllocateBlocks = AutoAllocateBlocks is null ? before.Calico.AutoAllocateBlocks : IPPoolSettings.IsOn(AutoAllocateBlocks),
            MaxBlocksPerHost = MaxBlocksPerHost ?? before.Calico.MaxBlocksPerHost,
        },
        before.CalicoNet with { CoolDownSeconds = CoolDownSeconds ?? before.CalicoNet.CoolDownSeconds });
}

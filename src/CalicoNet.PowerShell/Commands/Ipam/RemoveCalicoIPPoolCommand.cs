using System.Management.Automation;
using CalicoNet.Core;

namespace CalicoNet.Commands;

/// <summary>
/// Removes an IP pool: it is disabled, every node gives its blocks up, and it is deleted. Addresses in use stay in use until they are
/// released, in blocks that are nobody's. Broken off, it is done by doing it again.
/// </summary>
[Cmdlet(VerbsCommon.Remove, "CalicoIPPool", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = NameSet)]
public sealed class RemoveCalicoIPPoolCommand : DatastoreCommand
{
    private const string NameSet = "Name", ObjectSet = "InputObject";

    /// <summary>Names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = NameSet), NameTransformation, ArgumentCompleter(typeof(IPPoolCompleter))]
    [AllowEmptyString]
    public string[] Name { get; set; } = [];

    /// <summary>Pools.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ObjectSet)]
    public CalicoIPPool InputObject { get; set; } = null!;

    private protected override void Process()
    {
        if (ParameterSetName == ObjectSet)
        {
            Guard(() => Remove(SourceOf(InputObject), InputObject.Planned && !IsPreview ? throw CommandFault.Planned($"IP pool '{InputObject}'") : InputObject.Name, InputObject.Planned), InputObject);
            return;
        }

        foreach (var name in Name)
        {
            Guard(() => Remove(Source, name), name);
        }
    }

    private void Remove(CalicoDatastore source, string name, bool isPlanned = false)
    {
        var store = source.Connection.Open();
        var survey = IpamSurvey.Take(store, Cancellation);
        var pool = survey.Pools.FirstOrDefault(pool => pool.Name == name);
        if (pool is null && !isPlanned && (IsPreview || survey.Corrupt.All(fault => fault.Key != new ResourceKey<IPPool>(name))))
        {
            throw CommandFault.NotFound($"IP pool '{name}'");
        }

        var blocks = survey.Blocks.Values.Where(block => pool?.Cidr.Contains(block.Cidr.Address) == true).OrderBy(block => block.Cidr).ToList();
        string[] steps =
        [
            $"disable IP pool '{name}' in {source}",
            .. blocks.Where(block => block.Node is not null).Select(block => block.IsEmpty
                ? $"delete block {block.Cidr} of node '{block.Node}', which is empty"
                : $"take block {block.Cidr} from node '{block.Node}'; its {block.Size - block.Unallocated.Length} addresses stay in use"),
            $"delete IP pool '{name}'",
        ];
        if (MayChange(steps, name, "Remove IP pool"))
        {
            new IPPools(store).Remove(name, Cancellation);
        }
    }
}

using System.Management.Automation;
using CalicoNet.Core;

namespace CalicoNet.Commands;

/// <summary>Lists IP pools, with how many of their addresses are in use.</summary>
[Cmdlet(VerbsCommon.Get, "CalicoIPPool")]
[OutputType(typeof(CalicoIPPool))]
public sealed class GetCalicoIPPoolCommand : DatastoreCommand
{
    /// <summary>Names; wildcards are allowed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), SupportsWildcards, ArgumentCompleter(typeof(IPPoolCompleter))]
    public string[] Name { get; set; } = ["*"];

    private protected override void Process()
    {
        var survey = IpamSurvey.Take(Store, Cancellation);
        foreach (var name in Name)
        {
            Guard(() => WriteObject(Named.Pools(survey, name).Select(pool => IpamObjects.Pool(Source, pool, survey)), enumerateCollection: true), name);
        }
    }
}

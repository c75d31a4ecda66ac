using System.Management.Automation;
using CalicoNet.Core;

namespace CalicoNet.Commands;

/// <summary>Lists the nodes of a datastore.</summary>
[Cmdlet(VerbsCommon.Get, "CalicoNode")]
[OutputType(typeof(CalicoNode))]
public sealed class GetCalicoNodeCommand : DatastoreCommand
{
    /// <summary>Names; wildcards are allowed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), SupportsWildcards, ArgumentCompleter(typeof(NodeCompleter))]
    public string[] Name { get; set; } = ["*"];

    private protected override void Process()
    {
        var survey = IpamSurvey.Take(Store, Cancellation);
        foreach (var name in Name)
        {
            Guard(() => WriteObject(Named.Nodes(survey, name).Select(node => IpamObjects.Node(Source, node, survey)), enumerateCollection: true), name);
        }
    }
}

using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Lists the blocks of addresses that nodes have taken of the pools.</summary>
[Cmdlet(VerbsCommon.Get, "CalicoIPBlock")]
[OutputType(typeof(CalicoIPBlock))]
public sealed class GetCalicoIPBlockCommand : DatastoreCommand
{
    /// <summary>Only the blocks with these addresses, or at these prefixes.</summary>
    [Parameter(Position = 0), Alias("IPAddress"), IPAddressTransformation(AllowPrefix = true)]
    public string[]? Cidr { get; set; }

    /// <summary>Only the blocks of this pool.</summary>
    [Parameter, ArgumentCompleter(typeof(IPPoolCompleter)), ValidateNotNullOrEmpty]
    public string? Pool { get; set; }

    private protected override void Process()
    {
        var survey = IpamSurvey.Take(Store, Cancellation);
        var pool = Pool is null ? null : Named.Pools(survey, Pool)[0];
        var blocks = survey.Blocks.Values
            .Where(block => (NodeName is null || block.Node == Node) && (pool is null || pool.Cidr.Contains(block.Cidr.Address)))
            .OrderBy(block => block.Cidr).ToList();
        foreach (var text in Cidr ?? [""])
        {
            Guard(
                () =>
                {
                    var wanted = text.Length == 0 ? default : IPPrefix.Parse(text);
                    var found = text.Length == 0 ? blocks : [.. blocks.Where(block => block.Cidr.Overlaps(wanted))];
                    if (found.Count == 0 && text.Length > 0)
                    {
                        throw CommandFault.NotFound($"block at {text}");
                    }

                    WriteObject(found.Select(block => IpamObjects.Block(Source, block, survey)), enumerateCollection: true);
                },
                text);
        }
    }
}

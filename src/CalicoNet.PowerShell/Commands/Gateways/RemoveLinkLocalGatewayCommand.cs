using System.Management.Automation;
using CalicoNet.Core;

namespace CalicoNet.Commands;

/// <summary>Takes the workload's default routes through its link-local gateways away, and the routes and neighbors that belong to them.</summary>
[Cmdlet(VerbsCommon.Remove, "LinkLocalGateway", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[Needs(NeedsAttribute.NetAdmin, NeedsAttribute.SysAdmin)]
public sealed class RemoveLinkLocalGatewayCommand : PairCommand
{
    /// <summary>The pair.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true), VethPairTransformation]
    public VethPair VethPair { get; set; } = null!;

    private protected override string? NamespaceArgument => null;

    private protected override object? Target => VethPair;

    private protected override void Process() => OnPair(VethPair, pair =>
    {
        var workload = pair.RequireReal();
        var plan = new GatewayPlan(pair.Host, workload) { Gateway = Endpoint.DefaultGateway, IPv6 = true }.Removal(pair.Session);
        if (plan.Changes.Count == 0)
        {
            throw CommandFault.NotFound($"link-local gateway on interface {workload}");
        }

        Apply(plan, pair.Session, workload.ToString(), "Remove link-local gateway");
    });
}

using System.Management.Automation;
using CalicoNet.Core;
using CalicoNet.Netlink;

namespace CalicoNet.Commands;

/// <summary>Changes an IP pool. Its addresses and the size of its blocks never change.</summary>
[Cmdlet(VerbsCommon.Set, "CalicoIPPool", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = NameSet)]
[OutputType(typeof(CalicoIPPool))]
public sealed class SetCalicoIPPoolCommand : DatastoreCommand
{
    private const string NameSet = "Name", ObjectSet = "InputObject", Action = "Change IP pool";

    /// <summary>Names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = NameSet), NameTransformation, ArgumentCompleter(typeof(IPPoolCompleter))]
    [AllowEmptyString]
    public string[] Name { get; set; } = [];

    /// <summary>Pools.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ObjectSet)]
    public CalicoIPPool InputObject { get; set; } = null!;

    /// <summary>Whether what its workloads send to the outside of all pools gets the host's address.</summary>
    [Parameter, ValidateSet(Texts.Enabled, Texts.Disabled)]
    public string? NatOutgoing { get; set; }

    /// <summary>Whether addresses are given out of it. Those in use stay in use.</summary>
    [Parameter, ValidateSet(Texts.Enabled, Texts.Disabled)]
    public string? Status { get; set; }

    /// <summary>What its addresses are for: Workload, Tunnel, or LoadBalancer alone.</summary>
    [Parameter, TextListTransformation, ValidateNotNullOrEmpty]
    public string[]? AllowedUses { get; set; }

    /// <summary>Which nodes it serves, as Calico's selector over their labels.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? NodeSelector { get; set; }

    /// <summary>Which workload namespaces it serves, as Calico's selector over their labels.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? NamespaceSelector { get; set; }

    /// <summary>Automatic, or Manual: for requests that name it.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? AssignmentMode { get; set; }

    /// <summary>For Calico's nodes: Never, Always or CrossSubnet. CalicoNet makes no tunnels.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? IpipMode { get; set; }

    /// <summary>For Calico's nodes: Never, Always or CrossSubnet. CalicoNet makes no tunnels.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? VxlanMode { get; set; }

    /// <summary>For Calico's nodes: whether BGP peers are told of it.</summary>
    [Parameter, ValidateSet(Texts.Enabled, Texts.Disabled)]
    public string? BgpExport { get; set; }

    private IPPoolSettings Settings => new()
    {
        NatOutgoing = NatOutgoing,
        Status = Status,
        AllowedUses = AllowedUses,
        NodeSelector = NodeSelector,
        NamespaceSelector = NamespaceSelector,
        AssignmentMode = AssignmentMode,
        IpipMode = IpipMode,
        VxlanMode = VxlanMode,
        BgpExport = BgpExport,
    };

    private protected override void Process()
    {
        if (ParameterSetName == ObjectSet)
        {
            Guard(() => Change(InputObject), InputObject);
            return;
        }

        foreach (var name in Name)
        {
            Guard(() => Change(Source, name), name);
        }
    }

    private void Change(CalicoIPPool pool)
    {
        var source = SourceOf(pool);
        if (!pool.Planned)
        {
            Change(source, pool.Name);
            return;
        }

        if (!IsPreview)
        {
            throw CommandFault.Planned($"IP pool '{pool}'");
        }

        // It is nowhere but in the object.
        var spec = Settings.Apply(IPPoolSettings.Of(pool).Apply(new IPPoolSpec { Cidr = IPPrefix.Parse(pool.Cidr), BlockSize = pool.BlockSize }));
        MayChange([StepOf(source, pool.Name)], pool.Name, Action);
        WriteObject(IpamObjects.Pool(source, IPPool.Create(pool.Name, spec, DateTimeOffset.UtcNow)) with { Planned = true });
    }

    private string StepOf(CalicoDatastore source, string name) => $"change IP pool '{name}' in {source}: {Settings}";

    private void Change(CalicoDatastore source, string name)
    {
        var pools = new IPPools(source.Connection.Open());
        var changes = false;
        var planned = pools.Change(
            name,
            before =>
            {
                var after = Settings.Apply(before);
                changes = after != before;
                return after;
            },
            isPreview: true,
            Cancellation);
        if (MayChange(changes ? [StepOf(source, name)] : [], name, Action))
        {
            WriteObject(IpamObjects.Pool(source, pools.Change(name, Settings.Apply, cancellation: Cancellation), IpamSurvey.Take(source.Connection.Open(), Cancellation)));
        }
        else if (IsPreview)
        {
            WriteObject(IpamObjects.Pool(source, planned) with { Planned = true });
        }
    }
}

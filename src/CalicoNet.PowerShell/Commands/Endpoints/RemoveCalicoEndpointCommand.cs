using System.Management.Automation;
using CalicoNet.Core;

namespace CalicoNet.Commands;

/// <summary>
/// Removes endpoints: veth pair, routes, NAT, and the namespace where it was made for the endpoint; then address and record. Of a half-gone
/// one what is left. Many are removed together. Where the datastore cannot be asked, nothing is removed. Needs CAP_NET_ADMIN and CAP_SYS_ADMIN.
/// </summary>
[Cmdlet(VerbsCommon.Remove, "CalicoEndpoint", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = NameSet)]
[Needs(NeedsAttribute.NetAdmin, NeedsAttribute.SysAdmin)]
public sealed class RemoveCalicoEndpointCommand : EndpointCommand
{
    private const string NameSet = "Name", ObjectSet = "InputObject";
    private const int BatchSize = 256;

    private readonly Dictionary<RecordedEndpoints, List<EndpointName>> _waiting = [];

    /// <summary>Names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = NameSet), NameTransformation, ArgumentCompleter(typeof(EndpointCompleter))]
    [AllowEmptyString]
    public string[] Name { get; set; } = [];

    /// <summary>The workload namespace the names are in.</summary>
    [Parameter(ParameterSetName = NameSet), ValidateNotNullOrEmpty, ArgumentCompleter(typeof(WorkloadNamespaceCompleter))]
    public string WorkloadNamespace { get; set; } = EndpointName.DefaultWorkloadNamespace;

    /// <summary>The host's network namespace.</summary>
    [Parameter(ParameterSetName = NameSet), NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? HostNetNamespace { get; set; }

    /// <summary>Endpoints.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ObjectSet)]
    public CalicoEndpoint InputObject { get; set; } = null!;

    /// <summary>Forgets the addresses that are noted for the endpoint (New-CalicoEndpoint -StickyAddress), of one that is removed already, too.</summary>
    [Parameter]
    public SwitchParameter ForgetAddress { get; set; }

    private protected override void Process()
    {
        if (ParameterSetName == ObjectSet)
        {
            Guard(
                () =>
                {
                    if (InputObject.Planned && !IsPreview)
                    {
                        throw CommandFault.Planned($"endpoint '{InputObject}'");
                    }

                    Add(HostOf(InputObject), EndpointName.Create(InputObject.WorkloadNamespace, InputObject.Name));
                },
                InputObject);
            return;
        }

        foreach (var name in Name)
        {
            Guard(() => Add(HostOf(HostNetNamespace), EndpointName.Create(WorkloadNamespace, name)), name);
        }
    }

    private void Add(RecordedEndpoints host, EndpointName name)
    {
        IEnumerable<string> Commands()
        {
            foreach (var command in host.PreviewRemoval(name, Cancellation)?.Commands ?? [])
            {
                yield return command;
            }
        }

        if (!MayChange(Commands(), name.ToString(), "Remove endpoint"))
        {
            return;
        }

        if (!_waiting.TryGetValue(host, out var names))
        {
            _waiting.Add(host, names = []);
        }

        names.Add(name);
        if (names.Count >= BatchSize)
        {
            Flush(host, names);
        }
    }

    private void Flush(RecordedEndpoints host, List<EndpointName> names)
    {
        var results = host.Remove(names, ForgetAddress);
        names.Clear();
        foreach (var result in results)
        {
            if (result.Error is not null)
            {
                Report(result.Error, result.Name.ToString());
            }
            else if (!result.Found)
            {
                Report(CommandFault.NotFound($"endpoint '{result.Name}'"), result.Name.ToString());
            }
        }
    }

    private protected override void Finish()
    {
        foreach (var (host, names) in _waiting)
        {
            Guard(() => Flush(host, names));
        }
    }

    /// <summary>A pipeline that is stopped has said of these that they are removed: they are.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var (host, names) in _waiting)
            {
                host.Remove(names, ForgetAddress);
            }

            _waiting.Clear();
        }

        base.Dispose(disposing);
    }
}

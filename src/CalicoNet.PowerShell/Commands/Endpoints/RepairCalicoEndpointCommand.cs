using System.Management.Automation;
using CalicoNet.Core;

namespace CalicoNet.Commands;

/// <summary>
/// Puts back what is missing of endpoints; after a reboot everything, where the namespace was made for the endpoint. What is different is put
/// right with -Force. Gives what it put right. Needs CAP_NET_ADMIN and CAP_SYS_ADMIN.
/// </summary>
[Cmdlet(VerbsDiagnostic.Repair, "CalicoEndpoint", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = NameSet)]
[OutputType(typeof(EndpointCheck))]
[Needs(NeedsAttribute.NetAdmin, NeedsAttribute.SysAdmin)]
public sealed class RepairCalicoEndpointCommand : EndpointCommand
{
    private const string NameSet = "Name", ObjectSet = "InputObject", CheckSet = "Check";
    private const int BatchSize = 256;

    private readonly Dictionary<RecordedEndpoints, Batch> _waiting = [];

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

    /// <summary>Checks: of each endpoint only what they are about is put right.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = CheckSet)]
    public EndpointCheck Check { get; set; } = null!;

    /// <summary>Puts right what is different, too: connections through it may break.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override void Process()
    {
        switch (ParameterSetName)
        {
            case ObjectSet:
                Guard(
                    () => Add(
                        InputObject.Planned && !IsPreview ? throw CommandFault.Planned($"endpoint '{InputObject}'") : HostOf(InputObject),
                        EndpointName.Create(InputObject.WorkloadNamespace, InputObject.Name),
                        null),
                    InputObject);
                break;
            case CheckSet:
                Guard(() => Add(HostOf(Check), EndpointName.Create(Check.WorkloadNamespace, Check.Name), Check.Check), Check);
                break;
            default:
                foreach (var name in Name)
                {
                    Guard(() => Add(HostOf(HostNetNamespace), EndpointName.Create(WorkloadNamespace, name), null), name);
                }

                break;
        }
    }

    private void Add(RecordedEndpoints host, EndpointName name, string? check)
    {
        IEnumerable<string> Commands()
        {
            foreach (var command in host.PreviewRepair(name, Force, check is null ? null : new HashSet<string> { check }).Commands)
            {
                yield return command;
            }
        }

        if (!MayChange(Commands(), name.ToString(), "Repair endpoint"))
        {
            return;
        }

        if (!_waiting.TryGetValue(host, out var batch))
        {
            _waiting.Add(host, batch = new Batch());
        }

        batch.Add(name, check);
        if (batch.Count >= BatchSize)
        {
            Flush(host, batch);
        }
    }

    private void Flush(RecordedEndpoints host, Batch batch)
    {
        var results = host.Repair(batch.Names, Force, batch.Checks);
        _waiting[host] = new Batch();
        foreach (var result in results)
        {
            if (result.Error is not null)
            {
                Report(result.Error, result.Name.ToString());
            }

            foreach (var finding in result.Mended)
            {
                WriteObject(ToObject(host, result.Endpoint!, finding));
            }

            foreach (var finding in result.Different)
            {
                WriteWarning($"Endpoint '{result.Name}': what should {finding.Change.Title} is '{finding.Actual}' instead of '{finding.Expected}'.{(Force ? "" : " -Force puts it right.")}");
            }
        }
    }

    private EndpointCheck ToObject(RecordedEndpoints host, Endpoint endpoint, Finding finding) => new()
    {
        Name = endpoint.Name.Name,
        WorkloadNamespace = endpoint.Name.WorkloadNamespace,
        NetNamespace = finding.Change.Namespace.ToString(),
        HostNetNamespace = endpoint.Host.Namespace.ToString(),
        Check = finding.Change.Title,
        Passed = finding.State == FindingState.Present,
        Expected = finding.Expected,
        Actual = finding.Actual,
        NodeName = host.Node,
        Source = Source,
    };

    private protected override void Finish()
    {
        foreach (var (host, batch) in _waiting.ToList())
        {
            if (batch.Count > 0)
            {
                Guard(() => Flush(host, batch));
            }
        }
    }

    /// <summary>Endpoints that are repaired together: all of each, or what its checks are about.</summary>
    private sealed class Batch
    {
        private readonly Dictionary<EndpointName, HashSet<string>?> _endpoints = [];

        public int Count => _endpoints.Count;

        public IEnumerable<EndpointName> Names => _endpoints.Keys;

        public IReadOnlyDictionary<EndpointName, IReadOnlySet<string>> Checks
            => _endpoints.Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, IReadOnlySet<string> (pair) => pair.Value!);

        public void Add(EndpointName name, string? check)
        {
            if (check is null)
            {
                _endpoints[name] = null;
            }
            else if (!_endpoints.TryGetValue(name, out var checks))
            {
                _endpoints.Add(name, [check]);
            }
            else
            {
                checks?.Add(check);
            }
        }
    }
}

using System.Management.Automation;
using CalicoNet.Core;

namespace CalicoNet.Commands;

/// <summary>Lists endpoints: what is recorded for this host joined with what the kernel has. One that is only in the kernel is listed too.</summary>
[Cmdlet(VerbsCommon.Get, "CalicoEndpoint")]
[OutputType(typeof(CalicoEndpoint))]
public sealed class GetCalicoEndpointCommand : EndpointCommand
{
    private bool _isDatastoreAway;

    /// <summary>Names; wildcards are allowed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), SupportsWildcards, ArgumentCompleter(typeof(EndpointCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>The workload namespace; wildcards are allowed.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), SupportsWildcards, ArgumentCompleter(typeof(WorkloadNamespaceCompleter))]
    public string WorkloadNamespace { get; set; } = "*";

    /// <summary>The host's network namespace.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), NetNamespaceTransformation, ArgumentCompleter(typeof(NetNamespaceCompleter))]
    public string? HostNetNamespace { get; set; }

    /// <summary>The endpoints of a host. Where the datastore cannot be asked that is said, and what the kernel has is shown.</summary>
    private IReadOnlyList<EndpointState> List(RecordedEndpoints host)
    {
        try
        {
            return host.List(WildcardPattern.ContainsWildcardCharacters(WorkloadNamespace) ? null : WorkloadNamespace, Cancellation);
        }
        catch (DatastoreException e)
        {
            Report(e, host.Node);
            _isDatastoreAway = true;
            return host.Kernel.List();
        }
    }

    private protected override void Process()
    {
        var host = HostOf(HostNetNamespace);
        var place = new NamePattern(WorkloadNamespace);
        var all = List(host)
            .Where(state => place.IsMatch(state.Endpoint.Name.WorkloadNamespace))
            .OrderBy(state => state.Endpoint.Name.WorkloadNamespace, StringComparer.Ordinal).ThenBy(state => state.Endpoint.Name.Name, StringComparer.Ordinal)
            .ToList();
        foreach (var name in Name)
        {
            Guard(
                () =>
                {
                    var pattern = new NamePattern(name);
                    var found = pattern.Select(all, state => state.Endpoint.Name.Name);
                    if (found.Count == 0 && !pattern.IsWildcard)
                    {
                        // A list leaves out what cannot be read.
                        var where = WildcardPattern.ContainsWildcardCharacters(WorkloadNamespace) ? EndpointName.DefaultWorkloadNamespace : WorkloadNamespace;
                        if (!_isDatastoreAway && EndpointName.TryCreate(where, name, out var identity))
                        {
                            host.Find(identity, Cancellation);
                        }

                        throw CommandFault.NotFound($"endpoint '{name}'");
                    }

                    WriteObject(found.Select(state => ToObject(host, state)), enumerateCollection: true);
                },
                name);
        }
    }
}

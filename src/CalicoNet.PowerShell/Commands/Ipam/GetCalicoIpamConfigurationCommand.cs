using System.Management.Automation;
using CalicoNet.Core;

namespace CalicoNet.Commands;

/// <summary>Tells by which rules addresses are given.</summary>
[Cmdlet(VerbsCommon.Get, "CalicoIpamConfiguration")]
[OutputType(typeof(CalicoIpamConfiguration))]
public sealed class GetCalicoIpamConfigurationCommand : DatastoreCommand
{
    private protected override void Process() => WriteObject(IpamObjects.Configuration(Source, IpamSettings.Read(Store, Cancellation)));
}

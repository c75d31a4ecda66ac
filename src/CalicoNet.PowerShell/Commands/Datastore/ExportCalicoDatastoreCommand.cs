using System.Management.Automation;
using CalicoNet.Core;

namespace CalicoNet.Commands;

/// <summary>
/// Writes all that Calico and CalicoNet keep in a datastore to a file, as it is at one moment: a backup, or the way to another datastore.
/// </summary>
[Cmdlet(VerbsData.Export, "CalicoDatastore", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class ExportCalicoDatastoreCommand : DatastoreCommand
{
    /// <summary>The file, readable by its owner only. One that exists is replaced, when the new one is complete.</summary>
    [Parameter(Mandatory = true, Position = 0), ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    private protected override object? Target => Path;

    private protected override void Process()
    {
        var file = GetUnresolvedProviderPathFromPSPath(Path);
        if (Connection.Address.IsAbsent)
        {
            throw Absent(Connection);   // a backup of nothing is none
        }

        var export = DatastoreExport.Take(Store, DateTimeOffset.UtcNow, Cancellation);
        if (!MayChange([$"write the {export.Count} keys of {Source} to '{file}'"], file, "Export datastore"))
        {
            return;
        }

        FileFault.Guard(file, () =>
        {
            export.Save(file);
            return export;
        });
        WriteObject(InvokeProvider.Item.Get([file], force: true, literalPath: true), enumerateCollection: true);   // as Get-Item gives it, with mode and owner
    }
}

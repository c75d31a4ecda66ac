using System.Management.Automation;
using CalicoNet.Core;

namespace CalicoNet.Commands;

/// <summary>
/// Puts what Export-CalicoDatastore wrote into an empty datastore, of either kind. While it lasts the datastore refuses every change. Broken
/// off, it goes on when it is done again.
/// </summary>
[Cmdlet(VerbsData.Import, "CalicoDatastore", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(CalicoDatastore))]
public sealed class ImportCalicoDatastoreCommand : DatastoreCommand
{
    /// <summary>The file.</summary>
    [Parameter(Mandatory = true, Position = 0), ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    private protected override object? Target => Path;

    private protected override bool MakesDatastore => true;

    private protected override void Process()
    {
        var file = GetUnresolvedProviderPathFromPSPath(Path);
        var export = FileFault.Guard(file, () => DatastoreExport.Load(file));
        if (MayChange([$"write the {export.Count} keys of '{file}' to {Source}"], $"{Source}", "Import datastore"))
        {
            export.Import(Store, Cancellation);
            WriteObject(Source with { NodeName = Connection.NodeName });
        }
        else if (IsPreview)
        {
            WriteObject(Source with { Planned = true });
        }
    }
}

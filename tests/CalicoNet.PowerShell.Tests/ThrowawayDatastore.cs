using CalicoNet.Testing;

namespace CalicoNet.PowerShell.Tests;

/// <summary>The datastore of whatever names none, in this process and in those it starts: never the machine's own.</summary>
public sealed class ThrowawayDatastore : IDisposable
{
    private readonly TempDirectory _folder = new();

    public ThrowawayDatastore() => Environment.SetEnvironmentVariable("CALICONET_DATASTORE", _folder.File("caliconet.db"));

    public void Dispose() => _folder.Dispose();
}

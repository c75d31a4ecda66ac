namespace CalicoNet.Testing;

/// <summary>A directory of one's own under the system's temporary one, removed with everything in it.</summary>
public sealed class TempDirectory : IDisposable
{
    /// <summary>Carries the process id, so that a census tells this process's leftovers from another's.</summary>
    internal static string NamePrefix => $"caliconet-{Environment.ProcessId}-";

    public string Path { get; } = Directory.CreateTempSubdirectory(NamePrefix).FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
